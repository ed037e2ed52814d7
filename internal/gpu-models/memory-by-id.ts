/**
 * Memory in GB of well-known cards, by `vendor:device`: for a host whose pci.ids does not list them, and for ids that nearly
 * always mean one amount though the card was sold with others too.
 */
export const memoryById: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '10de': {
      2: '1cb3 1cb2',
      4: '1cb1',
      8: '1b80 1b81 1b82 1bb1 1e82 1e87 1f02 1f07 2482 2484 2486 2488 2489',
      10: '2206 2216',
      11: '1b06 1e04 1e07',
      12: '2208 2503 2504 2487 2782 2786',
      16: '1bb0 1eb8 1db4 24b0 2704',
      24: '1b30 1b38 2203 2204 2231 2236 2684',
      32: '1db6',
      48: '2230',
    },
    '1002': { 8: '687f', 12: '73df', 16: '6863 66af 73bf' },
  }).flatMap(([vendor, amounts]) =>
    Object.entries(amounts).flatMap(([gigabytes, devices]) =>
      devices.split(' ').map((device): [string, number] => [`${vendor}:${device}`, Number(gigabytes)]),
    ),
  ),
);
