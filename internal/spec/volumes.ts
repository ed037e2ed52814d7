import { Entry } from './entry.ts';
import { normaliseId } from './ids.ts';
import {
  below,
  boolean,
  integer,
  isList,
  isObject,
  list,
  numberOf,
  oneOf,
  orNull,
  own,
  problem,
  text,
  together,
  type Problem,
  type Read,
  type Reader,
} from './reading.ts';
import type { VolumeRequest } from './spec.ts';

export const mebibyte = 1024 * 1024;
export const mostBytes = 2 ** 50;
export const mostVolumes = 64;
export const mostPriority = 1000;

export const formats = { qcow2: 'qcow2', raw: 'raw', iso: 'raw', img: 'raw' } as const;
export const buses = { virtio: 'virtio', sata: 'sata', scsi: 'scsi', ide: 'ide' } as const;
export const longestIso = 1024;
export const imagePattern = '[a-z0-9][a-z0-9.-]{0,62}';
export const volumeIdNames = ['vid', 'volumeID', 'volume_id', 'volume_uid'];
export const gigabyteNames = ['size_gb', 'sizeGB'];

/** What AtomOS's storage tells of a volume, and what only a pool of many hosts needs. */
const told = (
  'sizeOnDisk private shareable own clonable alg creatorID creatorUID server servers serverurl nservers exported ' +
  'iscsi_name cache ceph cloudinit lastUpdated read_MB_bw write_MB_bw read_iops write_iops hw_device fs kind target_type'
).split(' ');

/** Name or id of an image. */
export const imageReader: Reader<string> = (value) => {
  const name = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return new RegExp(`^${imagePattern}$`).test(name)
    ? { value: name }
    : problem(value, 'This must be the name or id of an image.', {
        allowed: 'at most 63 letters, digits, dots and dashes; a letter or digit first',
      });
};

/** `{vid}` of one that exists, or a volume object, whose size is in bytes. */
const volumeReader: Reader<VolumeRequest> = (value) => {
  if (typeof value === 'string') {
    const id = idReader(value);
    return 'value' in id ? { value: { ...plain, id: id.value } } : id;
  }
  const allowed = '{"vid": "..."}, {"name": "..."}, {"image": "..."}, {"iso": "..."} or {"size": BYTES}';
  if (!isObject(value))
    return problem(value, 'This must be an object with vid, name, image, iso or a size.', { allowed });
  const entry = new Entry(value, told);
  const bytes = entry.read(['size'], bytesReader, null);
  const gigabytes = entry.read(gigabyteNames, gigabytesReader, null);
  if (bytes !== null && gigabytes !== null && bytes !== gigabytes) {
    entry.problems.push({
      at: '.size_gb',
      message: 'This says something else than size, which is in bytes. Leave one of them out.',
    });
  }
  const request: VolumeRequest = {
    id: entry.read(volumeIdNames, idReader, null),
    name: entry.read(['name'], orNull(text(128)), null),
    sizeBytes: bytes ?? gigabytes,
    image: entry.read(['image'], orNull(imageReader), null),
    iso: entry.read(['iso'], orNull(text(longestIso)), null),
    format: entry.read(['format'], oneOf<'qcow2' | 'raw'>(formats), null),
    bus: entry.read(['bus'], oneOf<'virtio' | 'sata' | 'scsi' | 'ide'>(buses), null),
    readonly: entry.read(['readonly'], boolean, false),
    bootable: entry.read(['bootable'], boolean, false),
    priority: entry.read(['priority'], integer({ from: 0, to: mostPriority }), null),
  };
  entry.noteUnknown();
  if (entry.problems.length > 0) return { problems: entry.problems };
  const { id, name, sizeBytes, image, iso } = request;
  if (iso !== null && [id, image, sizeBytes].some((other) => other !== null)) {
    return problem(value, 'A medium exists already: iso goes without vid, image and size.', { allowed });
  }
  if ([id, name, sizeBytes, image, iso].every((said) => said === null))
    return problem(value, 'This names no volume and gives no size for a new one.', { allowed });
  return { value: request, notices: entry.notices };
};

