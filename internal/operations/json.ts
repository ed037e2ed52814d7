import { ProtiumError } from '../errors/protium-error.ts';

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/**
 * `T` as far as JSON can hold it: members that it cannot hold (bigint, functions, symbols, Date, Map, Set) become `never`, so that
 * a value with such a member does not type-check where `Json<T>` is asked for. Interfaces and optional members pass.
 */
export type Json<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends
        | bigint
        | symbol
        | Date
        | ReadonlyMap<unknown, unknown>
        | ReadonlySet<unknown>
        | ((...args: never) => unknown)
    ? never
    : { readonly [K in keyof T]: Json<T[K]> };

/**
 * A copy of `value` as it will be read back from JSON: members that are undefined are gone.
 *
 * @param name of the value, for the error's message.
 * @throws ProtiumError `internal` where JSON would lose something.
 */
export function jsonCopy(value: unknown, name: string): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no -0.
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      break;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value))
        return value.map((item: unknown, index) => jsonCopy(item, `${name}[${index}]`));
      if (value instanceof Date || value instanceof Map || value instanceof Set) break;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, jsonCopy(member, `${name}.${key}`)]),
      );
    default:
      break;
  }
  throw new ProtiumError(
    'internal',
    `${name} cannot be kept in the journal: JSON has no ${describe(value)}.`,
  );
}

/** As jsonCopy, of an object. */
export function jsonObjectCopy(value: object, name: string): JsonObject {
  return jsonCopy(value, name) as JsonObject;
}

/** The same text for the same value, whatever the order of its members. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? value.constructor.name
    : `${typeof value} ${String(value)}`;
}
