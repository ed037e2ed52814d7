/**
 * Does a sparse vmdk file hold its content itself? One without a capacity is only a description that names other files,
 * which QEMU would open, whatever they are (VMware's "Virtual Disk Format", sparse extent header).
 */
export function isSelfContainedVmdk(head: Buffer): boolean {
  return head.length >= 72 && head.readBigUInt64LE(12) !== 0n;
}
