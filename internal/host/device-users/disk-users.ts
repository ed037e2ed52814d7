import path from 'node:path';
import { firstText, type MachineFiles } from '../files.ts';
import { controllersOfDisk, diskNames } from './disks.ts';
import type { NoteUser } from './note-user.ts';

/** File systems, swap, and what is stacked on a disk (LVM, RAID, dm-crypt, ZFS). */
export function noteDiskUsers(files: MachineFiles, note: NoteUser): void {
  const mounts = readMounts(files);
  const swaps = new Set(
    (files.text('proc/swaps') ?? '')
      .split('\n')
      .slice(1)
      .map((line) => path.posix.basename(line.split(/\s+/)[0] ?? '')),
  );
  const btrfs = readBtrfsMembers(files);
  const zfs = files.list('sys/module/zfs').length > 0;
  for (const name of diskNames(files)) {
    const controllers = controllersOfDisk(files, name);
    if (controllers.length === 0) continue;
    const at = `sys/class/block/${name}`;
    const number = files.text(`${at}/dev`)?.trim() ?? '';
    const mounted = mounts.byNumber.get(number) ?? mounts.bySource.get(name);
    const holders = files.list(`${at}/holders`);
    for (const controller of controllers) {
      if (mounted !== undefined) note(controller, 'mount', `${mounted} is mounted from ${name}`);
      else if (btrfs.has(name)) note(controller, 'mount', `${name} is part of a mounted btrfs`);
      if (swaps.has(name)) note(controller, 'swap', `swap is on ${name}`);
      if (holders.length > 0) note(controller, 'holder', `${name} is part of ${holders.join(', ')}`);
      if (zfs && isZfsMember(files, number)) note(controller, 'holder', `${name} is part of a ZFS pool`);
    }
  }
}

/**
 * The first mount point of each device, by its number and by the name of its node: some file systems (btrfs) show a
 * number of their own. Process 1 is asked first: the daemon may have a mount namespace of its own.
 */
function readMounts(files: MachineFiles): {
  readonly byNumber: ReadonlyMap<string, string>;
  readonly bySource: ReadonlyMap<string, string>;
} {
  const byNumber = new Map<string, string>();
  const bySource = new Map<string, string>();
  const keep = (mounts: Map<string, string>, key: string, point: string): void => {
    if (!mounts.has(key)) mounts.set(key, point);
  };
  const text = firstText(files, ['proc/1/mountinfo', 'proc/self/mountinfo']) ?? '';
  for (const line of text.split('\n')) {
    // Optional fields end in a dash; then come the type and the source.
    const [mount = '', source = ''] = line.split(' - ');
    const [, , number, , point] = mount.split(' ');
    if (number === undefined || point === undefined) continue;
    keep(byNumber, number, unescaped(point));
    const [, node = ''] = source.split(' ');
    if (node.startsWith('/dev/')) keep(bySource, path.posix.basename(unescaped(node)), unescaped(point));
  }
  return { byNumber, bySource };
}

/** The kernel writes spaces and the like in octal. */
function unescaped(written: string): string {
  return written.replaceAll(/\\([0-3][0-7]{2})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Disks of mounted file systems that have several. */
function readBtrfsMembers(files: MachineFiles): ReadonlySet<string> {
  return new Set(files.list('sys/fs/btrfs').flatMap((id) => files.list(`sys/fs/btrfs/${id}/devices`)));
}

/** ZFS is no holder in sysfs. udev knows what is on a disk; whether its pool is imported, only ZFS does. */
function isZfsMember(files: MachineFiles, number: string): boolean {
  return files.text(`run/udev/data/b${number}`)?.includes('E:ID_FS_TYPE=zfs_member') === true;
}
