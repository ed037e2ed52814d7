/** A file, here or in an instance. */
export interface Place {
  /** Name or uuid; null: it is here. */
  readonly instance: string | null;
  readonly file: string;
}

/** `web:/etc/motd` is in an instance; what has a slash before its colon is here, as scp has it. */
export function parsePlace(text: string): Place {
  const [, instance, file] = /^([A-Za-z0-9][A-Za-z0-9._-]*):(.*)$/s.exec(text) ?? [];
  if (instance !== undefined && file !== undefined) return { instance, file };
  // scp takes every colon for a host, unless a slash comes before it.
  return { instance: null, file: text.includes(':') && !text.startsWith('/') ? `./${text}` : text };
}
