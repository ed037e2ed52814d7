import ipaddr from 'ipaddr.js';
import { invalidArgument } from '../errors/invalid-argument.ts';

/**
 * Reads who may connect: addresses and CIDR blocks, as blocks without bits after their prefixes.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function readSources(texts: readonly string[]): readonly string[] {
  if (texts.length > 64) throw invalidArgument('sources', 'There may be 64 sources.');
  return texts.map((text) => {
    try {
      const [address, prefix] = text.includes('/') ? ipaddr.parseCIDR(text) : whole(text);
      const network =
        address.kind() === 'ipv4'
          ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${prefix}`)
          : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${prefix}`);
      return `${network.toString()}/${prefix}`;
    } catch {
      throw invalidArgument(
        'sources',
        `"${text}" is neither an address nor a CIDR block, e.g. 192.0.2.0/24.`,
      );
    }
  });
}

function whole(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (!/^[0-9.]+$|:/.test(text)) throw new Error('no address');
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether an address is of the sources; all are when there are none. */
export function isAllowed(address: string, sources: readonly string[]): boolean {
  if (sources.length === 0) return true;
  const from = ipaddr.process(address.replace(/%.*$/, ''));
  return sources.some((source) => {
    const [block, prefix] = ipaddr.parseCIDR(source);
    return block.kind() === from.kind() && from.match(block, prefix);
  });
}
