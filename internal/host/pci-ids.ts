import type { MachineFiles } from './files.ts';

/** Names of vendors and devices, from the list that distributions carry (package pci.ids or hwdata). */
export interface PciNames {
  vendor(vendor: string): string | null;
  model(vendor: string, model: string): string | null;
  /** All models of a vendor, in the order of the list; empty: there is no list, or it lacks the vendor. */
  models(vendor: string): readonly PciModel[];
}

export interface PciModel {
  /** `2489` */
  readonly id: string;
  /** `GA104 [GeForce RTX 3060 Ti Lite Hash Rate]` */
  readonly name: string;
}

const places = ['usr/share/misc/pci.ids', 'usr/share/hwdata/pci.ids'];

export async function readPciNames(files: MachineFiles): Promise<PciNames> {
  for (const place of places) {
    const content = await files.longText(place);
    if (content !== null) return parsePciIds(content);
  }
  return parsePciIds('');
}

/**
 * The format: a vendor's line begins with its id, a device's with one tab, a subsystem's with two; classes follow, with
 * a C. The list has 40 000 lines and a machine some dozens of devices: a name is looked for when it is asked for.
 */
export function parsePciIds(content: string): PciNames {
  const classes = content.search(/^C [0-9a-f]{2} /m);
  const list = `\n${classes < 0 ? content : content.slice(0, classes)}`;
  const known = new Map<string, string | null>();
  const remember = (key: string, find: () => string | null): string | null => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = find();
    known.set(key, name);
    return name;
  };
  const block = (vendor: string): string | null => {
    const start = list.indexOf(`\n${vendor} `);
    if (start < 0) return null;
    const next = list.slice(start + 1).search(/\n[0-9a-f]{4} /);
    return next < 0 ? list.slice(start) : list.slice(start, start + 1 + next);
  };
  const named = (text: string | null, head: string): string | null => {
    const start = text?.indexOf(head) ?? -1;
    if (text === null || start < 0) return null;
    const end = text.indexOf('\n', start + 1);
    const name = text.slice(start + head.length, end < 0 ? undefined : end).trim();
    return name === '' ? null : name;
  };
  return {
    vendor: (vendor) => remember(vendor, () => named(list, `\n${vendor} `)),
    model: (vendor, model) => remember(`${vendor}:${model}`, () => named(block(vendor), `\n\t${model} `)),
    models: (vendor) =>
      [...(block(vendor) ?? '').matchAll(/^\t([0-9a-f]{4}) {2}(.{1,300})/gm)].map(
        ([, id = '', name = '']) => ({
          id,
          name: name.trim(),
        }),
      ),
  };
}
