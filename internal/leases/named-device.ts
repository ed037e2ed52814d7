/** The address of a PCI device in its long form, lower case: `01:00.0` is `0000:01:00.0`; null: it is none. Pure. */
export function normaliseAddress(text: string): string | null {
  const [, domain = '0000', rest] =
    /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[01][0-9a-f]\.[0-7])$/.exec(text.toLowerCase()) ?? [];
  return rest === undefined ? null : `${domain}:${rest}`;
}
