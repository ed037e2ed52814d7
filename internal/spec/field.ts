import type { Reader } from './reading.ts';
import type { JsonValue } from './spec.ts';

/** One field of a config: the readers, the schema and the reference all follow from the table of these. */
export interface Field<T> {
  /** Where it stands in the flat form, e.g. `slots` or `misc.os_family`: also its name in messages. */
  readonly path: string;
  /** Other places, with dots, in the order in which they are looked at. */
  readonly aliases: readonly Alias<T>[];
  readonly read: Reader<T>;
  /** Of a config that does not say; undefined: it must be said. */
  readonly fallback: T | undefined;
  readonly unit?: string;
  readonly allowed: string;
  /** The default in words, where the value does not say it. */
  readonly unset?: string;
  readonly meaning: string;
  /** JSON Schema of a value. */
  readonly schema: Readonly<Record<string, JsonValue>>;
}

/** Another name of a field; `read` where it says the same in another way. */
export interface Alias<T> {
  readonly path: string;
  readonly read?: Reader<T>;
  readonly schema?: Readonly<Record<string, JsonValue>>;
}

export function field<T>(
  definition: Omit<Field<T>, 'aliases'> & { readonly aliases?: readonly (string | Alias<T>)[] },
): Field<T> {
  const aliases = (definition.aliases ?? []).map((alias) =>
    typeof alias === 'string' ? { path: alias } : alias,
  );
  return { ...definition, aliases };
}
