/** An IPv4 subnet: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly base: number;
  readonly prefix: number;
}

/** An IPv4 address as a number; null: it is none. */
export function addressNumber(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** `192.168.130.0/24`; null: it is none, or has bits after its prefix. */
export function readSubnet(text: string): Subnet | null {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const base = addressNumber(address);
  const prefix = Number(length);
  if (base === null || prefix > 32 || base % sizeOf(prefix) !== 0) return null;
  return { base, prefix };
}

/** The subnet that an address lies in. */
export function subnetAround(address: number, prefix: number): Subnet {
  return { base: address - (address % sizeOf(prefix)), prefix };
}

export function subnetText({ base, prefix }: Subnet): string {
  return `${addressText(base)}/${prefix}`;
}

export function lastOf({ base, prefix }: Subnet): number {
  return base + sizeOf(prefix) - 1;
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address <= lastOf(subnet);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return a.base <= lastOf(b) && b.base <= lastOf(a);
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}
