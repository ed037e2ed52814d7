/**
 * XML 1.0's characters and names (https://www.w3.org/TR/xml/, 2.2 and 2.3). U+1680 and U+FEFF are left out of names:
 * fast-xml-parser takes them for white space.
 */

const nameStart =
  ':A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F\\u1681-\\u1FFF\\u200C-\\u200D' +
  '\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}';

/** The source of a regular expression (flag u) that matches one name. */
export const nameSource = `[${nameStart}][${nameStart}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040]*`;

const wholeName = new RegExp(`^${nameSource}$`, 'u');
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function isName(text: string): boolean {
  return wholeName.test(text);
}

/** Where the first character stands that XML cannot carry, and which it is; null when there is none. */
export function forbiddenCharacter(text: string): { readonly index: number; readonly label: string } | null {
  const match = forbidden.exec(text);
  if (match === null) return null;
  const code = text.codePointAt(match.index) ?? 0;
  return { index: match.index, label: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` };
}
