import { malformed } from './malformed.ts';
import { parseXml } from './parse.ts';
import { attribute, child, childText, rawText, type XmlElement } from './tree.ts';

/** Text of a document, or a document that is already read. */
export type XmlSource = string | XmlElement;

/** The outermost element; rejects with `document-malformed` when it has another name. */
export function rootOf(source: XmlSource, ...names: readonly string[]): XmlElement {
  const root = typeof source === 'string' ? parseXml(source) : source;
  if (names.includes(root.name)) return root;
  const wanted = names.map((name) => `<${name}>`).join(' or ');
  throw malformed(`The document must be a ${wanted}, but is a <${root.name}>. Send the right document.`, {
    expected: [...names],
    found: root.name,
  });
}

/** A whole number as libvirt writes them: decimal, or hexadecimal behind `0x`. Null when there is no text. */
export function integer(text: string | null, where: string): number | null {
  if (text === null) return null;
  if (!/^(?:-?[0-9]+|0x[0-9a-fA-F]+)$/.test(text)) {
    throw malformed(`${where} must be a whole number, but is "${text}".`, { value: text });
  }
  return Number(text);
}

export function integerAttribute(el: XmlElement, name: string): number | null {
  return integer(attribute(el, name), `${name} of <${el.name}>`);
}

export function integerChild(el: XmlElement, name: string): number | null {
  return integer(childText(el, name), `<${name}> in <${el.name}>`);
}

/** libvirt's two ways to say yes: `yes` and `on`. Null when the attribute is absent. */
export function switchAttribute(el: XmlElement | null, name: string): boolean | null {
  const value = el === null ? null : attribute(el, name);
  return value === null ? null : value === 'yes' || value === 'on';
}

export function requiredChild(el: XmlElement, name: string): string {
  const text = childText(el, name);
  if (text === null || text === '') {
    throw malformed(`<${el.name}> has no <${name}>; add one.`, { element: name });
  }
  return text;
}

/**
 * The name of an object as libvirt takes it: every character counts, a space at an end too. Rejects with
 * `document-malformed` when there is none.
 */
export function requiredName(el: XmlElement): string {
  requiredChild(el, 'name');
  const name = child(el, 'name');
  return name === null ? '' : rawText(name);
}

export function requiredAttribute(el: XmlElement, name: string): string {
  const value = attribute(el, name);
  if (value === null || value === '') {
    throw malformed(`<${el.name}> has no attribute "${name}"; add one.`, { attribute: name });
  }
  return value;
}

/** A UUID as libvirt prints it: lower case with dashes; libvirt also accepts it without. */
export function uuidOf(el: XmlElement): string | null {
  const text = childText(el, 'uuid');
  if (text === null || text === '') return null;
  const digits = text.replace(/[- ]/g, '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) {
    throw malformed(`<uuid> must hold 32 hexadecimal digits, but holds "${text}".`, { value: text });
  }
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
