import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { guestImage } from '../guest/guest-image.ts';

/** A kernel for libguestfs's appliance, which takes the machine's own where it has one. */
export interface ApplianceKernel {
  /** For the daemon's environment. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Unpacks the kernel that the test guest was built with: containers have none of their own. */
export async function applianceKernel(): Promise<ApplianceKernel> {
  await guestImage();
  const cache = process.env['XDG_CACHE_HOME'];
  const base = cache ?? (process.getuid?.() === 0 ? '/var/cache' : path.join(homedir(), '.cache'));
  const packages = path.join(base, 'protium-guest/packages');
  const name = (await readdir(packages)).find((file) => /^linux-image-\d.*\.deb$/.test(file));
  if (name === undefined)
    throw new Error(`There is no kernel in ${packages}: remove that directory and img/protium-guest*.`);
  const directory = await mkdtemp(path.join(tmpdir(), 'protium-kernel-'));
  await execa('dpkg-deb', ['--extract', path.join(packages, name), directory]);
  const [version = ''] = await readdir(path.join(directory, 'lib/modules'));
  await execa('depmod', ['--basedir', directory, version]);
  return {
    environment: {
      SUPERMIN_KERNEL: path.join(directory, `boot/vmlinuz-${version}`),
      SUPERMIN_MODULES: path.join(directory, 'lib/modules', version),
      LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg',
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
