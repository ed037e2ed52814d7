import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { attribute, child, path as elementsAt, type XmlElement } from '../../xml/tree.ts';

/** Where libvirt lets virtlogd write. */
export const logDirectory = '/var/log/libvirt/qemu';

/**
 * Names of the files that hold what a guest wrote on its serial ports: only such as are called after this domain. Pure.
 */
export function serialLogs(
  definition: XmlElement,
  { uuid, domain }: { uuid: string; domain: string },
): string[] {
  const ports = [
    ...elementsAt(definition, 'devices', 'serial'),
    ...elementsAt(definition, 'devices', 'console'),
  ];
  const names = ports.flatMap((port) => {
    const log = child(port, 'log');
    const file = log === null ? null : attribute(log, 'file');
    if (file === null || path.posix.dirname(file) !== logDirectory) return [];
    const name = path.posix.basename(file);
    const ours = [uuid, domain].some((of) => name.startsWith(`${of}-serial`));
    return ours && /-serial\d+\.log$/.test(name) ? [name] : [];
  });
  return [...new Set(names)];
}

/** @param root where the machine's /var is: `/` */
export async function hasLog(root: string, name: string): Promise<boolean> {
  const present: readonly string[] = await readdir(path.join(root, logDirectory)).catch(() => []);
  return present.includes(name);
}

/**
 * Removes logs with those that they were rotated into. What is not there, or not to be reached, stays.
 *
 * @param root where the machine's /var is: `/`
 */
export async function removeSerialLogs(root: string, names: readonly string[]): Promise<void> {
  const directory = path.join(root, logDirectory);
  const present = await readdir(directory).catch(() => []);
  for (const file of present) {
    if (!names.includes(file.replace(/\.log\.\d+$/, '.log'))) continue;
    await rm(path.join(directory, file), { force: true }).catch((error: unknown) => {
      // They are root's: a daemon without its rights leaves them to the host's rotation.
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
  }
}
