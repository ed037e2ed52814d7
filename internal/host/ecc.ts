import { readDmiTable, type DmiStructure } from './dmi-table.ts';
import type { MemoryFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

type Ecc = Pick<MemoryFacts, 'ecc' | 'eccSource'>;

/** What EDAC finds in use; else what the firmware's table says; null when neither tells. */
export async function readEcc(files: MachineFiles): Promise<Ecc> {
  return readEdac(files) ?? eccOfDmi(await readDmiTable(files)) ?? { ecc: null, eccSource: null };
}

/**
 * A driver has a memory controller only where the controller can correct errors; newer ones also say for each module
 * whether it does (`SECDED`, `S4ECD4ED`, …, or `None`).
 */
function readEdac(files: MachineFiles): Ecc | null {
  const base = 'sys/devices/system/edac/mc';
  const controllers = files.list(base).filter((name) => /^mc\d+$/.test(name));
  if (controllers.length === 0) return null;
  const modes = controllers.flatMap((controller) =>
    files
      .list(`${base}/${controller}`)
      .filter((name) => /^(?:dimm|rank)\d+$/.test(name))
      .flatMap((module) => files.text(`${base}/${controller}/${module}/dimm_edac_mode`)?.trim() ?? []),
  );
  const idle = modes.length > 0 && modes.every((mode) => mode === 'None');
  return { ecc: !idle, eccSource: 'edac' };
}

/** SMBIOS specification 7.17: in type 16 byte 5 is the use of the array, byte 6 its error correction. */
const systemMemory = 0x03;
const correction = { none: 3, parity: 4, singleBit: 5, multipleBits: 6 };
/** 7.18: in type 17 the words at 8 and 10 are the total width, with the bits of the correction, and the data's. */
const unknownWidth = 0xffff;

export function eccOfDmi(structures: readonly DmiStructure[]): Ecc | null {
  const arrays = structures
    .filter(({ type, data }) => type === 16 && data[5] === systemMemory)
    .flatMap(({ data }) => data[6] ?? []);
  const corrects = arrays.some(
    (value) => value === correction.singleBit || value === correction.multipleBits,
  );
  if (corrects) return { ecc: true, eccSource: 'dmi' };
  if (arrays.some((value) => value === correction.none || value === correction.parity))
    return { ecc: false, eccSource: 'dmi' };
  const widths = structures
    .filter(({ type, data }) => type === 17 && data.length >= 12)
    .map(({ data }) => {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      return { total: view.getUint16(8, true), bits: view.getUint16(10, true) };
    })
    .filter(({ total, bits }) => total > 0 && bits > 0 && total !== unknownWidth && bits !== unknownWidth);
  if (widths.length === 0) return null;
  return { ecc: widths.every(({ total, bits }) => total > bits), eccSource: 'dmi' };
}
