import { byteCount, flag, hostPorts, path, poolName } from '../values.ts';
import { allowedForFlag, type Variable } from './variable.ts';

/** Where images are stored, and which are known by name. */
export const imagePoolVariables = {
  imagePool: {
    name: 'PROTIUM_IMAGE_POOL',
    aliases: [],
    fallback: 'protium-images',
    allowed: 'letters, digits, dots, dashes and underscores, at most 64',
    meaning:
      'The libvirt pool in which images are stored, and nothing else. It is made when it is first needed.',
    schema: poolName,
  },
  imageDirectory: {
    name: 'PROTIUM_IMAGE_DIRECTORY',
    aliases: [],
    fallback: '/var/lib/libvirt/images/protium-images',
    allowed: 'the path of a directory that the user of QEMU may enter',
    meaning: 'Where that pool is made.',
    schema: path,
  },
  imageCatalogue: {
    name: 'PROTIUM_IMAGE_CATALOGUE',
    aliases: [],
    fallback: null,
    unset: 'the images that Protium knows',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Images of your own that can be imported by name; see images.md.',
    schema: path,
  },
} as const satisfies Record<string, Variable>;

/** What is taken as an image, and from where. */
export const imageImportVariables = {
  imageAllowHttp: {
    name: 'PROTIUM_IMAGE_ALLOW_HTTP',
    aliases: [],
    fallback: '0',
    allowed: allowedForFlag,
    meaning: 'Images may be downloaded without TLS.',
    schema: flag,
  },
  imageAllowedHosts: {
    name: 'PROTIUM_IMAGE_ALLOWED_HOSTS',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'host:port, separated by commas',
    meaning:
      'Servers that images may be downloaded from although their addresses are not public, e.g. mirrors.',
    schema: hostPorts,
  },
  imageMaxBytes: {
    name: 'PROTIUM_IMAGE_MAX_BYTES',
    aliases: [],
    fallback: '64GiB',
    allowed: 'bytes, or a number with KiB, MiB, GiB or TiB',
    meaning: 'The largest file that is taken as an image, before and after it is unpacked.',
    schema: byteCount,
  },
  imageMaxVirtualBytes: {
    name: 'PROTIUM_IMAGE_MAX_VIRTUAL_BYTES',
    aliases: [],
    fallback: '2TiB',
    allowed: 'bytes, or a number with KiB, MiB, GiB or TiB',
    meaning: 'The largest disk that an image may claim to be.',
    schema: byteCount,
  },
} as const satisfies Record<string, Variable>;
