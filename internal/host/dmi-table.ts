import type { MachineFiles } from './files.ts';

/** A structure of the firmware's table, its strings left out. */
export interface DmiStructure {
  readonly type: number;
  /** From its first byte, the type. */
  readonly data: Uint8Array;
}

/** Longer than any machine's. */
const longestTable = 1 << 20;

/** The structures that root may read: from the whole table, else from the module that shows each by itself. */
export async function readDmiTable(files: MachineFiles): Promise<readonly DmiStructure[]> {
  const table = await files.bytes('sys/firmware/dmi/tables/DMI', longestTable);
  if (table !== null) return parseDmiTable(table);
  const entries = 'sys/firmware/dmi/entries';
  const names = files.list(entries).filter((name) => /^1[67]-\d+$/.test(name));
  const raw = await Promise.all(names.map((name) => files.bytes(`${entries}/${name}/raw`, longestTable)));
  return raw.flatMap((bytes) => (bytes === null ? [] : parseDmiTable(bytes)));
}

/** SMBIOS specification 6.1: type, length, handle, data; then strings that end in two zeros. Type 127 is the end. */
export function parseDmiTable(table: Uint8Array): readonly DmiStructure[] {
  const structures: DmiStructure[] = [];
  for (let at = 0; at + 4 <= table.length;) {
    const type = table[at] ?? 127;
    const length = table[at + 1] ?? 0;
    if (length < 4 || type === 127) break;
    structures.push({ type, data: table.slice(at, at + length) });
    at += length;
    while (at + 1 < table.length && (table[at] !== 0 || table[at + 1] !== 0)) at += 1;
    at += 2;
  }
  return structures;
}
