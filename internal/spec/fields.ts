import { deviceFields } from './device-fields.ts';
import type { Field } from './field.ts';
import { identityFields } from './identity-fields.ts';
import { machineFields } from './machine-fields.ts';
import { memoryFields } from './memory-fields.ts';
import { systemFields } from './system-fields.ts';

/** All that a config may say and that has a meaning here. */
export const fields = {
  ...machineFields,
  ...memoryFields,
  ...systemFields,
  ...deviceFields,
  ...identityFields,
};

export const allFields: readonly Field<unknown>[] = Object.values(fields);
