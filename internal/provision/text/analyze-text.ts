import type { Analysis, Evidence, Facts, Found } from '../analysis.ts';
import { findCards, type NamedCard } from '../../gpu-models/cards.ts';
import type { PciNames } from '../../host/pci-ids.ts';
import { requirementOf } from '../requirement-of.ts';
import { amountsOf } from './amounts.ts';
import type { Amount } from './amount.ts';
import { architectureOf } from './architecture-facts.ts';
import { askOf } from './ask.ts';
import { cardFacts } from './card-facts.ts';
import { cleanText, mostCharacters } from './clean-text.ts';
import { cudaWordOf } from './cuda-facts.ts';
import { gpuMentionsOf, type GpuMention } from './gpu-mentions.ts';
import { gpuWordOf } from './gpu-facts.ts';
import { segmentsOf } from './layout.ts';
import { coresOf, processorFeatures } from './processor-facts.ts';
import { readSegment, type Reading } from './reading.ts';
import { runtimesOf } from './runtime-facts.ts';
import { satisfiable } from './satisfiable.ts';
import { mostSegments } from './segment.ts';
import { eccOf, specialsOf } from './special-facts.ts';
import { sizeOf } from './sums.ts';
import { systemOf } from './system-facts.ts';
import type { Kind } from './words.ts';

export interface TextOptions {
  /** Of two levels that a text has the one that is wanted; null: as the text asks, else what it recommends. */
  readonly level: 'minimum' | 'recommended' | null;
  /** What names the devices of cards. */
  readonly pciIds: PciNames;
}

/** More than any text has; what comes after is not counted. */
const mostAmounts = 400;

/**
 * What a text asks of a machine: software requirements as people write them, in tables, lists and prose. The same text gives
 * the same answer; nothing of it is run. Linear in its length, of which 256 Ki characters are read.
 */
export function analyzeText(raw: string, options: TextOptions): Analysis {
  const clean = cleanText(raw);
  const segments = segmentsOf(clean.text);
  const readings = segments.map((segment) => readSegment(segment));
  const { amounts, mentions, most } = findAll(readings);
  const ask = askOf(readings, options.level);
  const fallback = fallbackOf(readings, clean.evidence);
  const memory = sizeOf('memory', amounts, ask, readings, clean);
  const disk = sizeOf('disk', amounts, ask, readings, clean);
  const word = gpuWordOf(mentions, amounts, ask, clean, fallback);
  const cards = cardFacts(word, options.pciIds, clean);
  const { cuda, capability } = cudaWordOf(
    readings,
    mentions,
    word.need.value !== 'none',
    ask,
    clean,
    fallback,
  );
  const system = systemOf(readings, ask, clean, fallback);
  const { special, notes: specialNotes } = specialsOf(readings, clean);
  const arch = architectureOf(readings, clean, fallback);
  const ecc = eccOf(readings, clean);
  const facts: Facts = {
    gpu: {
      need: word.need,
      ...given('vendors', word.vendors),
      ...given('vendors_none_of', word.vendorsNoneOf),
      ...given('count_min', word.count),
      ...given('vram_gb_min', word.vram),
      ...given('compute_capability_min', capability),
      ...cards.facts,
    },
    cuda,
    cpu_cores: coresOf(readings, ask, clean) ?? usual((memory.found?.value ?? 0) >= 48 ? 8 : 4, fallback),
    ram_gb: memory.found ?? usual(8, fallback),
    disk_gb: disk.found ?? usual(40, fallback),
    os: system.os,
    ...given('arch', arch),
    ...processorFeatures(readings, clean),
    ...given('req_ecc', ecc),
    runtime: runtimesOf(readings, clean),
    ...given('special', special),
  };
  const possible = satisfiable(facts, fallback);
  const whole: Facts = { ...facts, satisfiable_on_linux_kvm_host: possible.fact };
  return {
    requirement: requirementOf(whole),
    facts: whole,
    notes: [
      ...(clean.cut ? [`Only the first ${mostCharacters} characters were read.`] : []),
      ...(most || segments.length >= mostSegments
        ? ['It has more figures than a text on one machine: those after the first were left out.']
        : []),
      ...possible.notes,
      ...memory.notes,
      ...disk.notes,
      ...word.notes,
      ...cards.notes,
      ...system.notes,
      ...specialNotes,
    ],
  };
}

function findAll(readings: readonly Reading[]): {
  readonly amounts: readonly Amount[];
  readonly mentions: readonly GpuMention[];
  readonly most: boolean;
} {
  const amounts: Amount[] = [];
  const mentions: GpuMention[] = [];
  let earlier: { readonly kind: Kind; readonly gb: number; readonly line: number } | null = null;
  for (const reading of readings) {
    if (amounts.length + mentions.length >= 2 * mostAmounts) return { amounts, mentions, most: true };
    const named: readonly NamedCard[] = findCards(reading.segment.text);
    const found = amountsOf(
      reading,
      named,
      earlier === null
        ? null
        : { kind: earlier.kind, gb: earlier.gb, sameLine: earlier.line === reading.segment.line },
    );
    amounts.push(...found);
    const last = found.at(-1);
    if (last !== undefined) earlier = { kind: last.kind, gb: last.gb, line: reading.segment.line };
    mentions.push(...gpuMentionsOf(reading, named));
  }
  return { amounts: withoutGuesses(amounts), mentions, most: false };
}

/**
 * What was taken for memory for want of words is disk where the text names memory elsewhere, less of it, and no disk; what was
 * taken for disk beside memory is memory where the disk is named elsewhere.
 */
function withoutGuesses(amounts: readonly Amount[]): readonly Amount[] {
  const sure = amounts.filter((each) => each.sure >= 2);
  const memory = sure.filter(({ kind }) => kind === 'memory').map(({ gb }) => gb);
  if (memory.length === 0) return amounts;
  if (sure.some(({ kind }) => kind === 'disk')) {
    return amounts.map((each) =>
      each.kind === 'disk' &&
      each.sure === 0 &&
      each.gb < 768 &&
      sure.some(({ kind, reading }) => kind === 'memory' && reading === each.reading)
        ? { ...each, kind: 'memory' }
        : each,
    );
  }
  const most = Math.max(...memory);
  return amounts.map((each) =>
    each.kind === 'memory' &&
    each.sure <= 1 &&
    each.gb > most &&
    !sure.some(({ kind, reading }) => kind === 'memory' && reading === each.reading)
      ? { ...each, kind: 'disk' }
      : each,
  );
}

/** Where nothing is said there is only the text's first line to show. */
function fallbackOf(
  readings: readonly Reading[],
  evidence: (start: number, end: number, rule: string) => Evidence,
): Evidence {
  const [first] = readings;
  if (first === undefined) return { file: 'text', line: 1, quote: '', rule: 'requirement-nothing-said' };
  const { start, text } = first.segment;
  return evidence(start, start + Math.min(60, text.length), 'requirement-nothing-said');
}

/** What such a machine usually has: a guess, and marked as one. */
function usual(value: number, { file, line, quote }: Evidence): Found<number> {
  return { value, confidence: 0.25, evidence: [{ file, line, quote, rule: 'requirement-usual-size' }] };
}

function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
