import { field } from './field.ts';
import { networksReader, netdevsReader } from './networks.ts';
import { pciReader } from './pci.ts';
import { netdevsSchema, networksSchema, pciSchema, spotSchema, volumesSchema } from './device-schemas.ts';
import { boolean, list, text } from './reading.ts';
import { booleanSchema, listSchema, textSchema } from './schema-parts.ts';
import type { Spec } from './spec.ts';
import { spotVolumes, volumesReader } from './volumes.ts';

const mostTags = 64;

/** Devices, networks, volumes. */
export const deviceFields = {
  pci: field({
    path: 'pci',
    aliases: ['pcidevs'],
    read: pciReader,
    fallback: [] as Spec['pci'],
    type: 'list of objects',
    allowed:
      'a list of {vendor, model, quantity}, or a map of "vendor:model" to a number; ids of four hexadecimal digits',
    meaning:
      '`quantity` devices of that id, of this host. A card comes with the other functions of its slot (its audio), whether they are asked for or not.',
    schema: pciSchema,
  }),
  networks: field({
    path: 'networks',
    read: networksReader,
    fallback: [] as NonNullable<Spec['networks']>,
    type: 'list of objects',
    allowed:
      'at most 16 of {network_uid, mac}: the uuid or name of a libvirt network, or the name of its bridge; {"kind": "natted"} is the default network',
    unset: 'the network `default`',
    meaning: 'One NIC each, in this order. It counts more than `has_network`.',
    schema: networksSchema,
    exact: true,
    emptyIsUnsaid: true,
    neverAssumed: true,
  }),
  hasNetwork: field({
    path: 'has_network',
    read: boolean,
    fallback: true,
    type: 'boolean',
    allowed: 'true or false',
    meaning: 'false, and no `networks`: no NIC at all.',
    schema: booleanSchema,
    neverAssumed: true,
  }),
  netdevs: field<null>({
    path: 'netdevs',
    read: netdevsReader,
    fallback: null,
    type: 'list',
    allowed: '[]',
    unset: 'none',
    meaning: 'Unsupported: it never had a meaning.',
    schema: netdevsSchema,
    neverAssumed: true,
  }),
  volumes: field({
    path: 'volumes',
    aliases: [{ path: 'storage', read: spotVolumes, schema: spotSchema }],
    read: volumesReader,
    fallback: [] as Spec['volumes'],
    type: 'list of objects',
    allowed:
      'at most 64 of {vid} for one that exists (32 hexadecimal digits, or a dashed uuid), {size} in bytes or {size_gb} for a new one, {image} for a new one from an image (as large as the image if there is no size), {iso} for a CD drive with a medium (id or name of a volume, or a file of the host), {name} alone for one that exists (NAME or POOL/NAME); name, format (qcow2, raw), bus (virtio, sata, scsi, ide), readonly, bootable, priority (0 boots first). `storage`: {boot, data} with size_gb',
    unset: 'none',
    meaning:
      'Disks and media. One with `vid` and a size or an image is made when it does not exist. A volume that holds an ISO is put into a CD drive; media are booted from after the disks.',
    schema: volumesSchema,
    exact: true,
    emptyIsUnsaid: true,
    neverAssumed: true,
  }),
  autostart: field({
    path: 'autostart',
    aliases: ['info.autostart'],
    read: boolean,
    fallback: false,
    type: 'boolean',
    allowed: 'true or false',
    meaning: 'Start the VM with the host.',
    schema: booleanSchema,
  }),
  tags: field({
    path: 'vm_tags',
    aliases: ['tags'],
    read: list(text(128), mostTags),
    fallback: [] as readonly string[],
    type: 'list of text',
    allowed: 'at most 64 texts of at most 128 characters',
    meaning: 'Kept with the VM.',
    schema: listSchema(textSchema(128), mostTags),
  }),
};
