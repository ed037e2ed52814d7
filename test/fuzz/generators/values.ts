import fc from 'fast-check';
import { hostileWords } from './dictionary.ts';

export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(...hostileWords),
);

const scalar = fc.oneof(
  anyName,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom<unknown>(0, -1, 1e9, 1e21, 1e308, 2 ** 53, 'true', '10', '10GiB', ''),
);

/** Anything that JSON can say. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 4 }),
  ),
})).value;

type Path = readonly string[];

function placesOf(whole: unknown, path: Path = []): readonly Path[] {
  if (typeof whole !== 'object' || whole === null) return [path];
  return [path, ...Object.entries(whole).flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

function replaced(whole: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (typeof whole !== 'object' || whole === null) return whole;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(whole)
    ? [...(whole as unknown[])]
    : { ...whole };
  Reflect.set(copy, key, replaced(Reflect.get(copy, key), rest, by));
  return copy;
}

/** Real documents with one or two values replaced by something of another kind. */
export function bentValue(examples: readonly unknown[]): fc.Arbitrary<unknown> {
  const places = examples.map((whole) => ({ whole, paths: placesOf(whole) }));
  const bend = fc.tuple(fc.nat(), fc.oneof(anyValue, fc.constantFrom(...hostileWords)));
  return fc
    .tuple(fc.constantFrom(...places), fc.array(bend, { minLength: 1, maxLength: 2 }))
    .map(([{ whole, paths }, bends]) =>
      bends.reduce((value, [at, by]) => replaced(value, paths[at % paths.length] ?? [], by), whole),
    );
}
