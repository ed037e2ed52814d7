import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** A NoCloud seed; what the guest makes of it says img/guest/README.md. */
export interface Seed {
  /** cloud-init's `instance-id`: what is to run once runs again when it changes. */
  readonly instanceId: string;
  readonly hostname: string;
  /** The content of `#cloud-config`, or the whole text of user-data. */
  readonly userData: string | Readonly<Record<string, unknown>>;
  /** Netplan's format, version 1 or 2. None: DHCP. */
  readonly networkConfig?: Readonly<Record<string, unknown>>;
}

/** Makes an ISO 9660 image with the label `cidata` at `file`, for a CD-ROM drive. */
export function seedIso(file: string, seed: Seed): Promise<string> {
  return withSeedFiles(seed, async (files) => {
    await execa('genisoimage', ['-quiet', '-V', 'cidata', '-r', '-J', '-o', file, ...files]);
    return file;
  });
}

/** Makes a FAT image with the label `CIDATA` at `file`, for a disk. */
export function seedDisk(file: string, seed: Seed): Promise<string> {
  return withSeedFiles(seed, async (files) => {
    await execa('mkfs.vfat', ['-C', '-n', 'CIDATA', file, '1024'], { env: { PATH: searchPath } });
    await execa('mcopy', ['-i', file, ...files, '::']);
    return file;
  });
}

/** mkfs is not on everybody's search path. */
const searchPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

async function withSeedFiles(
  seed: Seed,
  pack: (files: readonly string[]) => Promise<string>,
): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'seed-'));
  try {
    const contents = Object.entries(seedContents(seed));
    const files = contents.map(([name]) => path.join(directory, name));
    await Promise.all(contents.map(([name, text]) => writeFile(path.join(directory, name), text)));
    return await pack(files);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Every JSON text is YAML. */
function seedContents(seed: Seed): Record<string, string> {
  const metaData = { 'instance-id': seed.instanceId, 'local-hostname': seed.hostname };
  return {
    'meta-data': JSON.stringify(metaData),
    'user-data':
      typeof seed.userData === 'string' ? seed.userData : `#cloud-config\n${JSON.stringify(seed.userData)}\n`,
    ...(seed.networkConfig === undefined ? {} : { 'network-config': JSON.stringify(seed.networkConfig) }),
  };
}
