import { forbiddenCharacter } from './characters.ts';

const predefined: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** One reference, at a place (sticky): a name, a decimal or a hexadecimal number. */
const reference = /&(?:([A-Za-z]+)|#([0-9]+)|#x([0-9A-Fa-f]+));/y;

/**
 * The character that the reference at `index` (an `&`) stands for, and its length in the text; null when it is none
 * of XML's own: entities that a document declares are not read at all.
 */
export function referenceAt(
  text: string,
  index: number,
): { readonly character: string; readonly length: number } | null {
  reference.lastIndex = index;
  const match = reference.exec(text);
  if (match === null) return null;
  const [whole, name, decimal, hexadecimal] = match;
  if (name !== undefined) {
    const character = predefined.get(name);
    return character === undefined ? null : { character, length: whole.length };
  }
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  if (!(code <= 0x10ffff)) return null;
  const character = String.fromCodePoint(code);
  return forbiddenCharacter(character) === null ? { character, length: whole.length } : null;
}

/** Text with its references replaced; the caller has checked them (well-formed.ts). */
export function decodeReferences(text: string): string {
  let start = text.indexOf('&');
  if (start === -1) return text;
  let decoded = '';
  let end = 0;
  while (start !== -1) {
    const found = referenceAt(text, start);
    if (found === null) return decoded + text.slice(end);
    decoded += text.slice(end, start) + found.character;
    end = start + found.length;
    start = text.indexOf('&', end);
  }
  return decoded + text.slice(end);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text as it is written between tags: a carriage return too, which a reader would turn into a line feed. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}

/** Text as it is written in a double-quoted attribute: white space too, which a reader would turn into spaces. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? character);
}
