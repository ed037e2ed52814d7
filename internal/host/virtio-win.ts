import type { MachineFiles } from './files.ts';

/** Where distributions and people put the medium with the virtio drivers for Windows. */
const usualDirectories = ['/usr/share/virtio-win', '/var/lib/libvirt/images', '/var/lib/libvirt/boot'];

/**
 * Path of the driver medium on the host: in the given directories, then in the usual ones; `virtio-win.iso` before a
 * name with a version, and of those the highest. null: there is none.
 */
export function findVirtioWin(files: MachineFiles, directories: readonly string[]): string | null {
  for (const directory of [...directories, ...usualDirectories]) {
    const names = files.list(directory).filter((name) => /^virtio-win[\w.-]*\.iso$/.test(name));
    names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const best = names.includes('virtio-win.iso') ? 'virtio-win.iso' : names.at(-1);
    if (best !== undefined) return `${directory}/${best}`;
  }
  return null;
}
