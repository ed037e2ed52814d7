import type { MachineFiles } from './files.ts';
import { pciDirectory } from './pci-address.ts';

/**
 * Whether a device's config space answers. All ones are what the bus reads where nobody does: false. null: it cannot be
 * read, or the device has no power and would be woken up. The ids alone do not tell: virtual functions have none.
 */
export async function configAnswers(files: MachineFiles, address: string): Promise<boolean | null> {
  const at = `${pciDirectory}/${address}`;
  if (files.text(`${at}/power_state`)?.trim() === 'D3cold') return null;
  const config = await files.bytes(`${at}/config`, 64);
  return config === null || config.length < 64 ? null : !config.every((byte) => byte === 0xff);
}
