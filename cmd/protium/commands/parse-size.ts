import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, bigint>> = {
  '': 1n,
  B: 1n,
  kB: 1000n,
  MB: 1000n ** 2n,
  GB: 1000n ** 3n,
  TB: 1000n ** 4n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  TiB: 1024n ** 4n,
};

/** Bytes, with a unit if there is one: 20GiB, 500MB, 1073741824. */
export function parseBytes(text: string): bigint {
  const [, digits, unit = ''] = /^(\d{1,18}) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = units[unit];
  if (digits === undefined || factor === undefined || BigInt(digits) === 0n) {
    throw new InvalidArgumentError('It is a whole number of bytes, or one with a unit: 20GiB, 500MB.');
  }
  return BigInt(digits) * factor;
}

/** Memory in MiB: 2GiB, 512MiB, or a plain number of MiB. */
export function parseMemory(text: string): bigint {
  if (/^\d{1,12}$/.test(text) && BigInt(text) > 0n) return BigInt(text);
  const bytes = parseBytes(text);
  const mib = 1024n ** 2n;
  if (bytes % mib !== 0n) throw new InvalidArgumentError('It is a whole number of MiB, e.g. 2GiB or 512.');
  return bytes / mib;
}
