/** Another libvirt host that instances can move to, as the operator names it. */
export interface MigrationTarget {
  /** Lower-case letters, digits, dots and dashes. */
  readonly name: string;
  /** libvirt's URI, as this daemon reaches it. */
  readonly uri: string;
  /** The URI by which this host's libvirtd reaches it; null: the same. */
  readonly peerUri: string | null;
  /** Host name or IP address that QEMU here sends a VM to; null: what the other host calls itself. */
  readonly address: string | null;
  /** Whether its pools are others than here, or the very same storage. */
  readonly disks: 'copied' | 'shared';
  /** From QEMU to QEMU, or through both libvirtds (which cannot carry disks). */
  readonly transport: 'direct' | 'tunnelled';
}

/** Where libvirtd is told to send a VM. Pure. */
export function peerUriOf({ uri, peerUri }: MigrationTarget): string {
  // libvirtd takes `qemu:///` for itself, whatever socket stands behind.
  return peerUri ?? uri.replace(/^qemu:\/\/\//, 'qemu+unix:///');
}

/** Where QEMU is told to send it; undefined: libvirtd asks the other one. Pure. */
export function migrateUriOf({ address, transport }: MigrationTarget): string | undefined {
  if (address === null || transport === 'tunnelled') return undefined;
  return `tcp://${address.includes(':') ? `[${address}]` : address}`;
}
