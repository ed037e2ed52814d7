import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { guestImage } from './guest-image.ts';

/** Where the first partition of the guest's disk begins (img/guest/lib/disk.sh). */
const partitionOffset = '1M';

/**
 * Writes a bootable ISO image (isolinux) with the test guest's kernel and initrd, as an installation medium is: the
 * loader and the system both speak on the first serial port.
 */
export async function bootMedium(file: string): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), 'protium-medium-'));
  try {
    const { disk } = await guestImage();
    const raw = path.join(work, 'disk.raw');
    const tree = path.join(work, 'tree');
    await mkdir(tree);
    await execa('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', disk, raw]);
    await execa('mcopy', ['-i', `${raw}@@${partitionOffset}`, '::/vmlinuz', '::/initrd', tree]);
    await copyFile('/usr/lib/ISOLINUX/isolinux.bin', path.join(tree, 'isolinux.bin'));
    await copyFile('/usr/lib/syslinux/modules/bios/ldlinux.c32', path.join(tree, 'ldlinux.c32'));
    await writeFile(
      path.join(tree, 'isolinux.cfg'),
      'SERIAL 0 115200\nDEFAULT medium\nLABEL medium\n  KERNEL /vmlinuz\n  APPEND initrd=/initrd console=ttyS0,115200 quiet\n',
    );
    await mkdir(path.dirname(file), { recursive: true });
    await execa('genisoimage', [
      ...['-quiet', '-o', file, '-b', 'isolinux.bin', '-c', 'boot.cat'],
      ...['-no-emul-boot', '-boot-load-size', '4', '-boot-info-table', '-J', '-R', tree],
    ]);
  } finally {
    await rm(work, { recursive: true });
  }
}
