/**
 * Text as an ASCII metadata value: bytes outside printable ASCII, and `%`, are percent-encoded as UTF-8, as gRPC does
 * with its status message.
 */
export function metadataText(text: string): string {
  return Array.from(Buffer.from(text, 'utf8'), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : String.fromCharCode(byte),
  ).join('');
}
