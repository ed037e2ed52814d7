import { rename } from 'node:fs/promises';
import path from 'node:path';
import { hasLog, logDirectory } from '../unregister/serial-logs.ts';

/**
 * Gives the file in which libvirt keeps what a domain's QEMU said the domain's new name. Where there is none, or it is not to
 * be reached, or there is one of the new name, nothing is changed.
 *
 * @param root where the machine's /var is: `/`
 */
export async function moveLog(root: string, from: string, to: string): Promise<void> {
  const file = (domain: string): string => path.join(root, logDirectory, `${domain}.log`);
  if (!(await hasLog(root, `${to}.log`))) await rename(file(from), file(to)).catch(() => undefined);
}
