import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCoreCounts } from '../../../../internal/provision/quantities/counts.ts';
import { readCount, readFigure } from '../../../../internal/provision/quantities/numbers.ts';
import { findSizes } from '../../../../internal/provision/quantities/sizes.ts';

describe('figures', () => {
  test.each([
    ['16', 16],
    ['2,5', 2.5],
    ['2.5', 2.5],
    ['1,000', 1000],
    ['1.024', 1024],
    ['1 000', 1000],
    ['5,120', 5120],
    ['0,512', 0.512],
    ['1.000.000', 1_000_000],
  ])('%s', (figure, value) => expect(readFigure(figure)).toBe(value));

  test('words count too, other words do not', () => {
    expect(readCount('zwei')).toBe(2);
    expect(readCount('1,000')).toBe(1000);
    expect(readCount('many')).toBeNull();
    expect(readCount('2,5')).toBeNull();
  });
});

describe('sizes', () => {
  test.each([
    ['16 GB', 16],
    ['16GB', 16],
    ['16-GB', 16],
    ['16 GiB', 16],
    ['512 Mo', 0.5],
    ['8 Go', 8],
    ['4 Gio', 4],
    ['384 Mbytes', 0.375],
    ['1.5 TB', 1536],
    ['2,5 GB', 2.5],
    ['1 To', 1024],
    ['1.024 MB', 1],
    ['2 gigas', 2],
    ['8 gigabytes', 8],
    ['64G', 64],
    ['16 gigaoctets', 16],
  ])('%s', (text, gb) => expect(findSizes(`x ${text}, y`)).toMatchObject([{ gb, kind: 'bytes', times: 1 }]));

  test.each([
    ['29 GB/s', 'rate'],
    ['151-350 Mbps', 'rate'],
    ['1 Gbit/s', 'rate'],
    ['10 Gbit', 'bits'],
    ['10 Gb', 'maybe-bits'],
  ])('%s is %s', (text, kind) => expect(findSizes(text)).toMatchObject([{ kind }]));

  test.each([
    '2.5 GHz',
    '64-bit',
    '64 bits',
    '13B',
    '5G network',
    '1080p',
    '1.000',
    '4K',
    '3 months',
    'sm_80',
    '20 requests',
  ])('%s is none', (text) => expect(findSizes(text).filter(({ kind }) => kind === 'bytes')).toEqual([]));

  test('ranges and multiples', () => {
    expect(findSizes('100-200 GB')).toMatchObject([{ gb: 100, gbHigh: 200 }]);
    expect(findSizes('8 bis 16 GB')).toMatchObject([{ gb: 8, gbHigh: 16 }]);
    expect(findSizes('2 x 16 GB')).toMatchObject([{ gb: 16, times: 2 }]);
  });

  test('what is written is read, whatever unit, sign and blank', () => {
    const units = { MB: 1 / 1024, Mo: 1 / 1024, GB: 1, GiB: 1, Go: 1, TB: 1024, To: 1024, TiB: 1024 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom('.', ','),
        fc.constantFrom(...Object.keys(units)),
        fc.constantFrom('', ' ', '\u00a0'),
        (whole, part, sign, unit, blank) => {
          const text = `needs ${whole}${sign}${String(part).padStart(2, '0')}${blank}${unit} of it`;
          const [size, ...others] = findSizes(text);
          expect(others).toEqual([]);
          expect(size?.gb).toBeCloseTo((whole + part / 100) * units[unit as keyof typeof units], 6);
          expect(text.slice(size?.start, size?.end)).toMatch(/^\d.*[Bo]$/);
        },
      ),
    );
  });

  test('any text: places lie in it and do not overlap, numbers are finite', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from('0123456789.,-x GMTBbiops/\u00a0toà')),
          maxLength: 80,
        }),
        (text) => {
          let last = 0;
          for (const size of findSizes(text)) {
            expect(size.start).toBeGreaterThanOrEqual(last);
            expect(size.end).toBeLessThanOrEqual(text.length);
            expect(Number.isFinite(size.gb) && size.gbHigh >= size.gb).toBe(true);
            last = size.end;
          }
        },
      ),
    );
  });
});

describe('cores', () => {
  test.each([
    ['8 vCPU and 16 GB', 8],
    ['two vCPUs', 2],
    ['64-bit quad core', 4],
    ['a recent quad-core', 4],
    ['eight cores', 8],
    ['12 cores / 24 threads', 12],
    ['procesador de doble núcleo a 2 GHz', 2],
    ['two or more cores, 1 GHz', 2],
    ['at least 2 cpus on the control plane', 2],
    ['processeur 4 cœurs', 4],
    ['vier Kerne', 4],
    ['8-Kern-Prozessor', 8],
    ['CPU cores: 6', 6],
    ['500 MHz 1 core', 1],
    ['4 nuclei', 4],
    ['6 CPU cores', 6],
    ['processeur quadricœur', 4],
  ])('%s', (text, cores) => expect(findCoreCounts(text)).toMatchObject([{ cores }]));

  test.each(['1.5 GHz multi core', 'CPU clocked at 1 GHz', 'Core i7-4790', 'CPU: 2.5 GHz', '24 threads'])(
    'none in %s',
    (text) => expect(findCoreCounts(text)).toEqual([]),
  );
});
