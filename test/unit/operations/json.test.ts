import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, jsonCopy, type JsonValue } from '../../../internal/operations/json.ts';

describe('jsonCopy', () => {
  it('is what JSON would read back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonCopy(value, 'x')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(jsonCopy({ a: undefined, b: 1 }, 'x')).toStrictEqual({ b: 1 });
  });

  it.each([
    ['x.a', { a: 1n }],
    ['x[1]', [1, undefined]],
    ['x.a.b', { a: { b: NaN } }],
    ['x', new Date()],
    ['x.a', { a: new Map() }],
    ['x.a', { a: new Set() }],
    ['x.a', { a: () => 1 }],
    ['x', Symbol('s')],
  ])('refuses what it would lose, by its place: %s', (place, value) => {
    expect(() => jsonCopy(value, 'x')).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: expect.stringMatching(
          `^${place.replaceAll(/[[\].]/g, String.raw`\$&`)} cannot be kept`,
        ) as string,
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of members, and on nothing less', () => {
    const reversed = (value: JsonValue): JsonValue =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, member]) => [key, reversed(member ?? null)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [one, two] = [jsonCopy(a, 'a'), jsonCopy(b, 'b')];
        expect(canonicalJson(reversed(one))).toBe(canonicalJson(one));
        expect(JSON.parse(canonicalJson(one))).toEqual(one);
        if (canonicalJson(one) === canonicalJson(two)) expect(one).toEqual(two);
      }),
    );
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});
