/** Clients bound the size of all headers together, some at 8 KiB. */
const longest = 2000;

/** Text for the value of a header: other characters than printable ASCII become question marks, and the rest is cut. */
export function headerText(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return shown.replace(/[^\x20-\x7e]/g, '?').trim();
}

/** Several sentences as the value of one header. */
export function headerTexts(texts: readonly string[]): string {
  return headerText(texts.join('; '));
}
