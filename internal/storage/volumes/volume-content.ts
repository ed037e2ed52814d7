import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { readVolume } from '../../xml/volume.ts';
import type { Readable } from 'node:stream';
import { existingVolume, type VolumePlace } from './volume-place.ts';

/** Bytes of a volume's file: from the first to the last, both included. */
export interface ByteRange {
  readonly first: bigint;
  readonly last: bigint;
}

export interface VolumeContent {
  /** Of the whole, in bytes. */
  readonly sizeBytes: bigint;
  /** Rejects as the client's calls do. `null`: all of it. */
  open(range: ByteRange | null): Promise<Readable>;
}

/** The bytes of a volume as they are stored: a qcow2 volume's are a qcow2 file. */
export async function volumeContent(client: LibvirtClient, place: VolumePlace): Promise<VolumeContent> {
  const volume = await existingVolume(client, place);
  const { physicalBytes, capacityBytes } = readVolume(await client.volumes.xml(volume));
  return {
    sizeBytes: physicalBytes ?? capacityBytes ?? 0n,
    async open(range) {
      const part =
        range === null
          ? { offset: 0n, length: 0n }
          : { offset: range.first, length: range.last - range.first + 1n };
      try {
        return await client.volumes.download(volume, part);
      } catch (error) {
        throw fromLibvirt(error, 'read the volume');
      }
    },
  };
}

/**
 * Reads the header Range (RFC 9110, 14.2) where it asks for one range of bytes; null: all is to be sent.
 *
 * @throws ProtiumError `argument-invalid` for one that the volume does not have
 */
export function readRange(header: string | undefined, sizeBytes: bigint): ByteRange | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,18})-(\d{0,18})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  const end = sizeBytes - 1n;
  const first = from === '' ? sizeBytes - min(BigInt(to), sizeBytes) : BigInt(from);
  const last = from === '' || to === '' ? end : min(BigInt(to), end);
  if (first <= last) return { first, last };
  throw new ProtiumError('argument-invalid', `The volume has no such bytes: it has ${sizeBytes}.`, {
    details: { sizeBytes: String(sizeBytes) },
  });
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
