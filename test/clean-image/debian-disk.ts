import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

/** What makes a machine this one: it must not be in an image. */
export const machineFiles = {
  '/etc/ssh/ssh_host_ed25519_key': 'private',
  '/etc/ssh/ssh_host_ed25519_key.pub': 'public',
  '/var/log/syslog': 'a line',
  '/var/log/cloud-init.log': 'a line',
  '/var/log/cloud-init-output.log': 'a line',
  '/var/lib/dhcp/dhclient.leases': 'a lease',
  '/var/lib/cloud/instances/i-1/boot-finished': 'yes',
  '/var/lib/cloud/data/instance-id': 'i-1',
  '/home/ann/.bash_history': 'secret command',
  '/root/.bash_history': 'secret command',
  '/home/ann/.ssh/authorized_keys': 'a key',
} as const;

/** What users have made of it: that is what the image is for. */
export const userFiles = {
  '/home/ann/file': 'precious',
  '/srv/www/index.html': 'hello',
  '/etc/hostname': 'web',
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n',
  '/etc/shadow': 'root:*:19000::::::\nann:*:19000::::::\n',
  '/var/lib/cloud/seed/nocloud/user-data': '#cloud-config',
} as const;

/** By which libguestfs knows it. */
const system = {
  '/etc/os-release': 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n',
  '/etc/debian_version': '12.1',
  '/etc/fstab': '/dev/vda / ext4 defaults 0 1\n',
  '/var/lib/dpkg/status': '',
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
} as const;

/**
 * Makes a disk with what libguestfs takes for a Debian, and traces of having been run.
 *
 * @param directory of the caller's own
 * @returns the path of a qcow2 file there
 */
export async function makeDebianDisk(directory: string): Promise<string> {
  const tree = path.join(directory, 'tree');
  for (const empty of ['bin', 'usr/bin', 'boot', 'dev', 'proc', 'run', 'sys', 'tmp']) {
    await mkdir(path.join(tree, empty), { recursive: true });
  }
  for (const [name, content] of Object.entries({ ...system, ...machineFiles, ...userFiles })) {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await writeFile(path.join(tree, name), content);
  }
  const raw = path.join(directory, 'disk.raw');
  const disk = path.join(directory, 'disk.qcow2');
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', tree, raw, '32M']);
  await execa('qemu-img', ['convert', '-O', 'qcow2', raw, disk]);
  await rm(tree, { recursive: true });
  await rm(raw);
  return disk;
}

/** Reads files of a raw disk; of one that is not there null. */
export async function readDisk(
  raw: string,
  names: readonly string[],
): Promise<Record<string, string | null>> {
  const contents = await Promise.all(
    names.map(async (name) => {
      const { stdout, stderr } = await execa('debugfs', ['-R', `cat ${name}`, raw], {
        stripFinalNewline: false,
      });
      return [name, stderr.includes('File not found') ? null : stdout] as const;
    }),
  );
  return Object.fromEntries(contents);
}
