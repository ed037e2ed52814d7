import { readQcow2Header } from './qcow2-header.ts';
import { refused } from './refusal.ts';
import type { Signature } from './signature.ts';
import type { SourceFormat } from './source-format.ts';
import { isSelfContainedVmdk } from './vmdk-header.ts';

/** What qemu-img says of a file, as far as it is looked at. */
export interface QemuImageReport {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly encrypted?: boolean | undefined;
  readonly 'backing-filename'?: string | undefined;
  readonly 'format-specific'?:
    | { readonly data?: { readonly 'data-file'?: unknown; readonly corrupt?: unknown } | undefined }
    | undefined;
}

/**
 * The format of a file by its signature, which must be what was said of it.
 *
 * @param said null: nothing
 * @throws ProtiumError `image-refused`
 */
export function decideFormat(signature: Signature, said: SourceFormat | null): SourceFormat {
  switch (signature.kind) {
    case 'image':
      if (said === null || said === signature.format) return signature.format;
      throw refused('format-differs', `it is said to be ${said}, but it is ${signature.format}.`);
    case 'disk':
    case 'unknown':
      if (said === 'raw' || (said === null && signature.kind === 'disk')) return 'raw';
      if (said !== null) throw refused('format-differs', `it is said to be ${said}, but it is not.`);
      throw refused(
        'format-unknown',
        'its format is not known, and it has no boot sector. If it is a raw disk, say so: "format": "raw".',
      );
    case 'compressed':
      throw refused('compressed-twice', 'what was compressed in it is compressed too.');
    case 'other':
      throw refused('format-unsupported', `it is ${signature.name}; ${takenFormats}`);
  }
}

const takenFormats = 'qcow2 and raw images are taken, and vmdk, vdi, vhdx and vpc are converted.';

/**
 * Refuses, before any other program opens the file, what would make that program open others.
 *
 * @param head the beginning of the file
 * @throws ProtiumError `image-refused`
 */
export function requireSelfContained(format: SourceFormat, head: Buffer): void {
  if (format === 'vmdk' && !isSelfContainedVmdk(head)) {
    throw refused('external-data', 'its content lies in other files.');
  }
  if (format !== 'qcow2') return;
  const header = readQcow2Header(head);
  if (header === null) throw refused('malformed', 'its qcow2 header cannot be read.');
  if (header.hasBackingFile) throw refused('backing-file', backingFile);
  if (header.hasDataFile) throw refused('external-data', 'its content lies in another file.');
  if (header.isEncrypted) throw refused('encrypted', encrypted);
}

/**
 * Judges by what qemu-img found. Returns the size that a guest sees, in bytes.
 *
 * @throws ProtiumError `image-refused`
 */
export function judge(report: QemuImageReport, format: SourceFormat, maxVirtualBytes: number): number {
  const data = report['format-specific']?.data;
  if (report.format !== format) {
    throw refused('format-differs', `it was taken for ${format}, but qemu-img reads it as ${report.format}.`);
  }
  if (report['backing-filename'] !== undefined) throw refused('backing-file', backingFile);
  if (data?.['data-file'] !== undefined) throw refused('external-data', 'its content lies in another file.');
  if (report.encrypted === true) throw refused('encrypted', encrypted);
  if (data?.corrupt === true) throw refused('malformed', 'it is marked as corrupt; see qemu-img check.');
  const size = report['virtual-size'];
  if (size === 0) throw refused('malformed', 'it is a disk of no size.');
  if (size > maxVirtualBytes) {
    throw refused(
      'virtual-size',
      `it is a disk of ${size} bytes, above the limit of ${maxVirtualBytes} (PROTIUM_IMAGE_MAX_VIRTUAL_BYTES).`,
    );
  }
  return size;
}

const backingFile =
  'it has a backing file, which a VM made from it could read. Flatten it first: qemu-img convert -O qcow2 FILE FLAT.';
const encrypted = 'it is encrypted.';
