/** What the header of a qcow2 file says, as far as it decides whether the file is taken (QEMU's docs/interop/qcow2.txt). */
export interface Qcow2Header {
  readonly version: number;
  readonly virtualSizeBytes: bigint;
  readonly hasBackingFile: boolean;
  /** Where the name of the backing file lies in the file. */
  readonly backingFile: { readonly offset: bigint; readonly length: number };
  readonly isEncrypted: boolean;
  readonly hasDataFile: boolean;
}

export const qcow2Magic = 'QFI\xfb';
const dataFileBit = 1n << 2n;

/** null: the file is too short, or no qcow2 file of version 2 or 3. */
export function readQcow2Header(head: Buffer): Qcow2Header | null {
  if (head.length < 72 || head.toString('latin1', 0, 4) !== qcow2Magic) return null;
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return null;
  if (version === 3 && head.length < 104) return null;
  const offset = head.readBigUInt64BE(8);
  return {
    version,
    virtualSizeBytes: head.readBigUInt64BE(24),
    hasBackingFile: offset !== 0n,
    backingFile: { offset, length: head.readUInt32BE(16) },
    isEncrypted: head.readUInt32BE(32) !== 0,
    hasDataFile: version === 3 && (head.readBigUInt64BE(72) & dataFileBit) !== 0n,
  };
}
