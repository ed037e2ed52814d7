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
