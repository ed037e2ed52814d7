import { attribute, type XmlElement } from './tree.ts';

/** What libvirt does with the file, so that a caller can allow different directories for different uses. */
export type PathRole =
  /** Data of a disk. */
  | 'image'
  /** Code and templates of firmware, and option ROMs. */
  | 'firmware'
  /** The guest's own UEFI variables. */
  | 'nvram'
  /** Kernel, initial ramdisk, device tree, ACPI table, firmware configuration entry. */
  | 'boot'
  /** A directory shared with the guest, or held as a pool. */
  | 'directory'
  /** Written by virtlogd or QEMU. */
  | 'log'
  /** A unix socket, pipe or file behind a character device. */
  | 'channel'
  /** A node under /dev. */
  | 'device'
  /** Run by libvirt. */
  | 'program'
  /** Anything else that is a file. */
  | 'file';

/** A place in a document that holds a path, by libvirt's schemas (domaincommon.rng, storagepool.rng ...). */
export interface PathPlace {
  /** Names of the element and its nearest ancestors, outermost first. */
  readonly elements: readonly string[];
  /** null: the path is the element's text. */
  readonly attribute: string | null;
  readonly role: PathRole;
  /** Where the same place can hold something else. `ancestors` ends with the parent. */
  readonly only?: (el: XmlElement, ancestors: readonly XmlElement[]) => boolean;
}

export type DocumentKind = 'domain' | 'pool' | 'volume' | 'network' | 'snapshot';

/** `disk/source@file` or, for text, `os/kernel`. */
function places(role: PathRole, list: readonly string[], only?: PathPlace['only']): readonly PathPlace[] {
  return list.map((text) => {
    const [elements = '', name] = text.split('@');
    return {
      elements: elements.split('/'),
      attribute: name ?? null,
      role,
      ...(only === undefined ? {} : { only }),
    };
  });
}

const holderType =
  (...types: readonly string[]) =>
  (_el: XmlElement, ancestors: readonly XmlElement[]): boolean => {
    const holder = ancestors.at(-1);
    return holder !== undefined && types.includes(attribute(holder, 'type') ?? '');
  };

const imageHolders = ['disk', 'backingStore', 'mirror'];
const characterDevices = ['serial', 'parallel', 'console', 'channel', 'smartcard', 'redirdev', 'rng/backend'];

const domainPlaces: readonly PathPlace[] = [
  ...imageHolders.flatMap((holder) => [
    ...places('image', [`${holder}/source@file`, `${holder}/source@dev`, `${holder}/source@dir`]),
    ...places('channel', [`${holder}/source@path`, `${holder}/source/host@socket`]),
    ...places('channel', [`${holder}/source/reservations/source@path`]),
    ...places('file', [`${holder}/source/config@file`]),
  ]),
  ...places('image', ['mirror@file']),
  ...places('firmware', ['os/loader', 'os/nvram@template', 'os/varstore@template', 'rom@file']),
  ...places('nvram', ['os/nvram', 'nvram/source@file', 'nvram/source@dev', 'nvram/source@dir']),
  ...places('nvram', ['os/varstore@path']),
  ...places('channel', ['nvram/source@path', 'nvram/source/host@socket']),
  ...places('file', ['nvram/source/config@file']),
  ...places('boot', ['os/kernel', 'os/initrd', 'os/dtb', 'os/shim', 'os/acpi/table', 'sysinfo/entry@file']),
  ...places('program', ['devices/emulator', 'domain/bootloader', 'filesystem/binary@path']),
  ...places('program', ['interface/script@path', 'interface/downscript@path']),
  ...places('directory', ['filesystem/source@dir']),
  ...places('image', ['filesystem/source@file', 'filesystem/source@dev']),
  ...places('channel', ['filesystem/source@socket']),
  ...places('channel', ['interface/source@path', 'shmem/server@path']),
  ...places('device', ['interface/source@dev'], holderType('vdpa')),
  ...places('device', ['interface/backend@tap', 'interface/backend@vhost']),
  ...places('log', ['interface/backend@logFile']),
  ...characterDevices.flatMap((holder) => [
    ...places('channel', [`${holder}/source@path`, `${holder}@tty`]),
    ...places('log', [`${holder}/log@file`]),
  ]),
  ...places('log', ['rng/backend/log@file']),
  ...places('directory', ['smartcard/database']),
  ...places('device', ['rng/backend'], (el) => attribute(el, 'model') === 'random'),
  ...places('channel', ['graphics@socket', 'graphics/listen@socket']),
  ...places('device', ['graphics/gl@rendernode', 'video/model/acceleration@rendernode']),
  ...places('device', ['input/source@dev', 'input/source@evdev']),
  ...places('device', ['hostdev/source/block', 'hostdev/source/char', 'blkiotune/device/path']),
  ...places('file', ['devices/audio@path'], (el) => attribute(el, 'type') === 'file'),
  ...places('device', ['audio/input@dev', 'audio/output@dev'], holderType('oss')),
  ...places('device', ['tpm/backend/device@path']),
  ...places('file', ['tpm/backend/source@path', 'memory/source/path', 'lease/target@path']),
];

/** Names of the storage pools whose `<device>` is a node of this host; an iSCSI pool's is a name on the network. */
const localDevicePools: readonly string[] = ['fs', 'logical', 'disk', 'zfs', 'vstorage'];

/** Where the paths are in each kind of document. */
export const pathPlaces: Readonly<Record<DocumentKind, readonly PathPlace[]>> = {
  domain: domainPlaces,
  pool: [
    ...places('directory', ['pool/target/path']),
    ...places('device', ['pool/source/device@path'], (_el, ancestors) => {
      const pool = ancestors[0];
      return pool !== undefined && localDevicePools.includes(attribute(pool, 'type') ?? '');
    }),
  ],
  volume: [
    ...places('image', ['volume/target/path', 'volume/backingStore/path']),
    ...places('device', ['volume/source/device@path']),
  ],
  network: places('directory', ['ip/tftp@root']),
  snapshot: [...domainPlaces, ...places('image', ['domainsnapshot/memory@file'])],
};
