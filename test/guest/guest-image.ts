import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Absolute paths of the test guest's files (img/guest/README.md). Read them, never write them. */
export interface GuestImage {
  /** qcow2, 128 MiB, bootable with BIOS and UEFI. Give a VM an overlay of it (`guestDisk`). */
  readonly disk: string;
  /** Uncompressed Linux kernel for direct boot. */
  readonly kernel: string;
  readonly initrd: string;
  /** The kernel command line for direct boot. */
  readonly commandLine: string;
}

const img = fileURLToPath(new URL('../../img/', import.meta.url));
let built: Promise<GuestImage> | undefined;

/** The test guest, built now if it is not there or not current (a quarter of a minute; else milliseconds). */
export function guestImage(): Promise<GuestImage> {
  built ??= build();
  return built;
}

async function build(): Promise<GuestImage> {
  await execa('bash', [`${img}guest/build.sh`], { stdin: 'ignore' });
  return {
    disk: `${img}protium-guest.qcow2`,
    kernel: `${img}protium-guest-vmlinux`,
    initrd: `${img}protium-guest-initrd`,
    commandLine: (await readFile(`${img}guest/boot/cmdline`, 'utf8')).trim(),
  };
}

/** Makes a disk for one VM at `path`: an overlay of the guest's image. */
export async function guestDisk(path: string): Promise<string> {
  const { disk } = await guestImage();
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'qcow2', path]);
  return path;
}
