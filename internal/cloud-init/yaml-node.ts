import { Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Plain } from './cloud-config.ts';

/** A YAML node of our own. Text is quoted always, so that no reader takes it for anything else. */
export function yamlNode(value: Exclude<Plain, undefined>): Scalar | YAMLMap | YAMLSeq {
  if (typeof value === 'string' || typeof value === 'boolean') return scalar(value);
  if (isList(value)) {
    const list = new YAMLSeq();
    list.items = value.flatMap((item) => (item === undefined ? [] : [yamlNode(item)]));
    return list;
  }
  const map = new YAMLMap();
  map.items = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [new Pair(new Scalar(key), yamlNode(item))],
  );
  return map;
}

function scalar(value: string | boolean): Scalar {
  const node = new Scalar(String(value));
  node.type = typeof value === 'string' ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
  return node;
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}
