/**
 * An id as AtomOS's clients write it: 32 hexadecimal digits, or a dashed uuid, in any case.
 *
 * @returns the dashed lower-case uuid, or null when the text is no id
 */
export function normaliseId(text: string): string | null {
  const parts = /^([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})$/.exec(
    text.toLowerCase(),
  );
  if (parts === null) return null;
  const [, first, , ...rest] = parts;
  return [first, ...rest].join('-');
}

/** The id without dashes: the form in which clients are kept. */
export function undashed(id: string): string {
  return id.replaceAll('-', '');
}
