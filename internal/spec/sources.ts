import { own, isObject, type JsonObject } from './reading.ts';
import type { JsonValue } from './spec.ts';

/** An object that fields are looked for in, and what stands before its paths. */
export interface Source {
  readonly prefix: string;
  readonly value: JsonObject;
}

/** The value at a dotted path, own properties only; undefined also for null, which says nothing. */
export function valueAt({ value }: Source, path: string): JsonValue | undefined {
  const found = path.split('.').reduce<JsonValue | undefined>((holder, key) => own(holder, key), value);
  return found ?? undefined;
}

/** The place, of several, that fits the shape of what was sent: in a section that is there, else at the top. */
export function likelyPath(sources: readonly Source[], paths: readonly string[]): string {
  const source = sources.at(-1);
  const [flat = ''] = paths;
  if (source === undefined) return flat;
  const sectioned = paths.find((path) => {
    const [section, ...rest] = path.split('.');
    return rest.length > 0 && isObject(own(source.value, section ?? ''));
  });
  return source.prefix + (sectioned ?? flat);
}
