import fc from 'fast-check';
import { hostileWords } from './dictionary.ts';

type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly word: string }
  | { readonly kind: 'remove' | 'double'; readonly at: number; readonly length: number }
  | { readonly kind: 'flood'; readonly at: number; readonly word: string; readonly times: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'splice'; readonly at: number; readonly other: string; readonly from: number };

/** Places as parts of a million of the text, so that an edit means the same in any text and shrinks on its own. */
const place = fc.integer({ min: 0, max: 999_999 });
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 }));

/** The longest input: what is longer is refused by its length, which has tests of its own. */
const longest = 64 * 1024;

function edits(corpus: readonly string[], words: readonly string[]): fc.Arbitrary<Edit> {
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 1, arbitrary: fc.integer().map(String) },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert' as const), at: place, word }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: place, length }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('double' as const), at: place, length }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('flood' as const),
        at: place,
        word,
        times: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 2, max: 60 }) },
          { weight: 1, arbitrary: fc.integer({ min: 60, max: 2000 }) },
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('splice' as const),
        at: place,
        other: fc.constantFrom(...corpus),
        from: place,
      }),
    },
  );
}

function applied(text: string, edit: Edit): string {
  const at = Math.floor((edit.at / 1_000_000) * (text.length + 1));
  const before = text.slice(0, at);
  const after = text.slice(at);
  switch (edit.kind) {
    case 'insert':
      return before + edit.word + after;
    case 'remove':
      return before + after.slice(edit.length);
    case 'double':
      return before + after.slice(0, edit.length) + after;
    case 'flood':
      return before + edit.word.repeat(edit.times) + after;
    case 'cut':
      return before;
    case 'splice':
      return before + edit.other.slice(Math.floor((edit.from / 1_000_000) * edit.other.length));
  }
}

/** Texts that were good, changed at some places; now and then any text at all. */
export function mutatedText(
  corpus: readonly string[],
  words: readonly string[] = hostileWords,
): fc.Arbitrary<string> {
  if (corpus.length === 0) throw new Error('There is nothing to change.');
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), fc.array(edits(corpus, words), { maxLength: 5 }))
        .map(([text, changes]) => changes.reduce(applied, text).slice(0, longest)),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((all) => all.join('')),
    },
  );
}

/** Bytes that were good, changed at some places; lengths and numbers among them to the ends of their range. */
export function mutatedBytes(corpus: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const texts = corpus.map((bytes) => Buffer.from(bytes).toString('latin1'));
  const ends = [
    '\0\0\0\0',
    '\xff\xff\xff\xff',
    '\x7f\xff\xff\xff',
    '\x80\0\0\0',
    '\0\0\0\x01',
    '\xff',
    '\0',
    '\0\0\0\x1c',
  ];
  return mutatedText(texts, ends).map((text) => Buffer.from(text, 'latin1'));
}
