import { qcow2Magic } from './qcow2-header.ts';
import type { SourceFormat } from './source-format.ts';

/** What a file is, by the bytes at its ends: never by its name, nor by what its sender says. */
export type Signature =
  | { readonly kind: 'image'; readonly format: Exclude<SourceFormat, 'raw'> }
  /** Without a format of its own, but with a boot sector or a CD's file system: a raw image. */
  | { readonly kind: 'disk' }
  | { readonly kind: 'compressed'; readonly by: Compression }
  /** Something that is known, and not taken. */
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unknown' };

export type Compression = 'gzip' | 'xz' | 'zstd';

/** How much of the beginning is looked at: a CD says what it is at 32 KiB. */
export const headBytes = 36 * 1024;
export const tailBytes = 512;

/**
 * @param head the first `headBytes`, or all there is
 * @param tail the last `tailBytes`, or all there is
 */
export function readSignature(head: Buffer, tail: Buffer): Signature {
  const at = (offset: number, bytes: string): boolean =>
    head.toString('latin1', offset, offset + bytes.length) === bytes;
  if (at(0, qcow2Magic)) {
    return head.length >= 8 && head.readUInt32BE(4) === 1
      ? { kind: 'other', name: 'qcow (version 1)' }
      : { kind: 'image', format: 'qcow2' };
  }
  if (at(0, 'KDMV')) return { kind: 'image', format: 'vmdk' };
  if (at(0, 'vhdxfile')) return { kind: 'image', format: 'vhdx' };
  if (at(0x40, '\x7f\x10\xda\xbe')) return { kind: 'image', format: 'vdi' };
  if (at(0, 'conectix') || tail.toString('latin1', 0, 8) === 'conectix')
    return { kind: 'image', format: 'vpc' };
  for (const [bytes, by] of compressions) if (at(0, bytes)) return { kind: 'compressed', by };
  for (const [bytes, name] of others) if (at(0, bytes)) return { kind: 'other', name };
  if (tail.toString('latin1', 0, 4) === 'koly') return { kind: 'other', name: "Apple's disk image" };
  if (at(510, '\x55\xaa') || at(0x8001, 'CD001')) return { kind: 'disk' };
  return { kind: 'unknown' };
}

const compressions: readonly (readonly [string, Compression])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\xfd7zXZ\0', 'xz'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
];

const others: readonly (readonly [string, string])[] = [
  ['LUKS\xba\xbe', 'an encrypted LUKS volume'],
  // These name other files as their content.
  ['# Disk DescriptorFile', 'the description of a vmdk image in several files'],
  ['COWD', 'vmdk (version 3)'],
  ['QED\0', 'qed'],
  ['WithoutFreeSpace', 'a Parallels image'],
  ['WithouFreSpacExt', 'a Parallels image'],
  ['Bochs Virtual HD Image', 'a Bochs image'],
  ['#!/bin/sh\n#V2.0 Format', 'a cloop image'],
  ['BZh', 'a bzip2 archive'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
];
