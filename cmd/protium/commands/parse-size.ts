import { InvalidArgumentError } from 'commander';

const factors: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['kib', 2n ** 10n],
  ['mib', 2n ** 20n],
  ['gib', 2n ** 30n],
  ['tib', 2n ** 40n],
  ['kb', 10n ** 3n],
  ['mb', 10n ** 6n],
  ['gb', 10n ** 9n],
  ['tb', 10n ** 12n],
]);

/** Bytes, or a whole number with a unit: 20GiB, 20GB. */
export function parseSize(text: string): bigint {
  const [, number = '', unit = ''] = /^(\d{1,18})\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = factors.get(unit.toLowerCase());
  if (number === '' || factor === undefined) {
    throw new InvalidArgumentError(
      'A size is a whole number, with KiB, MiB, GiB, TiB, KB, MB, GB, TB or nothing.',
    );
  }
  return BigInt(number) * factor;
}

/** Memory in MiB: 2GiB, 512MiB, or a plain number of MiB. */
export function parseMemory(text: string): bigint {
  if (/^\d{1,12}$/.test(text) && BigInt(text) > 0n) return BigInt(text);
  const bytes = parseSize(text);
  const mib = 1024n ** 2n;
  if (bytes === 0n || bytes % mib !== 0n) {
    throw new InvalidArgumentError('It is a whole number of MiB, e.g. 2GiB or 512.');
  }
  return bytes / mib;
}
