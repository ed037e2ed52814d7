import type { JsonValue } from '../../../internal/spec/spec.ts';

/** The values by their paths: `misc.firmware`, `volumes[0].size`. A list of plain values is one value; empty text is none. */
export function flatten(value: Readonly<Record<string, JsonValue>>): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  const walk = (path: string, each: JsonValue): void => {
    if (isList(each) && each.some((item) => isList(item) || isObject(item))) {
      for (const [index, item] of each.entries()) walk(`${path}[${index}]`, item);
    } else if (isObject(each)) {
      for (const [name, item] of Object.entries(each)) walk(path === '' ? name : `${path}.${name}`, item);
    } else if (each !== '') values.set(path, each);
  };
  walk('', value);
  return values;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !isList(value);
}
