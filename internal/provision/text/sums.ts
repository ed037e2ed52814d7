import type { Found, Evidence } from '../analysis.ts';
import type { CleanText } from './clean-text.ts';
import type { Amount } from './amount.ts';
import { suits, type Ask } from './ask.ts';
import type { Reading } from './reading.ts';
import { areSame, countOf, isUsualNoun } from './shares.ts';

export interface SizeConclusion {
  readonly found: Found<number> | undefined;
  readonly notes: readonly string[];
}

type SizeKind = 'memory' | 'disk';
const names: Readonly<Record<SizeKind, string>> = { memory: 'memory', disk: 'disk' };

/** The one size that a text asks for: of several cases that which is asked for, of parts their sum. */
export function sizeOf(
  kind: SizeKind,
  all: readonly Amount[],
  ask: Ask,
  readings: readonly Reading[],
  clean: CleanText,
): SizeConclusion {
  const counts = all.flatMap((each) => {
    const count = /^[tg](?:i?b|o)$|^terabytes?$/i.test(each.per?.noun ?? '')
      ? countShare(each, readings, ask)?.count
      : null;
    return count === null || count === undefined ? [] : [count];
  });
  const scored = all
    // What only tells how many terabytes something is kept for is none of the machine's own.
    .filter(
      (each) =>
        each.kind === kind &&
        !counts.some((count) => count.reading === each.reading && count.start === each.start),
    )
    .map((amount) => (isShare(amount, readings, ask) ? amount : { ...amount, per: null }))
    .map((amount) => ({ amount, score: suits(amount, ask) }));
  const whole = scored.filter(({ amount }) => amount.per === null);
  const shares = scored.filter(({ amount }) => amount.per !== null);
  const alone = whole.filter(({ amount }) => !amount.added);
  const best = alone.length === 0 ? 0 : bestOf(alone);
  const mains = sureOnes(
    nearestBound(
      alone.filter(({ score }) => score === best).map(({ amount }) => amount),
      ask,
    ),
  );
  const added = whole
    .filter(({ score, amount }) => amount.added && score >= Math.min(best, 0))
    .map(({ amount }) => amount);
  const bestShare = bestOf(shares);
  const counted = shares
    .filter(({ score }) => score === bestShare)
    .flatMap(({ amount }) => {
      const share = countShare(amount, readings, ask);
      return share === null ? [] : [share];
    });
  const total = whole.find(({ amount, score }) => amount.total && score >= Math.min(best, 0))?.amount;
  const evidence = (amount: Pick<Amount, 'reading' | 'start' | 'end'>, rule: string): Evidence =>
    clean.evidence(
      amount.reading.segment.start + amount.start,
      amount.reading.segment.start + amount.end,
      rule,
    );
  if (total !== undefined) return stated(total.gb, [evidence(total, `requirement-${kind}`)], 1);
  const parts = partsOf(kind, mains);
  const base = parts.length > 1 ? parts : pickOne(mains, ask);
  const sum =
    [...base, ...added].reduce((gb, amount) => gb + amount.gb, 0) +
    counted.reduce((gb, share) => gb + share.gb, 0);
  const terms = base.length + added.length + counted.length;
  if (terms === 0 || sum === 0) {
    const lone = shares[0]?.amount;
    if (lone === undefined) return { found: undefined, notes: [] };
    const { noun } = lone.per ?? { noun: '' };
    return stated(lone.gb, [evidence(lone, `requirement-${kind}`)], 0.6, [
      `${figure(lone.gb)} GB of ${names[kind]} are for one ${noun}, and how many there are is not said: one is counted.`,
    ]);
  }
  const proof = [
    ...[...base, ...added].map((amount) =>
      evidence(amount, terms > 1 ? `requirement-${kind}-sum` : `requirement-${kind}`),
    ),
    ...counted.flatMap(({ evidence: of, count }) => [
      evidence(of, `requirement-${kind}-sum`),
      ...(count === null ? [] : [evidence(count, `requirement-${kind}-sum`)]),
    ]),
  ];
  const sure = base.some((amount) => amount.sure === 0) ? 0.8 : 1;
  const notes =
    terms > 1 || counted.length > 0
      ? [
          `The ${names[kind]} is a sum: ${[...[...base, ...added].map(({ gb }) => figure(gb)), ...counted.map(({ shown }) => shown)].join(' + ')} = ${figure(sum)} GB.`,
        ]
      : contradictions(kind, mains, base[0]);
  return stated(sum, proof, terms > 1 ? Math.min(sure, 0.9) : sure, notes);
}

/** "per default" is no share: it is one of what is counted somewhere, or of what is commonly counted. */
function isShare(amount: Amount, readings: readonly Reading[], ask: Ask): boolean {
  const { per } = amount;
  if (per === null) return false;
  return (
    per.count !== null ||
    /^[tg](?:i?b|o)$/i.test(per.noun) ||
    isUsualNoun(per.noun) ||
    countShare(amount, readings, ask) !== null
  );
}

function stated(
  gb: number,
  evidence: readonly Evidence[],
  confidence: number,
  notes: readonly string[] = [],
): SizeConclusion {
  return { found: { value: Math.round(gb * 1000) / 1000, confidence, evidence }, notes };
}

function bestOf(scored: readonly { readonly score: number }[]): number {
  return scored.reduce((best, { score }) => Math.max(best, score), Number.NEGATIVE_INFINITY);
}

