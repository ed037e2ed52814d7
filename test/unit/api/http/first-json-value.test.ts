import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, firstJsonValue } from '../../../../internal/api/http/first-json-value.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';

describe('the first JSON value of a body', () => {
  it('is read whatever follows it', () => {
    const value = fc.oneof(fc.object(), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.constantFrom('', '\n', ' x', '}', ']', '{"a":', '"'), (json, rest) => {
        const text = JSON.stringify(json);
        expect(firstJsonValue(Buffer.from(text + rest))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is JSON or refused as malformed, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          firstJsonValue(Buffer.from(bytes));
        } catch (error) {
          expect((error as ProtiumError).code).toBe('request-malformed');
        }
      }),
    );
  });
});

describe('the fields of an object', () => {
  it('are only the expected ones, without null', () => {
    expect(fieldsOf({ A: 1, b: null, c: 2, __proto__: 3 }, ['a', 'b'])).toEqual({ a: 1 });
    expect(fieldsOf(null, ['a'])).toEqual({});
  });

  it.each([[[]], ['x'], [1], [true]])('are not those of %j', (value) => {
    expect(() => fieldsOf(value, ['a'])).toThrow(ProtiumError);
  });
});
