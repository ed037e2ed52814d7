import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import { readDuration } from './duration-input.ts';
import type { LeasePolicy, OwnerMaxima } from './policy.ts';
import { dayMs, minuteMs, requireZone } from './zone-time.ts';

const read = <T>(work: () => T, context: z.RefinementCtx): T => {
  try {
    return work();
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
};

const duration = z
  .string()
  .max(100)
  .transform((text, context) => read(() => readDuration(text, 'policy'), context));

const limit = z
  .union([z.number().min(0).max(1e9), z.literal('max')])
  .transform((value) => (value === 'max' ? null : value));

const maxima = z.strictObject({
  cpus: limit.exactOptional(),
  memoryGib: limit.exactOptional(),
  gpus: limit.exactOptional(),
  gpuHoursPerWeek: limit.exactOptional(),
});

const schema = z.strictObject({
  preset: z.enum(['default', 'aivc']).default('default'),
  zone: z
    .string()
    .transform((zone, context) => read(() => requireZone(zone, 'policy'), context))
    .exactOptional(),
  granularity: duration
    .refine((ms) => dayMs % ms === 0 && ms >= 1000, 'a day must be a whole number of it, and it at least 1s')
    .exactOptional(),
  horizon: duration.exactOptional(),
  minimumLength: duration.exactOptional(),
  maximumLength: z.union([z.literal('max').transform(() => null), duration]).exactOptional(),
  futureLeases: z.union([z.literal('max').transform(() => null), z.int().min(0).max(10_000)]).exactOptional(),
  ownOverlap: z.boolean().exactOptional(),
  maxima: z
    .strictObject({ default: maxima.default({}), custom: z.record(z.string().max(128), maxima).default({}) })
    .default({ default: {}, custom: {} }),
});

const unlimited: OwnerMaxima = { cpus: null, memoryMib: null, gpus: null, gpuHoursPerWeek: null };

/** What holds where nothing is said. `aivc`: the rules of AIVC's booking system. */
export const policyPresets: Readonly<Record<'default' | 'aivc', LeasePolicy>> = {
  default: {
    zone: 'UTC',
    granularityMs: 1000,
    horizonMs: 366 * dayMs,
    minimumMs: minuteMs,
    maximumMs: null,
    futureLeases: null,
    ownOverlap: true,
    maxima: { default: unlimited, custom: {} },
  },
  aivc: {
    zone: 'UTC',
    granularityMs: 30 * minuteMs,
    horizonMs: 14 * dayMs,
    minimumMs: 30 * minuteMs,
    maximumMs: 14 * dayMs,
    futureLeases: null,
    ownOverlap: false,
    maxima: { default: { cpus: 8, memoryMib: 32 * 1024, gpus: 1, gpuHoursPerWeek: null }, custom: {} },
  },
};

/**
 * The policy that settings mean: those of a preset, changed where something is said. Pure.
 *
 * @param value as it was read from YAML or JSON; null and undefined: nothing is said
 * @param source for a person: from where it was read
 * @throws ProtiumError `argument-invalid`, with every problem
 */
export function leasePolicyOf(value: unknown, source: string): LeasePolicy {
  const answer = schema.safeParse(value ?? {});
  if (!answer.success) {
    const problems = z.prettifyError(answer.error).split('\n');
    throw new ProtiumError(
      'argument-invalid',
      `The policy of leases, ${source}, is not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      { details: { path: source, problems } },
    );
  }
  const said = answer.data;
  const preset = policyPresets[said.preset];
  return {
    zone: said.zone ?? preset.zone,
    granularityMs: said.granularity ?? preset.granularityMs,
    horizonMs: said.horizon ?? preset.horizonMs,
    minimumMs: said.minimumLength ?? preset.minimumMs,
    maximumMs: said.maximumLength === undefined ? preset.maximumMs : said.maximumLength,
    futureLeases: said.futureLeases === undefined ? preset.futureLeases : said.futureLeases,
    ownOverlap: said.ownOverlap ?? preset.ownOverlap,
    maxima: {
      default: { ...preset.maxima.default, ...maximaFrom(said.maxima.default) },
      custom: Object.fromEntries(
        Object.entries(said.maxima.custom).map(([owner, of]) => [owner, maximaFrom(of)]),
      ),
    },
  };
}

function maximaFrom({ memoryGib, ...rest }: z.output<typeof maxima>): Partial<OwnerMaxima> {
  return memoryGib === undefined
    ? rest
    : { ...rest, memoryMib: memoryGib === null ? null : memoryGib * 1024 };
}