/** Of several bounds of people that do the lowest. */
function nearestBound(amounts: readonly Amount[], { people }: Ask): readonly Amount[] {
  if (people === null) return amounts;
  const bounds = amounts.flatMap((each) => (each.people === null ? [] : [each.people.high]));
  const enough = bounds.filter((high) => high >= people);
  if (enough.length === 0) return amounts;
  const lowest = Math.min(...enough);
  return amounts.filter((each) => each.people === null || each.people.high === lowest);
}

/** Where one is said to be of this kind, those that may be do not count. */
function sureOnes(amounts: readonly Amount[]): readonly Amount[] {
  const sure = amounts.filter((amount) => amount.sure >= 2);
  if (sure.length === 0) return amounts;
  return amounts.filter(
    (amount) =>
      amount.sure >= 2 || (amount.sure === 1 && sure.some(({ reading }) => reading === amount.reading)),
  );
}

const system = /^(?:windows|linux|ubuntu|macos|vista|xp|debian|fedora|server)$/;

/** The amounts that are parts of one whole: each for something else, and none for another case. */
function partsOf(kind: SizeKind, mains: readonly Amount[]): readonly Amount[] {
  const distinct = mains.filter(
    (amount, index) =>
      !mains.slice(0, index).some((other) => other.gb === amount.gb && other.purpose === amount.purpose),
  );
  if (distinct.length < 2) return [];
  const purposes = new Set(distinct.map(({ purpose }) => purpose));
  const apart =
    purposes.size === distinct.length &&
    distinct.every(({ purpose }) => purpose !== '') &&
    distinct.filter(({ purpose }) => system.test(purpose)).length < 2;
  const cases = distinct.some(
    ({ selectors, people }) => selectors.some((each) => each.kind !== 'vendor') || people !== null,
  );
  const alternatives = distinct.some(({ reading, start }) =>
    /(?:(?<!\p{L})(?:or|oder|ou|o|или)(?!\p{L})|\/)\s*(?:\p{L}+\s){0,2}$/iu.test(
      reading.segment.text.slice(Math.max(0, start - 24), start),
    ),
  );
  if (!apart || alternatives) return [];
  if (kind === 'disk')
    return cases && new Set(distinct.map(({ reading }) => reading)).size > 1 ? [] : distinct;
  const together = new Set(distinct.map(({ reading }) => reading)).size === 1;
  return together && !cases && forEach(distinct) ? distinct : [];
}

function forEach(amounts: readonly Amount[]): boolean {
  return amounts.every(({ reading, end }) =>
    /^\s*(?:\p{L}+\s){0,3}?(?:for|für|pour|para|per|voor|dla)\b/iu.test(
      reading.segment.text.slice(end, end + 30),
    ),
  );
}

/** Of several figures for the same the one whose words the text asks for; else the greatest, which does for all. */
function pickOne(mains: readonly Amount[], ask: Ask): readonly Amount[] {
  const wanted = new Set(ask.sentences.flatMap(({ segment }) => wordsOf(segment.text)));
  const overlap = (amount: Amount): number => {
    if (ask.sentences.includes(amount.reading)) return 0;
    return wordsOf(amount.purpose).filter((word) => wanted.has(word)).length;
  };
  return mains
    .toSorted((one, other) => overlap(other) - overlap(one) || other.sure - one.sure || other.gb - one.gb)
    .slice(0, 1);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\d]{4,}/gu) ?? [];
}

interface CountedShare {
  readonly gb: number;
  readonly shown: string;
  readonly evidence: Amount;
  readonly count: { readonly reading: Reading; readonly start: number; readonly end: number } | null;
}

function countShare(amount: Amount, readings: readonly Reading[], ask: Ask): CountedShare | null {
  const { per, gb } = amount;
  if (per === null) return null;
  const times = (count: number, place: CountedShare['count']): CountedShare => ({
    gb: (gb * count) / per.each,
    shown: `${figure(count / per.each)} × ${figure(gb)}`,
    evidence: amount,
    count: place,
  });
  if (per.count !== null) return times(per.count, null);
  if (/^(?:tb|tib|to|terabytes?)$/i.test(per.noun) || /^(?:gb|gib|go)$/i.test(per.noun)) {
    const factor = /^t/i.test(per.noun) ? 1024 : 1;
    for (const reading of readings)
      for (const size of reading.sizes)
        if (
          size.kind === 'bytes' &&
          (factor === 1 ? size.gb > gb : size.gb >= 512) &&
          !(reading === amount.reading && size.start === amount.start)
        )
          return times((size.gb * size.times) / factor, { reading, start: size.start, end: size.end });
    return null;
  }
  const found = countOf(readings, per.noun);
  if (found !== null) return times(found.count, found);
  if (ask.people !== null && areSame(per.noun, 'users')) return times(ask.people, null);
  return null;
}

function figure(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function contradictions(
  kind: SizeKind,
  mains: readonly Amount[],
  picked: Amount | undefined,
): readonly string[] {
  const others = [...new Set(mains.filter(({ gb }) => gb !== picked?.gb).map(({ gb }) => gb))];
  if (picked === undefined || others.length === 0) return [];
  return [
    `Of the ${names[kind]} it says ${[picked.gb, ...others].map((gb) => figure(gb)).join(', ')} GB: ${figure(picked.gb)} GB count.`,
  ];
}
