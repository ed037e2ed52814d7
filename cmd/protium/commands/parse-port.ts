import { InvalidArgumentError } from 'commander';

/** 1 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  }
  return port;
}

/** `FIRST-LAST`, both addresses. */
export function parseAddressRange(text: string): { readonly start: string; readonly end: string } {
  const [start = '', end = '', ...more] = text.split('-');
  if (start === '' || end === '' || more.length > 0) {
    throw new InvalidArgumentError('A range is FIRST-LAST, e.g. 192.168.130.10-192.168.130.99.');
  }
  return { start, end };
}

/** `ADDRESS=NAME[,NAME]`. */
export function parseDnsHost(text: string): { readonly address: string; readonly hostnames: string[] } {
  const [address = '', names = ''] = text.split('=');
  const hostnames = names.split(',').filter((name) => name !== '');
  if (address === '' || hostnames.length === 0) {
    throw new InvalidArgumentError('A name is given as ADDRESS=NAME[,NAME].');
  }
  return { address, hostnames };
}
