import { isIP } from 'node:net';
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
    const [, address = text, length] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    const prefix = length === undefined ? longest : Number(length);
    if (family === 0 || address.includes('%') || prefix > longest) {
      throw invalidArgument(
        'sources',
        `"${text}" is neither an address nor a CIDR block, e.g. 192.0.2.0/24.`,
      );
    }
    const of = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
    return `${of.networkAddressFromCIDR(`${address}/${prefix}`).toString()}/${prefix}`;
  });
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
