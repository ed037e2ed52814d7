import { notInText, own } from './reading.ts';
import type { Source } from './sources.ts';
import type { JsonValue, Spec } from './spec.ts';

/** Of clouds and accounts: kept to be echoed, without effect. */
export const extraKeys = [
  'region',
  'deployment_region',
  'provider',
  'instance_flavour',
  'instance_flavour_catalog',
  'block_storage_gb',
  'template_id',
  'serverurl',
  'target_type',
  'billing_uuid',
  'ip_address',
] as const;

const longest = 256;
const bad = new RegExp(`[${notInText.line}]`, 'u');

/** What means nothing on a host of one's own; the first of several counts. */
export function readExtra(sources: readonly Source[]): {
  readonly extra: Spec['extra'];
  readonly notices: readonly string[];
} {
  const extra: Record<string, JsonValue> = {};
  const notices: string[] = [];
  for (const { prefix, value } of sources) {
    for (const key of extraKeys) {
      const found = own(value, key);
      if (found === undefined || Object.hasOwn(extra, key)) continue;
      if (kept(found)) extra[key] = found;
      else
        notices.push(
          `The field ${prefix}${key} is ignored: only a short text, a number, true or false is kept.`,
        );
    }
  }
  return { extra, notices };
}

/** The config is kept in the domain: nothing large, nothing nested, nothing that JSON or XML cannot carry. */
function kept(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length <= longest && !bad.test(value);
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}
