import { machineFiles } from './files.ts';

/** Differs after each boot of the machine; empty where the kernel does not tell. */
export function readBootId(root: string): string {
  return machineFiles(root).text('proc/sys/kernel/random/boot_id')?.trim() ?? '';
}
