import { malformed } from './malformed.ts';
import { element, type XmlElement } from './tree.ts';
import { integerAttribute } from './values.ts';

/** Reads `<address domain= bus= slot= function=>` as `0000:01:00.0`; parts that are not given are 0. */
export function pciAddressOf(address: XmlElement): string {
  const part = (name: string): number => integerAttribute(address, name) ?? 0;
  return formatPciAddress(part('domain'), part('bus'), part('slot'), part('function'));
}

export function formatPciAddress(domain: number, bus: number, slot: number, fn: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
}

const form = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i;

/**
 * Builds the address element of a PCI device.
 *
 * @param text `0000:01:00.0`
 * @param attributes put before the address's own, e.g. `{ type: 'pci' }`.
 */
export function pciAddressElement(
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  const match = form.exec(text);
  if (match === null) {
    throw malformed(`"${text}" is no PCI address; write it like 0000:01:00.0.`, { value: text });
  }
  const [, domain = '', bus = '', slot = '', fn = ''] = match.map((part) => part.toLowerCase());
  return element('address', {
    ...attributes,
    domain: `0x${domain}`,
    bus: `0x${bus}`,
    slot: `0x${slot}`,
    function: `0x${fn}`,
  });
}
