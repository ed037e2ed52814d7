/** The same with undefined for each null, as messages have what is absent. */
export type WithoutNulls<T> = T extends null
  ? undefined
  : T extends readonly (infer Item)[]
    ? WithoutNulls<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: WithoutNulls<T[Key]> }
      : T;

/** Of plain data. */
export function withoutNulls<T>(value: T): WithoutNulls<T> {
  return convert(value) as WithoutNulls<T>;
}

function convert(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, convert(each)]));
}
