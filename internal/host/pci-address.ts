/** A PCI address as the kernel writes it: `0000:01:00.0`; domains beyond 16 bits have more digits. */
const addressPattern = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const addressesInPath = /[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](?=\/|$)/g;

export const pciDirectory = 'sys/bus/pci/devices';

export function isPciAddress(name: string): boolean {
  return addressPattern.test(name);
}

/** The PCI device that a thing in sysfs belongs to: the last address in where its link leads; null: to none. */
export function pciOfLink(link: string | null): string | null {
  return link?.match(addressesInPath)?.at(-1) ?? null;
}
