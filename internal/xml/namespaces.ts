import { attribute, type XmlElement } from './tree.ts';

/**
 * The namespace that an element's name is in; null: none, or its prefix is not declared.
 *
 * @param ancestors from the root to the parent.
 */
export function namespaceOf(el: XmlElement, ancestors: readonly XmlElement[]): string | null {
  const colon = el.name.indexOf(':');
  const declaration = colon === -1 ? 'xmlns' : `xmlns:${el.name.slice(0, colon)}`;
  for (const scope of [el, ...ancestors.toReversed()]) {
    const uri = attribute(scope, declaration);
    if (uri !== null) return uri === '' ? null : uri;
  }
  return null;
}

/** The name without its prefix. */
export function localName(el: XmlElement): string {
  return el.name.slice(el.name.indexOf(':') + 1);
}
