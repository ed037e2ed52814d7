import { XMLParser } from 'fast-xml-parser';
import { unexpected } from './fields.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  // libvirt keeps a name as it is written, with its spaces.
  trimValues: false,
});

/** The text of an element of a libvirt document, e.g. `['domain', 'name']`; null if it is not there. */
export function elementText(xml: string, path: readonly string[]): string | null {
  let node = parsed(xml);
  for (const name of path) {
    if (typeof node !== 'object' || node === null) return null;
    node = (node as Readonly<Record<string, unknown>>)[name];
  }
  return typeof node === 'string' ? node : null;
}

/** The name that a document gives to its object. */
export function nameIn(xml: string, element: 'domain' | 'pool' | 'network' | 'volume'): string {
  const name = elementText(xml, [element, 'name']);
  if (name === null) throw unexpected(`a <${element}> document without a name`);
  return name;
}

function parsed(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    throw unexpected('something else than a document');
  }
}
