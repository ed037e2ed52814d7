import { normaliseId } from './ids.ts';
import {
  boolean,
  integer,
  isObject,
  list,
  numberOf,
  oneOf,
  orNull,
  own,
  problem,
  text,
  type Problem,
  type Reader,
} from './reading.ts';
import type { JsonValue, VolumeRequest } from './spec.ts';

const mebibyte = 1024 * 1024;
const mostBytes = 2 ** 50;
export const mostVolumes = 32;

const formats = { qcow2: 'qcow2', raw: 'raw', iso: 'raw', img: 'raw' } as const;
const buses = { virtio: 'virtio', sata: 'sata', scsi: 'scsi', ide: 'ide' } as const;

/** `{vid}` of one that exists, or a volume object, whose size is in bytes. */
export const volumeReader: Reader<VolumeRequest> = (value) => {
  if (typeof value === 'string') return volumeReader({ vid: value });
  if (!isObject(value))
    return problem(value, 'This must be an object with vid, or with a size.', {
      allowed: '{"vid": "..."} or {"size": BYTES}',
    });
  const problems: Problem[] = [];
  const read = <T>(names: readonly string[], reader: Reader<T>, fallback: T): T => {
    const name = names.find((candidate) => (own(value, candidate) ?? null) !== null);
    if (name === undefined) return fallback;
    const result = reader(own(value, name) ?? null);
    if ('value' in result) return result.value;
    problems.push(...result.problems.map((found) => ({ ...found, at: `.${name}${found.at}` })));
    return fallback;
  };
  const request: VolumeRequest = {
    id: read(['vid', 'volumeID', 'volume_id', 'volume_uid'], idReader, null),
    name: read(['name'], orNull(text(128)), null),
    sizeBytes: read(['size'], bytesReader, null) ?? read(['size_gb', 'sizeGB'], gigabytesReader, null),
    format: read(['format'], oneOf<'qcow2' | 'raw'>(formats), null),
    bus: read(['bus'], oneOf<'virtio' | 'sata' | 'scsi' | 'ide'>(buses), null),
    readonly: read(['readonly'], boolean, false),
    bootable: read(['bootable'], boolean, false),
    priority: read(['priority'], integer({ from: 0, to: 1000 }), null),
  };
  if (problems.length > 0) return { problems };
  if (request.id === null && request.sizeBytes === null) {
    return problem(value, 'This names no volume and gives no size for a new one.', {
      allowed: '{"vid": "..."} or {"size": BYTES}',
    });
  }
  return { value: request };
};

/** Spot's disks: `storage.boot` and `storage.data`, in GB. */
export const spotVolumes: Reader<readonly VolumeRequest[]> = (value) => {
  const boot = own(value, 'boot');
  const data = own(value, 'data');
  const marked = [
    ...(isObject(boot) ? [{ ...boot, priority: 0 }] : []),
    ...(Array.isArray(data) ? (data as readonly JsonValue[]) : []),
  ];
  return list(volumeReader, mostVolumes)(marked);
};

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
    : problem(value, 'This must be a size in GB.', { allowed: 'a number above 0', unit: 'GB' });
};
