import { serializeXml } from './serialize.ts';
import type { XmlElement, XmlNode } from './tree.ts';

/**
 * A text that is the same for all documents that say the same: attributes sorted by name, no comments, instructions or
 * white space between elements, CDATA as text. Made to be hashed; it is not what libvirt should get.
 */
export function canonicalForm(document: XmlElement): string {
  return serializeXml(canonicalElement(document));
}

function canonicalElement(el: XmlElement): XmlElement {
  const attributes = el.attributes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const children: XmlNode[] = [];
  let text = '';
  const flush = (): void => {
    if (text.trim() !== '') children.push({ kind: 'text', value: text });
    text = '';
  };
  for (const node of el.children) {
    if (node.kind === 'text' || node.kind === 'cdata') text += node.value;
    else if (node.kind === 'element') {
      flush();
      children.push(canonicalElement(node));
    }
  }
  flush();
  return { ...el, attributes, children };
}
