import { field } from './field.ts';
import { boolean, integer, numberOf, oneOf, problem, type Reader } from './reading.ts';
import { booleanSchema, integerSchema, numberSchema, wordSchema } from './schema-parts.ts';

const leastMemoryMib = 64;
const mostMemoryMib = 16 * 1024 * 1024;

/** Words for the unit of memory; people say GB, and mean powers of two. */
export const memoryUnits = { mib: 'MiB', mb: 'MiB', gib: 'GiB', gb: 'GiB' } as const;

/** MiB in every request that does not say otherwise. A small number is not guessed to be GB: it is refused, with the unit. */
const memoryReader: Reader<number> = (value) => {
  const number = numberOf(value);
  if (number !== null && number > 0 && number < leastMemoryMib) {
    return problem(
      value,
      `ramsize is in MiB, and ${number} MiB is too little; if ${number} GB is meant, write ${number * 1024}, or "protium": {"memoryUnit": "GiB"}.`,
      {
        allowed: `an integer from ${leastMemoryMib} to ${mostMemoryMib}`,
        unit: 'MiB',
      },
    );
  }
  return integer({ from: leastMemoryMib, to: mostMemoryMib, unit: 'MiB' })(value);
};

/** The same in GiB, where the config says so; of a fraction whole MiB must be left. */
const gibibytesReader: Reader<number> = (value) => {
  const number = numberOf(value);
  const mib = (number ?? 0) * 1024;
  if (number !== null && Number.isInteger(mib) && mib >= leastMemoryMib && mib <= mostMemoryMib)
    return { value: mib };
  const allowed = `a number from ${leastMemoryMib / 1024} to ${mostMemoryMib / 1024}, in whole MiB`;
  return problem(value, `memoryUnit is GiB: ramsize must be ${allowed}.`, { allowed, unit: 'GiB' });
};

/** Whatever the unit; in MiB it is an integer (see json-schema.ts). */
const memorySchema = numberSchema(leastMemoryMib / 1024, mostMemoryMib);
export const mebibytesSchema = integerSchema(leastMemoryMib, mostMemoryMib);

/** Memory. */
export const memoryFields = {
  ramsize: field({
    path: 'ramsize',
    aliases: ['ram.ramsize', 'mem.capacity', 'mem.capacity_mb', 'ram_size'],
    read: memoryReader,
    fallback: undefined,
    type: 'integer',
    unit: 'MiB',
    allowed: `${leastMemoryMib} to ${mostMemoryMib}`,
    meaning: 'Memory of the guest; `protium.memoryUnit` may name another unit.',
    schema: memorySchema,
  }),
  requireEcc: field({
    path: 'reqECC',
    aliases: ['ram.reqECC', 'mem.requireECC', 'mem.reqECC'],
    read: boolean,
    fallback: false,
    type: 'boolean',
    allowed: 'true or false, 1 or 0',
    meaning: "The host's memory must have error correction.",
    schema: booleanSchema,
  }),
  memoryUnit: field<'MiB' | 'GiB'>({
    path: 'protium.memoryUnit',
    read: oneOf<'MiB' | 'GiB'>(memoryUnits),
    fallback: 'MiB',
    type: 'text',
    allowed: 'MiB, GiB (MB and GB mean the same)',
    meaning: 'The unit of `ramsize`, for configs of clients that write GB.',
    schema: wordSchema(memoryUnits),
    neverAssumed: true,
  }),
};

/** `ramsize` of a config that says that it is in GiB. */
export const ramsizeInGibibytes = field({
  ...memoryFields.ramsize,
  unit: 'GiB',
  aliases: memoryFields.ramsize.aliases.map(({ path }) => path),
  read: gibibytesReader,
});
