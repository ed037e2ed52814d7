import { Failure } from '../failure.ts';

/** The fields of a form, as GPUEater's clients name them. */
export interface Fields {
  /** Null: it is not given, or empty. The first of the names that is given. */
  optional(...names: readonly string[]): string | null;
  /** Throws Failure `usage` when none of the names is given. */
  text(...names: readonly string[]): string;
  flag(name: string): boolean;
  /** From 1 to 65535; null: not given. */
  port(...names: readonly string[]): number | null;
  readonly all: ReadonlyMap<string, string>;
}

/**
 * Reads `KEY=VALUE` words.
 *
 * @throws Failure `usage` for other words, and for a key that is given twice
 */
export function readFields(words: readonly string[]): Fields {
  const all = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || value === undefined) throw usage(`"${word}" is not of the form KEY=VALUE.`);
    if (all.has(key)) throw usage(`${key} is given twice.`);
    all.set(key, value);
  }
  const optional = (...names: readonly string[]): string | null =>
    names.map((name) => all.get(name) ?? '').find((value) => value !== '') ?? null;
  return {
    all,
    optional,
    text(...names) {
      const value = optional(...names);
      if (value === null) throw usage(`${names.join(' or ')} is missing: ${names[0] ?? ''}=…`);
      return value;
    },
    flag(name) {
      const value = (optional(name) ?? 'false').toLowerCase();
      if (['true', '1', 'on', 'yes'].includes(value)) return true;
      if (['false', '0', 'off', 'no'].includes(value)) return false;
      throw usage(`${name} is true or false.`);
    },
    port(...names) {
      const value = optional(...names);
      if (value === null) return null;
      const port = Number(value);
      if (/^\d{1,5}$/.test(value) && port >= 1 && port <= 65_535) return port;
      throw usage(`${names[0] ?? ''} is a number from 1 to 65535.`);
    },
  };
}

function usage(message: string): Failure {
  return new Failure('usage', message, { exit: 'usage' });
}
