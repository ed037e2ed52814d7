import { isAbsolute, normalize } from 'node:path';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { PoolSource } from './pool-source.ts';

const fileFormats = ['ext2', 'ext3', 'ext4', 'xfs', 'vfat', 'iso9660', 'udf', 'ufs', 'gfs', 'gfs2', 'ocfs2'];
const networkFormats = ['nfs', 'glusterfs', 'cifs'];
const host = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]+$/;
// A name that neither begins like an option nor leads elsewhere.
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,126}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Refuses a source with which libvirt's helpers would be called with anything but what is meant.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function checkPoolSource(source: PoolSource): void {
  switch (source.kind) {
    case 'dir':
      requirePath('dir.path', source.path);
      return;
    case 'fs':
      requirePath('fs.device', source.device);
      if (!source.device.startsWith('/dev/')) {
        throw invalidArgument('fs.device', 'A file system is on a device below /dev.');
      }
      if (source.format !== null && !fileFormats.includes(source.format)) {
        throw invalidArgument('fs.format', `A format is one of ${fileFormats.join(', ')}.`);
      }
      requirePath('fs.mount_path', source.mountPath);
      return;
    case 'netfs':
      requireHost('netfs.host', source.host);
      requirePath('netfs.directory', source.directory);
      if (!networkFormats.includes(source.format)) {
        throw invalidArgument('netfs.format', `A format is one of ${networkFormats.join(', ')}.`);
      }
      requirePath('netfs.mount_path', source.mountPath);
      return;
    case 'logical':
      requireName('logical.group', source.group);
      return;
    case 'zfs':
      for (const part of source.dataset.split('/')) requireName('zfs.dataset', part);
      return;
    case 'rbd':
      requireName('rbd.ceph_pool', source.cephPool);
      if (source.monitors.length === 0) throw invalidArgument('rbd.monitors', 'Name at least one monitor.');
      for (const { name } of source.monitors) requireHost('rbd.monitors', name);
      if (source.login === null) return;
      requireName('rbd.user', source.login.user);
      if (!uuid.test(source.login.secretUuid)) {
        throw invalidArgument(
          'rbd.secret_uuid',
          "With a user, name the uuid of libvirt's secret with the key.",
        );
      }
  }
}

function requirePath(field: string, path: string): void {
  const isPlain = isAbsolute(path) && normalize(path) === path && !path.endsWith('/');

  if (!isPlain || path.length > 1024 || /[\u0000-\u001f]/.test(path)) {
    throw invalidArgument(field, 'A path is absolute, without "..", doubled or closing slashes.');
  }
}

function requireHost(field: string, name: string): void {
  if (!host.test(name)) throw invalidArgument(field, 'A host is a name or an address.');
}

function requireName(field: string, name: string): void {
  if (plainName.test(name)) return;
  throw invalidArgument(field, 'A name has letters, digits, dots, dashes, plus signs and underscores.');
}
