import { field } from './field.ts';
import { pciReader, pciSchema } from './pci.ts';
import {
  boolean,
  integer,
  list,
  map,
  numberOf,
  oneOf,
  orNull,
  problem,
  text,
  type Reader,
} from './reading.ts';
import type { Architecture, Spec } from './spec.ts';

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'X86_64',
  amd64: 'X86_64',
  x86_32: 'X86_32',
  x86: 'X86_32',
  i686: 'X86_32',
  arm_7: 'ARM_7',
  armv7l: 'ARM_7',
  arm_8: 'ARM_8',
  aarch64: 'ARM_8',
  arm64: 'ARM_8',
  ppc_64: 'PPC_64',
  ppc64le: 'PPC_64',
  s390x: 'S390X',
};

const families: Readonly<Record<string, Spec['os']['family']>> = {
  linux: 'linux',
  windows: 'windows',
  bsd: 'bsd',
  macos: 'macos',
};

const leastMemoryMib = 64;
const mostMemoryMib = 16 * 1024 * 1024;

/** MiB in every request. A small number is not guessed to be GB: it is refused, with the unit. */
const memoryReader: Reader<number> = (value) => {
  const number = numberOf(value);
  if (number !== null && number > 0 && number < leastMemoryMib) {
    return problem(
      value,
      `ramsize is in MiB, and ${number} MiB is too little; if ${number} GB is meant, write ${number * 1024}.`,
      {
        allowed: `an integer from ${leastMemoryMib} to ${mostMemoryMib}`,
        unit: 'MiB',
      },
    );
  }
  return integer({ from: leastMemoryMib, to: mostMemoryMib, unit: 'MiB' })(value);
};

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

const flagReader: Reader<string> = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9!._+-]{1,32}$/.test(value.trim())
    ? { value: value.trim() }
    : problem(value, 'This must be the name of a CPU feature, like avx2.', {
        allowed: 'letters, digits and ! . _ + -, at most 32',
      });

const uniqueFlags = (flags: readonly string[]): readonly string[] =>
  flags.filter(
    (flag, index) => flags.findIndex((other) => other.toLowerCase() === flag.toLowerCase()) === index,
  );

const archsReader: Reader<readonly Architecture[]> = (value) => {
  const read = list(oneOf(architectures), 16)(value);
  if (!('value' in read)) return read;
  // An empty list, as blank templates have it, names no alternative.
  const unique = [...new Set(read.value)];
  return { value: unique.length === 0 ? ['X86_64'] : unique };
};

const inverse = map(boolean, (value) => !value);
const bool = { type: ['boolean', 'integer'] };

