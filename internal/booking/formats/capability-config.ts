import { stringify } from 'yaml';
import { z } from 'zod';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { CapabilityConfig, Maximum } from '../capability.ts';
import { evaluateFormula } from './memory-formula.ts';
import { readYaml, userId } from './read-yaml.ts';

const amount = z.number().min(0).max(1_000_000);
/** A number, or a word (AIVC's documents say "max") for all that the host has. */
const amountOrMax = z.union([amount, z.string()]);
const parts = z.object({
  cpus: amountOrMax.optional(),
  memory: amountOrMax.optional(),
  gpus: amountOrMax.optional(),
  backup_space: amountOrMax.optional(),
  work_space: amountOrMax.optional(),
});

const schema = z.object({
  max: z.object({
    cpus: amount,
    ram: amount.optional(),
    swap_size: amount.default(0),
    gpus: z.int().min(0).max(1024),
    shm_rate: z.union([amount, z.string()]).optional(),
    memory: z.union([amount, z.string()]).optional(),
    backup_space: amount.default(0),
    work_space: amount.default(0),
  }),
  // The template has one empty entry.
  allow_userIDs: z
    .array(userId.nullable())
    .nullish()
    .transform((users) => [...new Set((users ?? []).filter((user) => user !== null))]),
  max_default_capability: parts,
  max_custom_capability: z.record(z.string(), parts.nullable()).nullish(),
});

/**
 * Reads AIVC's capability_config.yaml. What is absent of a user's own maximum is as the default; a word in place of a number
 * is the host's maximum.
 *
 * @throws ProtiumError `argument-invalid`, also where somebody may have more than the host has
 */
export function readCapabilityConfig(text: string, file = 'capability_config.yaml'): CapabilityConfig {
  const read = readYaml(text, file, schema);
  const { cpus, ram, swap_size: swap, gpus, memory: formula, backup_space, work_space } = read.max;
  const values = { cpus, gpus, swap_size: swap, ...(ram === undefined ? {} : { ram }) };
  const memory =
    typeof formula === 'number' ? formula : evaluateFormula(formula ?? 'ram + swap_size', values);
  const max: Maximum = {
    cpus,
    memoryGb: memory,
    gpus,
    backupSpaceGb: backup_space,
    workSpaceGb: work_space,
  };
  const resolve = (given: z.output<typeof parts>, fallback: Maximum, whose: string): Maximum => {
    const pick = (field: keyof Maximum, value: number | string | undefined): number => {
      const picked = value === undefined ? fallback[field] : typeof value === 'string' ? max[field] : value;
      if (picked <= max[field]) return picked;
      throw new ProtiumError(
        'argument-invalid',
        `${file}: ${whose} may have ${field} ${picked}, and the host has ${max[field]}.`,
        { details: { file, field, of: whose } },
      );
    };
    return {
      cpus: pick('cpus', given.cpus),
      memoryGb: pick('memoryGb', given.memory),
      gpus: pick('gpus', given.gpus),
      backupSpaceGb: pick('backupSpaceGb', given.backup_space),
      workSpaceGb: pick('workSpaceGb', given.work_space),
    };
  };
  const defaults = resolve(read.max_default_capability, max, 'max_default_capability');
  const custom = new Map<string, Maximum>();
  for (const [name, given] of Object.entries(read.max_custom_capability ?? {})) {
    const user = userId.safeParse(name);
    if (!user.success) {
      throw new ProtiumError('argument-invalid', `${file}: "${name.slice(0, 40)}" is no user id.`, {
        details: { file, field: 'max_custom_capability' },
      });
    }
    custom.set(user.data, resolve(given ?? {}, defaults, user.data));
  }
  return { max, allowedUsers: read.allow_userIDs, defaults, custom };
}

/** The same as a file of AIVC's that means the same there. */
export function writeCapabilityConfig({ max, allowedUsers, defaults, custom }: CapabilityConfig): string {
  const of = (maximum: Maximum) => ({
    cpus: maximum.cpus,
    memory: maximum.memoryGb,
    gpus: maximum.gpus,
    backup_space: maximum.backupSpaceGb,
    work_space: maximum.workSpaceGb,
  });
  return stringify({
    max: {
      ...of(max),
      ram: max.memoryGb,
      swap_size: 0,
      shm_rate: 'ram / (ram + swap_size)',
      memory: 'ram + swap_size',
    },
    allow_userIDs: allowedUsers,
    max_default_capability: of(defaults),
    max_custom_capability: Object.fromEntries([...custom].map(([user, maximum]) => [user, of(maximum)])),
  });
}
