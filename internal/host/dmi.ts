import type { DmiFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

/** What firmware makers leave where nobody filled in a name. */
const placeholders = new Set([
  '',
  'to be filled by o.e.m.',
  'default string',
  'system manufacturer',
  'system product name',
  'not specified',
  'not applicable',
  'unknown',
  'o.e.m.',
  'none',
]);

/** Who made the machine, and what it is called. */
export function readDmi(files: MachineFiles): DmiFacts {
  const named = (name: string): string | null => {
    const value = files.text(`sys/class/dmi/id/${name}`)?.trim() ?? '';
    return placeholders.has(value.toLowerCase()) ? null : value;
  };
  return {
    manufacturer: named('sys_vendor') ?? named('board_vendor'),
    product: named('product_name') ?? named('board_name'),
  };
}