/** The fields that are read each on its own; networks, volumes, names and what is for the guest have files of theirs. */
export const fields = {
  slots: field({
    path: 'slots',
    aliases: ['cpu.slots', 'processor_cores'],
    read: integer({ from: 1, to: 256 }),
    fallback: undefined,
    allowed: '1 to 256',
    meaning: 'Executors: whole cores of the host where `allowSMT` is false, threads where it is true.',
    schema: { type: 'integer', minimum: 1, maximum: 256 },
  }),
  allowSmt: field({
    path: 'allowSMT',
    aliases: ['cpu.allowSMT', 'cpu.shared_cores', { path: 'cpu.fullPhysical', read: inverse }],
    read: boolean,
    fallback: true,
    allowed: 'true or false',
    meaning:
      'false, "cores": each slot is a whole core of the host with all its threads, and the guest is pinned to them. ' +
      'true, "threads": the slots run on the threads of shared cores. `cpu.fullPhysical` says the opposite.',
    schema: bool,
  }),
  overprovision: field({
    path: 'overprovision',
    aliases: ['cpu.overprovision', 'cpu.maxOverprovision'],
    read: integer({ from: 1, to: 10 }),
    fallback: 4,
    allowed: '1 to 10',
    meaning:
      'How many VMs, this one included, may share each of its cores; 1 is exclusive. It does not change the number of vCPUs.',
    schema: { type: 'integer', minimum: 1, maximum: 10 },
  }),
  minFrequencyGhz: field({
    path: 'min_frequency',
    aliases: ['cpu.min_frequency', 'minimumCpuFrequency', 'min_cpu_frequency'],
    read: frequencyReader,
    fallback: null,
    unit: 'GHz',
    allowed: '0 to 10, as a number or as text',
    unset: 'any',
    meaning: "The host's processor must run at least this fast. It throttles nothing.",
    schema: { type: ['number', 'string', 'null'] },
  }),
  archs: field<readonly Architecture[]>({
    path: 'archs',
    aliases: ['cpu.archs', 'cpu.arch', 'arch'],
    read: archsReader,
    fallback: ['X86_64'] as readonly Architecture[],
    allowed: 'X86_64, X86_32, ARM_8, ARM_7, PPC_64, S390X, or their usual other names; a list or one',
    meaning: 'Alternatives: the host must be one of them.',
    schema: { type: ['array', 'string'], items: { type: 'string' } },
  }),
  flags: field({
    path: 'flags',
    aliases: ['cpu.flags', 'instruction_sets'],
    read: map(list(flagReader, 256), uniqueFlags),
    fallback: [] as readonly string[],
    allowed: "names of CPU features, Elemento's (`SSE4.1`) or the kernel's (`sse4_1`), in any case",
    meaning: 'The host must have all of them. A name that is not known is met by no host.',
    schema: { type: ['array', 'string', 'null'], items: { type: 'string' } },
  }),
  ramsize: field({
    path: 'ramsize',
    aliases: ['ram.ramsize', 'mem.capacity', 'mem.capacity_mb', 'ram_size'],
    read: memoryReader,
    fallback: undefined,
    unit: 'MiB',
    allowed: `${leastMemoryMib} to ${mostMemoryMib}`,
    meaning: 'Memory of the guest.',
    schema: { type: ['integer', 'string'], minimum: leastMemoryMib, maximum: mostMemoryMib },
  }),
  requireEcc: field({
    path: 'reqECC',
    aliases: ['ram.reqECC', 'mem.requireECC', 'mem.reqECC'],
    read: boolean,
    fallback: false,
    allowed: 'true or false, 1 or 0',
    meaning: "The host's memory must have error correction.",
    schema: bool,
  }),
  osFamily: field<Spec['os']['family']>({
    path: 'misc.os_family',
    aliases: ['os_family', 'os.family'],
    read: oneOf(families),
    fallback: 'linux',
    allowed: 'linux, windows, bsd, macos',
    meaning:
      'What the guest runs: decides firmware, devices and clock. macOS is understood, and refused by every host.',
    schema: { type: 'string' },
  }),
  osFlavour: field({
    path: 'misc.os_flavour',
    aliases: ['os_flavour', 'os.flavour', 'os.flavor'],
    read: orNull(map(text(64), (value) => value.toLowerCase())),
    fallback: null,
    allowed: 'text, e.g. ubuntu or windows11',
    unset: 'not said',
    meaning: 'Which one of the family; one that is not known gets what suits the family.',
    schema: { type: ['string', 'null'] },
  }),
  osVersion: field({
    path: 'misc.os_version',
    aliases: ['os_version', 'os.version'],
    read: orNull(text(64)),
    fallback: null,
    allowed: 'text, e.g. 24.04',
    unset: 'not said',
    meaning: 'Version of that system, for libosinfo.',
    schema: { type: ['string', 'null'] },
  }),
  firmware: field({
    path: 'misc.firmware',
    aliases: ['firmware'],
    read: orNull(oneOf<'bios' | 'uefi'>({ bios: 'bios', uefi: 'uefi', efi: 'uefi' })),
    fallback: null,
    allowed: 'bios, uefi (or efi)',
    unset: 'what suits the guest',
    meaning: 'What the guest boots with.',
    schema: { type: ['string', 'null'] },
  }),
  qemuAgent: field({
    path: 'misc.qemu_agent',
    aliases: ['qemu_agent'],
    read: orNull(boolean),
    fallback: null,
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'A channel for qemu-guest-agent.',
    schema: { type: ['boolean', 'integer', 'null'] },
  }),
  manufacturer: field({
    path: 'misc.manufacturer',
    aliases: ['manufacturer'],
    read: map(orNull(text(64)), (value) => (value?.toLowerCase() === 'any' ? null : value)),
    fallback: null,
    allowed: 'text; Any',
    unset: 'any',
    meaning: "The maker of the host's hardware, as DMI tells it.",
    schema: { type: ['string', 'null'] },
  }),
  pci: field({
    path: 'pci',
    aliases: ['pcidevs'],
    read: pciReader,
    fallback: [] as Spec['pci'],
    allowed:
      'a list of {vendor, model, quantity}, or a map of "vendor:model" to a number; ids of four hexadecimal digits',
    meaning:
      '`quantity` devices of that id, of this host. A card comes with the other functions of its slot (its audio), whether they are asked for or not.',
    schema: pciSchema,
  }),
  autostart: field({
    path: 'autostart',
    aliases: ['info.autostart'],
    read: boolean,
    fallback: false,
    allowed: 'true or false',
    meaning: 'Start the VM with the host.',
    schema: bool,
  }),
  tags: field({
    path: 'vm_tags',
    aliases: ['tags'],
    read: list(text(128), 64),
    fallback: [] as readonly string[],
    allowed: 'at most 64 texts of at most 128 characters',
    meaning: 'Kept with the VM.',
    schema: { type: ['array', 'string', 'null'], items: { type: 'string', maxLength: 128 } },
  }),
  hugepages: field({
    path: 'protium.hugepages',
    read: boolean,
    fallback: false,
    allowed: 'true or false',
    meaning: "Take the memory from the host's huge pages.",
    schema: bool,
  }),
  topology: field<'host' | 'flat'>({
    path: 'protium.topology',
    read: oneOf<'host' | 'flat'>({ host: 'host', flat: 'flat' }),
    fallback: 'host',
    allowed: 'host, flat',
    meaning: '`flat`: as many vCPUs as slots, without threads, also where whole cores are given.',
    schema: { type: 'string' },
  }),
  strictPci: field({
    path: 'protium.strictPci',
    read: boolean,
    fallback: false,
    allowed: 'true or false',
    meaning: 'Refuse, instead of adding devices that share a slot or an IOMMU group with those asked for.',
    schema: bool,
  }),
  secureBoot: field({
    path: 'protium.secureBoot',
    read: orNull(boolean),
    fallback: null,
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'UEFI secure boot.',
    schema: { type: ['boolean', 'integer', 'null'] },
  }),
  tpm: field({
    path: 'protium.tpm',
    read: orNull(boolean),
    fallback: null,
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'An emulated TPM 2.0.',
    schema: { type: ['boolean', 'integer', 'null'] },
  }),
};
