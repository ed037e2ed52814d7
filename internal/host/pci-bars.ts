import type { PciFacts } from './facts.ts';

/** Flags of a resource, from the kernel's include/linux/ioport.h. */
const memoryResource = 0x200n;
const prefetchable = 0x2000n;
const memory64 = 0x100000n;

/** The memory BARs in a device's file `resource`: its first six lines are start, end and flags of a BAR each. */
export function parseBars(resource: string | null): PciFacts['bars'] {
  return (resource ?? '')
    .split('\n')
    .slice(0, 6)
    .flatMap((line) => {
      const [start, end, flags] = line.trim().split(/\s+/).map(parseWord);
      if (start === undefined || end === undefined || flags === undefined || end <= start) return [];
      if ((flags & memoryResource) === 0n) return [];
      return [
        {
          bytes: Number(end - start + 1n),
          is64Bit: (flags & memory64) !== 0n,
          prefetchable: (flags & prefetchable) !== 0n,
        },
      ];
    });
}

function parseWord(written: string): bigint {
  return /^0x[0-9a-f]{1,16}$/i.test(written) ? BigInt(written) : 0n;
}
