import type { Evidence, Facts, Found } from '../analysis.ts';
import { findCoreCounts } from '../quantities/counts.ts';
import { standingAt } from './amounts.ts';
import { suits, type Ask } from './ask.ts';
import type { CleanText } from './clean-text.ts';
import { kindOfLabel } from './label-words.ts';
import { isDenied } from './negation.ts';
import type { Reading } from './reading.ts';
import { countOf, shareAt } from './shares.ts';

interface Told {
  readonly cores: number;
  readonly score: number;
  readonly reading: Reading;
  readonly start: number;
  readonly end: number;
}

/** Cores as the text counts them, else those of the processor that it names. */
export function coresOf(readings: readonly Reading[], ask: Ask, clean: CleanText): Found<number> | undefined {
  const evidence = ({ reading, start, end }: Told, rule: string): Evidence =>
    clean.evidence(reading.segment.start + start, reading.segment.start + end, rule);
  const counted = readings.flatMap((reading) => countsOf(reading, readings, ask));
  const best = highest(counted);
  if (best !== undefined)
    return { value: best.cores, confidence: 1, evidence: [evidence(best, 'requirement-cores')] };
  const models = highest(readings.flatMap((reading) => modelsOf(reading, ask)));
  return models === undefined
    ? undefined
    : { value: models.cores, confidence: 0.5, evidence: [evidence(models, 'requirement-processor-model')] };
}

function highest(told: readonly Told[]): Told | undefined {
  return told.toSorted((one, other) => other.score - one.score || other.cores - one.cores)[0];
}

function countsOf(reading: Reading, readings: readonly Reading[], ask: Ask): readonly Told[] {
  const { text, label } = reading.segment;
  const counts = [...findCoreCounts(text)];
  const bare = /^\s*(\d{1,3})(?:\s?[-]\s?\d{1,3})?\s*(?:\+|or more|oder mehr)?\s*$/.exec(text);
  if (counts.length === 0 && bare !== null && kindOfLabel(label) === 'cpu' && !/hz|takt|clock/i.test(label))
    counts.push({ cores: Number(bare[1]), high: Number(bare[1]), start: 0, end: text.trimEnd().length });
  return counts.flatMap(({ cores, start, end }) => {
    if (
      isDenied(reading, start, end) ||
      /^\s*(?:gpu|cuda|tensor|rt)\b/i.test(text.slice(end)) ||
      /(?:cuda|tensor|shader|rt)\s*$/i.test(text.slice(0, start))
    )
      return [];
    const share = shareAt(reading, start, end);
    const of = share === null ? null : (share.count ?? countOf(readings, share.noun)?.count ?? null);
    const whole = share === null || of === null ? cores : Math.ceil((cores * of) / share.each);
    // Threads are told beside cores; two sockets of four are eight.
    const sockets =
      /(?:(\d|two|dual|zwei|deux|dos|due)[\s-]?(?:[x×]\s?|sockets?|socket,?)\s*(?:with |mit |of |à )?)$/i.exec(
        text.slice(Math.max(0, start - 16), start),
      )?.[1];
    const times = sockets === undefined ? 1 : Number(sockets) || 2;
    return [
      { cores: whole * times, score: suits(standingAt(reading, start, end), ask), reading, start, end },
    ];
  });
}

const models: readonly (readonly [RegExp, (match: RegExpExecArray) => number])[] = [
  [/\bcore\s?2\s?(duo|quad)\b/gi, (match) => (/quad/i.test(match[0]) ? 4 : 2)],
  [
    /\bi([3579])[- ]?(\d{1,2})?(\d{3})[a-z]{0,2}\b/gi,
    ({ 1: line = '', 2: generation = '' }) => intelCores(Number(line), Number(generation)),
  ],
  [/\bcore\s?i([3579])\b/gi, ({ 1: line = '' }) => intelCores(Number(line), 10)],
  [/\bcore ultra(?: ([579]))?/gi, () => 8],
  [/\bryzen\s?([3579])\b/gi, ({ 1: line = '' }) => ({ '3': 4, '5': 6, '7': 8, '9': 12 })[line] ?? 4],
  [/\bthreadripper\b/gi, () => 16],
  [/\bfx-?([4689])\d{3}\b/gi, ({ 1: line = '' }) => (line === '9' ? 8 : Number(line))],
  [/\bathlon(?: 64| ii)? x([24])\b|\bphenom(?: ii)? x([346])\b/gi, (match) => Number(match[1] ?? match[2])],
  [/\b(?:pentium|celeron|athlon|atom)\b/gi, () => 2],
  [/\b(?:xeon|epyc|opteron)\b/gi, () => 8],
];

