import { isIPv6 } from 'node:net';
import { Failure } from '../failure.ts';

const defaultPort = 7001;

/**
 * An address as gRPC wants it: with the port, and with a path for a unix socket.
 *
 * @throws Failure `usage` for what is an address of HTTP
 */
export function targetOf(address: string): string {
  if (/^https?:/.test(address)) {
    const message = `${address} is an address of HTTP: this program speaks gRPC, at host:port (${defaultPort}).`;
    throw new Failure('usage', message, { exit: 'usage' });
  }
  if (address.startsWith('unix:')) return address;
  if (isIPv6(address)) return `[${address}]:${defaultPort}`;
  return /:\d+$/.test(address) ? address : `${address}:${defaultPort}`;
}
