import type { Reader } from './reading.ts';
import type { JsonSchema } from './schema-parts.ts';

/** One field of a config: the readers, the schema and the reference all follow from the table of these. */
export interface Field<T> {
  /** Where it stands in the flat form, e.g. `slots` or `misc.os_family`: also its name in messages. */
  readonly path: string;
  /** Other places, with dots, in the order in which they are looked at. */
  readonly aliases: readonly Alias<T>[];
  /** All places of it, its own first. */
  readonly places: readonly Place<T>[];
  readonly read: Reader<T>;
  /** Of a config that does not say; undefined: it must be said. */
  readonly fallback: T | undefined;
  /** In a word or two: `integer`, `list of text`. */
  readonly type: string;
  readonly unit?: string;
  readonly allowed: string;
  /** The default in words, where the value does not say it. */
  readonly unset?: string;
  readonly meaning: string;
  /** JSON Schema of a value: whatever `read` accepts, it accepts too. */
  readonly schema: JsonSchema;
  /** The first place that says something counts; else two that disagree are an error. `noted`: with a notice. */
  readonly firstCounts?: 'silently' | 'noted';
  /** An empty list says nothing. */
  readonly emptyIsUnsaid?: true;
  /** Two that differ in order or case disagree; else both are the same. */
  readonly exact?: true;
  /** That it is absent is no assumption of ours. */
  readonly neverAssumed?: true;
  /** Its values are shown to nobody. */
  readonly secret?: true;
}

/** Another name of a field; `read` where it says the same in another way. */
export interface Alias<T> {
  readonly path: string;
  readonly read?: Reader<T>;
  readonly schema?: JsonSchema;
}

export function field<T>(
  definition: Omit<Field<T>, 'aliases' | 'places'> & { readonly aliases?: readonly (string | Alias<T>)[] },
): Field<T> {
  const aliases = (definition.aliases ?? []).map((alias): Alias<T> =>
    typeof alias === 'string' ? { path: alias } : alias,
  );
  const { path, read, schema } = definition;
  const places = [
    { path, read, schema },
    ...aliases.map((alias) => ({
      path: alias.path,
      read: alias.read ?? read,
      schema: alias.schema ?? schema,
    })),
  ];
  return { ...definition, aliases, places };
}

export interface Place<T> {
  readonly path: string;
  readonly read: Reader<T>;
  readonly schema: JsonSchema;
}
