import { field } from './field.ts';
import { boolean, integer, list, map, numberOf, oneOf, problem, type Reader } from './reading.ts';
import {
  booleanSchema,
  integerSchema,
  listSchema,
  numberSchema,
  orEmpty,
  wordSchema,
} from './schema-parts.ts';
import type { Architecture } from './spec.ts';

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'X86_64',
  'x86-64': 'X86_64',
  x64: 'X86_64',
  amd64: 'X86_64',
  x86_32: 'X86_32',
  x86: 'X86_32',
  i386: 'X86_32',
  i686: 'X86_32',
  arm_7: 'ARM_7',
  armv7: 'ARM_7',
  armv7l: 'ARM_7',
  arm_8: 'ARM_8',
  armv8: 'ARM_8',
  aarch64: 'ARM_8',
  arm64: 'ARM_8',
  ppc_64: 'PPC_64',
  ppc64: 'PPC_64',
  ppc64le: 'PPC_64',
  s390x: 'S390X',
};

const mostArchs = 16;
const mostFlags = 256;

const frequencyReader: Reader<number | null> = (value) => {
  if (value === null || value === '') return { value: null };
  const number = numberOf(value);
  if (number === null || number < 0 || number > 10) {
    return problem(value, 'This must be a frequency in GHz, from 0 to 10.', {
      allowed: 'a number from 0 to 10',
      unit: 'GHz',
    });
  }
  return { value: number === 0 ? null : number };
};

const flagPattern = '[A-Za-z0-9!._+-]{1,32}';

const flagForm = new RegExp(`^${flagPattern}$`);

const flagReader: Reader<string> = (value) =>
  typeof value === 'string' && flagForm.test(value.trim())
    ? { value: value.trim() }
    : problem(value, 'This must be the name of a CPU feature, like avx2.', {
        allowed: 'letters, digits and ! . _ + -, at most 32',
      });

const uniqueFlags = (flags: readonly string[]): readonly string[] =>
  flags.filter(
    (flag, index) => flags.findIndex((other) => other.toLowerCase() === flag.toLowerCase()) === index,
  );

const archsReader: Reader<readonly Architecture[]> = (value) => {
  const read = list(oneOf(architectures), mostArchs)(value);
  if (!('value' in read)) return read;
  // An empty list, as blank templates have it, names no alternative.
  const unique = [...new Set(read.value)];
  return { ...read, value: unique.length === 0 ? ['X86_64'] : unique };
};

const inverse = map(boolean, (value) => !value);

/** The processor. */
export const machineFields = {
  slots: field({
    path: 'slots',
    aliases: ['cpu.slots', 'processor_cores'],
    read: integer({ from: 1, to: 256 }),
    fallback: undefined,
    type: 'integer',
    allowed: '1 to 256',
    meaning: 'Executors: whole cores of the host where `allowSMT` is false, threads where it is true.',
    schema: integerSchema(1, 256),
  }),
  allowSmt: field({
    path: 'allowSMT',
    aliases: ['cpu.allowSMT', 'cpu.shared_cores', { path: 'cpu.fullPhysical', read: inverse }],
    read: boolean,
    fallback: true,
    type: 'boolean',
    allowed: 'true or false',
    meaning:
      'false, "cores": each slot is a whole core of the host with all its threads, and the guest is pinned to them. ' +
      'true, "threads": the slots run on the threads of shared cores. `cpu.fullPhysical` says the opposite.',
    schema: booleanSchema,
  }),
  overprovision: field({
    path: 'overprovision',
    aliases: ['cpu.overprovision', 'cpu.maxOverprovision'],
    read: integer({ from: 1, to: 10 }),
    fallback: 4,
    type: 'integer',
    allowed: '1 to 10',
    meaning:
      'How many VMs, this one included, may share each of its cores; 1 is exclusive. It does not change the number of vCPUs.',
    schema: integerSchema(1, 10),
  }),
  minFrequencyGhz: field({
    path: 'min_frequency',
    aliases: ['cpu.min_frequency', 'minimumCpuFrequency', 'min_cpu_frequency'],
    read: frequencyReader,
    fallback: null,
    type: 'number',
    unit: 'GHz',
    allowed: '0 to 10, as a number or as text',
    unset: 'any',
    meaning: "The host's processor must run at least this fast. It throttles nothing.",
    schema: orEmpty(numberSchema(0, 10)),
  }),
  archs: field<readonly Architecture[]>({
    path: 'archs',
    aliases: ['cpu.archs', 'cpu.arch', 'arch'],
    read: archsReader,
    fallback: ['X86_64'] as readonly Architecture[],
    type: 'list of text',
    allowed: 'X86_64, X86_32, ARM_8, ARM_7, PPC_64, S390X, or their usual other names; a list or one',
    meaning: 'Alternatives: the host must be one of them.',
    schema: listSchema(wordSchema(architectures), mostArchs),
  }),
  flags: field({
    path: 'flags',
    aliases: ['cpu.flags', 'instruction_sets'],
    read: map(list(flagReader, mostFlags), uniqueFlags),
    fallback: [] as readonly string[],
    type: 'list of text',
    allowed: "names of CPU features, Elemento's (`SSE4.1`) or the kernel's (`sse4_1`), in any case",
    meaning: 'The host must have all of them. A name that is not known is met by no host.',
    schema: listSchema({ type: 'string', pattern: `^\\s*${flagPattern}\\s*$` }, mostFlags),
  }),
};
