import type { MachineFiles } from './files.ts';

/** Names of vendors and devices, from the list that distributions carry (package pci.ids or hwdata). */
export interface PciNames {
  vendor(vendor: string): string | null;
  model(vendor: string, model: string): string | null;
}

const places = ['usr/share/misc/pci.ids', 'usr/share/hwdata/pci.ids'];

export async function readPciNames(files: MachineFiles): Promise<PciNames> {
  for (const place of places) {
    const content = await files.text(place);
    if (content !== null) return parsePciIds(content);
  }
  return { vendor: () => null, model: () => null };
}

/** The format: a vendor's line begins with its id, a device's with one tab; subsystems have two, classes begin with C. */
export function parsePciIds(content: string): PciNames {
  const names = new Map<string, string>();
  let vendor: string | null = null;
  for (const line of content.split('\n')) {
    const [, tab, id, name] = /^(\t?)([0-9a-f]{4})\s+(.+)$/.exec(line) ?? [];
    if (id === undefined || name === undefined) {
      if (line.startsWith('C ')) break;
      continue;
    }
    if (tab === '') {
      vendor = id;
      names.set(id, name);
    } else if (vendor !== null) {
      names.set(`${vendor}:${id}`, name);
    }
  }
  return {
    vendor: (id) => names.get(id) ?? null,
    model: (vendorId, id) => names.get(`${vendorId}:${id}`) ?? null,
  };
}