function intelCores(line: number, generation: number): number {
  if (line === 3) return 4;
  if (line === 5) return generation >= 8 ? 6 : 4;
  if (line === 7) return generation >= 8 ? (generation === 8 ? 6 : 8) : 4;
  return 8;
}

function modelsOf(reading: Reading, ask: Ask): readonly Told[] {
  const { text } = reading.segment;
  return models.flatMap(([pattern, cores]) =>
    [...text.matchAll(pattern)].map((match) => {
      const [start, end] = [match.index, match.index + match[0].length];
      return { cores: cores(match), score: suits(standingAt(reading, start, end), ask), reading, start, end };
    }),
  );
}

const features: readonly (readonly [string, RegExp])[] = [
  [
    'vmx|svm',
    /\b(?:vt-?x|amd-?v|nested virtuali[sz]ation|hardware virtuali[sz]ation|vmx|svm|virtualisierungs\w+)\b/gi,
  ],
  ['avx512f', /\bavx-?512f?\b/gi],
  ['avx2', /\bavx-?2\b/gi],
  ['avx', /\bavx\b(?!-?(?:2|512))/gi],
  ['sse4_2', /\bsse ?4[._]2\b/gi],
  ['sse4_1', /\bsse ?4[._]1\b/gi],
  ['ssse3', /\bssse3\b/gi],
  ['sse3', /(?<!s)\bsse3\b/gi],
  ['sse2', /\bsse2\b/gi],
  ['aes', /\baes-?ni\b/gi],
  ['sha_ni', /\bsha(?:-ni| extensions?)\b/gi],
  ['fma', /\bfma3?\b/gi],
  ['popcnt', /\bpopcnt\b/gi],
  ['bmi2', /\bbmi2\b/gi],
  ['amx_tile', /\bamx\b/gi],
];
const helpful =
  /^[^.;,()]{0,30}?\b(?:helps?|optional\w*|preferred|recommended|nice|faster|if available|is better|empfohlen|hilft|conseillé|recomendad\w+|consigliat\w+)\b/i;

/** Features of the processor: asked for, and only welcome. */
export function processorFeatures(
  readings: readonly Reading[],
  clean: CleanText,
): Pick<Facts, 'flags' | 'flags_optional'> {
  const asked = new Map<string, Evidence>();
  const welcome = new Map<string, Evidence>();
  for (const reading of readings)
    for (const [flag, pattern] of features)
      for (const match of reading.segment.text.matchAll(pattern)) {
        const [start, end] = [match.index, match.index + match[0].length];
        if (isDenied(reading, start, end)) continue;
        const place = clean.evidence(
          reading.segment.start + start,
          reading.segment.start + end,
          'requirement-processor-feature',
        );
        const list = helpful.test(reading.segment.text.slice(end)) ? welcome : asked;
        if (!list.has(flag)) list.set(flag, place);
      }
  const of = (list: ReadonlyMap<string, Evidence>): Found<readonly string[]> => ({
    value: [...list.keys()],
    confidence: 0.95,
    evidence: [...list.values()],
  });
  for (const flag of asked.keys()) welcome.delete(flag);
  return {
    ...(asked.size === 0 ? {} : { flags: of(asked) }),
    ...(welcome.size === 0 ? {} : { flags_optional: of(welcome) }),
  };
}