const plain = {
  id: null,
  name: null,
  sizeBytes: null,
  image: null,
  iso: null,
  format: null,
  bus: null,
  readonly: false,
  bootable: false,
  priority: null,
} as const;

export const volumesReader: Reader<readonly VolumeRequest[]> = (value) => {
  const read = list(volumeReader, mostVolumes)(value);
  return 'value' in read ? once(read) : read;
};

/** Spot's disks: `storage.boot` and `storage.data`, in GB; the boot disk comes first. */
export const spotVolumes: Reader<readonly VolumeRequest[]> = (value) => {
  if (!isObject(value))
    return problem(value, 'storage must be an object with boot and data.', { allowed: 'an object' });
  const boot = own(value, 'boot') ?? null;
  const data = own(value, 'data') ?? [];
  const disks = isList(data) ? data : [data];
  if (disks.length >= mostVolumes)
    return problem(data, `At most ${mostVolumes} volumes are allowed.`, { at: '.data' });
  const reads = [
    ...(boot === null ? [] : [below('.boot', firstToBoot(volumeReader(boot)))]),
    ...disks.map((disk, index) => below(`.data[${index}]`, volumeReader(disk))),
  ];
  const read = together(reads);
  return 'value' in read ? once(read) : read;
};

function firstToBoot(read: Read<VolumeRequest>): Read<VolumeRequest> {
  return 'value' in read ? { ...read, value: { ...read.value, priority: read.value.priority ?? 0 } } : read;
}

/**
 * Puts an image onto the disk to boot from: the first new one that is empty, else one of its own, which comes first.
 * null: there is a volume with another image already, or no room for one more.
 */
export function onImage(
  volumes: readonly VolumeRequest[],
  image: string | null,
): readonly VolumeRequest[] | null {
  if (image === null) return volumes;
  const images = volumes.flatMap((volume) => volume.image ?? []);
  if (images.length > 0) return images.includes(image) ? volumes : null;
  // Where an order is said, the image must still come first.
  const ordered = volumes.some(({ priority, bootable }) => priority !== null || bootable);
  const first = ordered ? { priority: 0 } : {};
  const empty = volumes.findIndex(({ id, sizeBytes }) => id === null && sizeBytes !== null);
  if (empty === -1) {
    return volumes.length >= mostVolumes ? null : [{ ...plain, image, ...first }, ...volumes];
  }
  return volumes.map((volume, index) => (index === empty ? { ...volume, image, ...first } : volume));
}

/** One volume cannot be two disks of one VM. */
function once(read: { readonly value: readonly VolumeRequest[] }): Read<readonly VolumeRequest[]> {
  const problems: Problem[] = read.value.flatMap(({ id }, index) =>
    id !== null && read.value.findIndex((other) => other.id === id) < index
      ? [{ at: `[${index}]`, value: id, message: 'This volume is in the list twice.' }]
      : [],
  );
  return problems.length > 0 ? { problems } : read;
}

const idReader: Reader<string | null> = (value) => {
  const id = typeof value === 'string' ? normaliseId(value) : null;
  return id === null
    ? problem(value, 'This must be the id of a volume.', {
        allowed: '32 hexadecimal digits, or a dashed uuid',
      })
    : { value: id };
};

const bytesReader: Reader<number | null> = (value) => {
  const number = numberOf(value);
  if (number !== null && number > 0 && number < mebibyte) {
    return problem(value, `size is in bytes; for ${number} GB write "size_gb": ${number}.`, {
      allowed: `an integer from ${mebibyte} to ${mostBytes}`,
      unit: 'bytes',
    });
  }
  return integer({ from: mebibyte, to: mostBytes, unit: 'bytes' })(value);
};

const gigabytesReader: Reader<number | null> = (value) => {
  const number = numberOf(value);
  const bytes = number === null ? Number.NaN : Math.round(number * 1e9);
  return bytes >= mebibyte && bytes <= mostBytes
    ? { value: bytes }
    : problem(value, 'This must be a size in GB.', {
        allowed: `a number from 0.002 to ${Math.floor(mostBytes / 1e9)}`,
        unit: 'GB',
      });
};
