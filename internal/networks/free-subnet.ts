import { overlap, type Subnet } from './ipv4.ts';

/** Where subnets are looked for: private ones (RFC 1918) that few others choose. */
const candidates: readonly Subnet[] = [
  ...Array.from({ length: 125 }, (_, index) => ({ base: octets(192, 168, 130 + index), prefix: 24 })),
  ...Array.from({ length: 256 }, (_, index) => ({ base: octets(10, 213, index), prefix: 24 })),
];

/** A subnet that overlaps none that is taken; null: there is none left. */
export function freeSubnet(taken: readonly Subnet[]): Subnet | null {
  return candidates.find((candidate) => taken.every((each) => !overlap(candidate, each))) ?? null;
}

/** A subnet that the host has a route to. */
export interface RouteOfHost extends Subnet {
  readonly device: string;
}

/**
 * Subnets that the host has routes to, but for the default route; by /proc/net/route, whose numbers are little-endian
 * hexadecimal.
 */
export function routedSubnets(routes: string): readonly RouteOfHost[] {
  return routes
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [base, mask] = [numberOf(fields[1]), numberOf(fields[7])];
      if (base === null || mask === null || mask === 0) return [];
      const prefix = mask.toString(2).replaceAll('0', '').length;
      return [{ base, prefix, device: fields[0] ?? '' }];
    });
}

function numberOf(hex: string | undefined): number | null {
  if (hex === undefined || !/^[0-9A-F]{8}$/i.test(hex)) return null;
  return Buffer.from(hex, 'hex').readUInt32LE(0);
}

function octets(first: number, second: number, third: number): number {
  return ((first * 256 + second) * 256 + third) * 256;
}
