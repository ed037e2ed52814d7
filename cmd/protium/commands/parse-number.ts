import { InvalidArgumentError } from 'commander';

/** A whole number of seconds, at least 1. */
export function parseSeconds(most: number) {
  return (text: string): number => {
    const seconds = Number(text);
    if (!/^\d+$/.test(text) || seconds < 1 || seconds > most) {
      throw new InvalidArgumentError(`It is a whole number of seconds from 1 to ${most}.`);
    }
    return seconds;
  };
}

/** A whole number, at least 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError('It is a whole number from 1.');
  }
  return count;
}

/** A port, or 0. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It is a port from 0 to 65535.');
  return port;
}

/** A whole number, also 0. */
export function parseWhole(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 0xffff_ffff) throw new InvalidArgumentError('It is a whole number.');
  return number;
}
