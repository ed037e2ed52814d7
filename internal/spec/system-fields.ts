import { imageSchema } from './device-schemas.ts';
import { field } from './field.ts';
import { boolean, map, oneOf, orNull, text } from './reading.ts';
import { booleanSchema, orEmpty, textSchema, wordSchema } from './schema-parts.ts';
import type { Spec } from './spec.ts';
import { imageReader } from './volumes.ts';

const families: Readonly<Record<string, Spec['os']['family']>> = {
  linux: 'linux',
  windows: 'windows',
  bsd: 'bsd',
  macos: 'macos',
};

const firmwares = { bios: 'bios', uefi: 'uefi', efi: 'uefi' } as const;
const topologies = { host: 'host', flat: 'flat' } as const;

/** The guest's system, and what is Protium's own. */
export const systemFields = {
  osFamily: field<Spec['os']['family']>({
    path: 'misc.os_family',
    aliases: ['os_family', 'os.family'],
    read: oneOf(families),
    fallback: 'linux',
    type: 'text',
    allowed: 'linux, windows, bsd, macos',
    meaning:
      'What the guest runs: decides firmware, devices and clock. macOS is understood, and refused by every host.',
    schema: wordSchema(families),
  }),
  osFlavour: field({
    path: 'misc.os_flavour',
    aliases: ['os_flavour', 'os.flavour', 'os.flavor'],
    read: orNull(map(text(64), (value) => value.toLowerCase())),
    fallback: null,
    type: 'text',
    allowed: 'text, e.g. ubuntu or windows11',
    unset: 'not said',
    meaning: 'Which one of the family; one that is not known gets what suits the family.',
    schema: orEmpty(textSchema(64)),
  }),
  osVersion: field({
    path: 'misc.os_version',
    aliases: ['os_version', 'os.version'],
    read: orNull(text(64)),
    fallback: null,
    type: 'text',
    allowed: 'text, e.g. 24.04',
    unset: 'not said',
    meaning: 'Version of that system, for libosinfo.',
    schema: orEmpty(textSchema(64)),
  }),
  firmware: field({
    path: 'misc.firmware',
    aliases: ['firmware'],
    read: orNull(oneOf<'bios' | 'uefi'>(firmwares)),
    fallback: null,
    type: 'text',
    allowed: 'bios, uefi (or efi)',
    unset: 'what suits the guest',
    meaning: 'What the guest boots with.',
    schema: orEmpty(wordSchema(firmwares)),
  }),
  qemuAgent: field({
    path: 'misc.qemu_agent',
    aliases: ['qemu_agent'],
    read: orNull(boolean),
    fallback: null,
    type: 'boolean',
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'A channel for qemu-guest-agent.',
    schema: orEmpty(booleanSchema),
  }),
  manufacturer: field({
    path: 'misc.manufacturer',
    aliases: ['manufacturer'],
    read: map(orNull(text(64)), (value) => (value?.toLowerCase() === 'any' ? null : value)),
    fallback: null,
    type: 'text',
    allowed: 'text; Any',
    unset: 'any',
    meaning: "The maker of the host's hardware, as DMI tells it.",
    schema: orEmpty(textSchema(64)),
  }),
  image: field<string | null>({
    path: 'protium.image',
    read: orNull(imageReader),
    fallback: null,
    type: 'text',
    allowed: 'name or id of an image',
    unset: 'none',
    meaning:
      'What the disk to boot from is made from: the first empty new one of `volumes`, or else a disk of its own, which comes first and is as large as the image.',
    schema: orEmpty(imageSchema),
    neverAssumed: true,
  }),
  hugepages: field({
    path: 'protium.hugepages',
    read: boolean,
    fallback: false,
    type: 'boolean',
    allowed: 'true or false',
    meaning: "Take the memory from the host's huge pages.",
    schema: booleanSchema,
  }),
  topology: field<'host' | 'flat'>({
    path: 'protium.topology',
    read: oneOf<'host' | 'flat'>(topologies),
    fallback: 'host',
    type: 'text',
    allowed: 'host, flat',
    meaning: '`flat`: as many vCPUs as slots, without threads, also where whole cores are given.',
    schema: wordSchema(topologies),
  }),
  strictPci: field({
    path: 'protium.strictPci',
    read: boolean,
    fallback: false,
    type: 'boolean',
    allowed: 'true or false',
    meaning: 'Refuse, instead of adding devices that share a slot or an IOMMU group with those asked for.',
    schema: booleanSchema,
  }),
  secureBoot: field({
    path: 'protium.secureBoot',
    read: orNull(boolean),
    fallback: null,
    type: 'boolean',
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'UEFI secure boot.',
    schema: orEmpty(booleanSchema),
  }),
  tpm: field({
    path: 'protium.tpm',
    read: orNull(boolean),
    fallback: null,
    type: 'boolean',
    allowed: 'true or false',
    unset: 'what suits the guest',
    meaning: 'An emulated TPM 2.0.',
    schema: orEmpty(booleanSchema),
  }),
};
