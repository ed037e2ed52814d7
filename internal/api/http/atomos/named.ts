import { normaliseId } from '../../../spec/ids.ts';
import type { FieldError, JsonValue } from '../../../spec/spec.ts';

const idForm = '32 hexadecimal digits, or a dashed uuid';

/** The fields of a body or a query; a body that is no object has none. */
export function asObject(value: unknown): Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}

/** The VM that a body names, by any of the names that clients use: its dashed uuid, or what is wrong. */
export function instanceIdOf(fields: Readonly<Record<string, JsonValue>>): string | FieldError {
  for (const key of ['vm_uid', 'vm_uuid', 'local_index', 'uniqueID']) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (value !== undefined && value !== null) return instanceId(value, key);
  }
  return { path: 'vm_uid', message: 'vm_uid is missing: it says which VM.', allowed: idForm };
}

export function instanceId(value: JsonValue, path: string): string | FieldError {
  const id = typeof value === 'string' ? normaliseId(value) : null;
  return id ?? { path, message: 'This is no id of a VM.', allowed: idForm };
}
