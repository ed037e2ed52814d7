/** Text for the value of a header: other characters than printable ASCII become question marks. */
export function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
