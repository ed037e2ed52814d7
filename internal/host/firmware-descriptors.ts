import { z } from 'zod';
import type { MachineFiles } from './files.ts';

/** What we read of a descriptor; the format is QEMU's docs/interop/firmware.json. */
const descriptor = z.object({
  features: z.array(z.string()),
  targets: z.array(z.object({ architecture: z.string() })),
});

/** Directories in the order in which libvirt looks; a file hides those of the same name further down. */
const directories = ['etc/qemu/firmware', 'usr/share/qemu/firmware'];

/**
 * Whether a firmware of the host enforces secure boot with Microsoft's keys in place; null: no descriptors are there.
 * libvirt tells that firmware can do secure boot, but in some versions not whether keys are enrolled, without which it
 * starts anything.
 */
export async function hasEnrolledKeys(files: MachineFiles, arch: string): Promise<boolean | null> {
  const contents = new Map<string, string | null>();
  for (const directory of directories) {
    for (const name of files.list(directory).filter((candidate) => candidate.endsWith('.json')))
      if (!contents.has(name)) contents.set(name, await files.longText(`${directory}/${name}`));
  }
  if (contents.size === 0) return null;
  return [...contents.values()].some((content) => {
    const { success, data } = descriptor.safeParse(parseJson(content));
    if (!success || !data.targets.some(({ architecture }) => architecture === arch)) return false;
    return data.features.includes('secure-boot') && data.features.includes('enrolled-keys');
  });
}

/** An empty file is how an administrator turns a descriptor off. */
function parseJson(content: string | null): unknown {
  try {
    return JSON.parse(content ?? '');
  } catch {
    return null;
  }
}
