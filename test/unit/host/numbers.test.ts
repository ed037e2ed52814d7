import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDmiTable } from '../../../internal/host/dmi-table.ts';
import { parseNumber, parseRange } from '../../../internal/host/numbers.ts';
import { parseBars } from '../../../internal/host/pci-bars.ts';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { ranges } from '../../fixtures/hosts/describe-processor.ts';

it.each([
  ['0-3,8', [0, 1, 2, 3, 8]],
  ['', []],
  ['x,2-1,5', [5]],
  ['0-4294967295', []],
  ['3,1-2,2', [1, 2, 3]],
])('the set %j', (written, expected) => {
  expect(parseRange(written)).toEqual(expected);
});

it('a set that the kernel wrote is read as it was', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 4095 })), (numbers) => {
      const sorted = [...numbers].sort((a, b) => a - b);
      expect(parseRange(`${ranges(sorted)}\n`)).toEqual(sorted);
    }),
  );
});

it.each([
  ['12\n', 12],
  ['-1', -1],
  ['0x10', 16],
  ['', null],
  ['1e3', null],
  ['99999999999999999999', null],
  [null, null],
])('the number %j', (written, expected) => {
  expect(parseNumber(written)).toBe(expected);
});

it('whatever the files hold, it is no error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
      expect(
        parseRange(text).every((number, place, all) => place === 0 || number > (all[place - 1] ?? 0)),
      ).toBe(true);
      expect(parseBars(text).every((bar) => bar.bytes > 0)).toBe(true);
      expect(parseDmiTable(bytes).every(({ data }) => data.length > 0)).toBe(true);
      expect(parsePciIds(text).model('10de', '2489')).toBeNull();
    }),
  );
});
