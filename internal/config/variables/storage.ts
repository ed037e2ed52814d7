import { directories, path, poolName, regions } from '../values.ts';
import type { Variable } from './variable.ts';

/** Where volumes are made. */
export const storageVariables = {
  storagePool: {
    name: 'PROTIUM_STORAGE_POOL',
    aliases: [],
    fallback: 'protium',
    allowed: 'letters, digits, dots, dashes and underscores, at most 64',
    meaning:
      'The libvirt pool in which volumes of registered VMs are made. It is made too, when it is first needed.',
    schema: poolName,
  },
  storageDirectory: {
    name: 'PROTIUM_STORAGE_DIRECTORY',
    aliases: [],
    fallback: '/var/lib/libvirt/images/protium',
    allowed: 'the path of a directory that the user of QEMU may enter',
    meaning: 'Where that pool is made.',
    schema: path,
  },
  regions: {
    name: 'PROTIUM_REGIONS',
    aliases: [],
    fallback: null,
    unset: '`local`, the pool of `PROTIUM_STORAGE_POOL`',
    allowed: 'REGION=POOL, separated by commas; each region and each pool once',
    meaning:
      "GPUEater's regions: the pools that its users' volumes are made in and moved between. The first is meant by who names none.",
    schema: regions,
  },
} as const satisfies Record<string, Variable>;

/** Where pools may be made by request. */
export const poolVariables = {
  poolDirectories: {
    name: 'PROTIUM_POOL_DIRECTORIES',
    aliases: [],
    fallback: '/var/lib/libvirt/images:/mnt:/media:/srv',
    allowed: 'absolute directories, separated by colons',
    meaning:
      'Directories below which pools may be made by request: what is in a pool can be read and deleted.',
    schema: directories,
  },
} as const satisfies Record<string, Variable>;
