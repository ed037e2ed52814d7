import { append, remove, replaceChild } from '../../xml/edit.ts';
import { child, element, type XmlElement } from '../../xml/tree.ts';
import { parseXml } from '../../xml/parse.ts';
import { serializeXml } from '../../xml/serialize.ts';

/** Elements right below `<domain>` as text, by name; null: there is none. So much of a document can be journalled. */
export type Sections = Readonly<Record<string, string | null>>;

export function takeSections(domain: XmlElement, names: readonly string[]): Sections {
  return Object.fromEntries(
    names.map((name) => {
      const found = child(domain, name);
      return [name, found === null ? null : serializeXml(found)];
    }),
  );
}

/** Puts them back into a document, which otherwise stays as it is by now. */
export function putSections(domain: XmlElement, sections: Sections): XmlElement {
  return Object.entries(sections).reduce(
    (tree, [name, text]) => setSection(tree, name, text === null ? null : parseXml(text)),
    domain,
  );
}

/** Replaces the first child of that name; null removes it. */
export function setSection(domain: XmlElement, name: string, section: XmlElement | null): XmlElement {
  const present = child(domain, name);
  if (present === null) return section === null ? domain : append(domain, section);
  return section === null ? remove(domain, present) : replaceChild(domain, present, section);
}

/** The child of that name, or an empty one. */
export function sectionOf(domain: XmlElement, name: string): XmlElement {
  return child(domain, name) ?? element(name);
}
