import type { Evidence, Facts, Found, GpuNeed, GpuVendor } from '../analysis.ts';
import type { Amount } from './amount.ts';
import { suits, type Ask } from './ask.ts';
import type { CleanText } from './clean-text.ts';
import type { GpuMention } from './gpu-mentions.ts';
import { needOf } from './gpu-need.ts';

export interface GpuWord {
  readonly need: Found<GpuNeed>;
  readonly vendors: Found<readonly GpuVendor[]> | undefined;
  readonly vendorsNoneOf: Found<readonly GpuVendor[]> | undefined;
  readonly count: Found<number> | undefined;
  readonly vram: Found<number> | undefined;
  /** Of the case that is asked for. */
  readonly cards: readonly GpuMention[];
  readonly excluded: readonly GpuMention[];
  readonly binding: Facts['gpu']['named_binding'];
  readonly notes: readonly string[];
}

const similar =
  /(?<![\p{L}])(?:or (?:a )?(?:similar|equivalent|equal|comparable)|(?:or|and) the like|equivalents?|comparable|oder (?:vergleichbar|ähnlich|gleichwertig|äquivalent)\p{L}*|vergleichbar\p{L}*|gleichwertig\p{L}*|ou (?:équivalente?|similaire|comparable)|équivalente?s?|o (?:similar(?:es)?|equivalentes?|parecid[ao]|simile|simili|equivalent[ei]|comparabile)|ou (?:equivalente|similar|semelhante)|equivalent[ei]?s?|of vergelijkbaar|gelijkwaardig)(?![\p{L}])|同等|相当/iu;
const exactly =
  /(?<![\p{L}])(?:exactly|nothing else|no other|must be (?:a|an|the)|certified (?:for|on|only)|only certified|genau|ausschließlich|nur diese|keine andere|exactement|uniquement|aucune autre|exactamente|únicamente|ninguna otra|esattamente|esclusivamente|nessun'altra|exatamente|exclusivamente|nenhuma outra)(?![\p{L}])|(?<![\p{L}])only (?:a |an |the |on (?:a |the )?)?$/iu;
const example =
  /(?<![\p{L}])(?:e\.g\.?|eg|for example|for instance|such as|like (?:a|an|the)|say|z\. ?b\.|zum beispiel|etwa|beispielsweise|wie|par exemple|p\. ?ex\.|comme|tel(?:le)?s? que?|por ejemplo|p\. ?ej\.|como|ad esempio|per esempio|come|tipo|por exemplo|bijvoorbeeld|np\.)[\s,:(]*(?:a |an |the |eine? |une? |una |uma )?$/iu;

/** What a text asks of graphics cards; `fallback` is what there is to show where it says nothing. */
export function gpuWordOf(
  mentions: readonly GpuMention[],
  amounts: readonly Amount[],
  ask: Ask,
  clean: CleanText,
  fallback: Evidence,
): GpuWord {
  const evidence = (each: Pick<GpuMention, 'reading' | 'start' | 'end'>, rule: string): Evidence =>
    clean.evidence(each.reading.segment.start + each.start, each.reading.segment.start + each.end, rule);
  const excluded = mentions.filter(
    (each) =>
      each.ruledOut ||
      (each.denied && (each.about === 'card' || each.about === 'vendor' || each.about === 'series')),
  );
  const scored = mentions
    .filter((each) => !excluded.includes(each))
    .map((each) => ({ each, score: suits(each, ask) }));
  const vramAmounts = amounts
    .filter(({ kind }) => kind === 'vram')
    .map((each) => ({ each, score: suits(each, ask) }));
  const top = (list: readonly { readonly score: number }[]): number =>
    list.reduce((most, { score }) => Math.max(most, score), -99);
  const bestCard = top(scored.filter(({ each }) => each.about === 'card'));
  const bestVram = top(vramAmounts);
  const best = Math.max(bestCard, bestVram, top(scored.filter(({ each }) => each.about === 'series')));
  const cards = scored.flatMap(({ each, score }) =>
    each.about === 'card' && score === bestCard ? [each] : [],
  );
  // What another case than that of the cards has is not theirs.
  const vram = vramAmounts.flatMap(({ each, score }) =>
    score === bestVram && (cards.length === 0 || score >= bestCard - 3) ? [each] : [],
  );
  const bestOfAll = top(scored);
  const active = scored.filter(
    ({ each, score }) =>
      score >= Math.min(best, bestOfAll, 0) ||
      (score >= 0 && best < 0) ||
      (each.about === 'none' && score >= 0),
  );
  const positive = active.flatMap(({ each }) => (each.denied || each.about === 'none' ? [] : [each]));
  const none = active.flatMap(({ each }) => (each.denied || each.about === 'none' ? [each] : []));
  const need = needOf(positive, none, cards, vram, excluded, mentions);
  const show = (list: readonly GpuMention[], rule: string): readonly Evidence[] => {
    const proof = list.slice(0, 6).map((each) => evidence(each, rule));
    return proof.length === 0 ? [fallback] : proof;
  };
  const wanted = need.value === 'none' ? [] : vendorsOf(cards, positive, ask);
  const out = [
    ...new Set(
      excluded
        .filter(({ about, card }) => (about === 'vendor' || about === 'technology') && card === null)
        .flatMap(({ vendor }) => vendor ?? []),
    ),
    // "a Quadro, nothing from the GeForce line": the maker is not out.
  ].filter((vendor) => !cards.some((each) => each.vendor === vendor));
  const kept = wanted.filter(({ vendor }) => vendor !== null && !out.includes(vendor));
  const names = [...new Set(kept.flatMap(({ vendor }) => vendor ?? []))];
  const open =
    cards.length > 0 && cards.some((each) => similar.test(each.reading.segment.text.slice(each.end)));
  const count = countOf(cards, positive);
  // Of cards side by side the least will do; of figures for the same the greatest does for all.
  const [vramOne] = vram.toSorted((one, other) => (cards.length > 0 ? one.gb - other.gb : other.gb - one.gb));
  const isThere = need.value !== 'none';
  const inCards = cards.flatMap(({ card }) => (typeof card?.memoryGb === 'number' ? [card.memoryGb] : []));
  const vramGb =
    vramOne?.gb ?? (inCards.length === cards.length && inCards.length > 0 ? Math.min(...inCards) : null);
  const total = vramOne?.total === true && count !== null ? count.value : 1;
  return {
    need: { value: need.value, confidence: need.confidence, evidence: show(need.because, need.rule) },
    vendors:
      !isThere || names.length === 0 || open
        ? undefined
        : { value: names, confidence: 0.9, evidence: show(kept, 'requirement-gpu-vendor') },
    vendorsNoneOf:
      out.length === 0
        ? undefined
        : {
            value: out,
            confidence: 0.9,
            evidence: show(
              excluded.filter(({ vendor }) => vendor !== null && out.includes(vendor)),
              'requirement-gpu-ruled-out',
            ),
          },
    count: !isThere
      ? undefined
      : count === null
        ? undefined
        : {
            value: count.value,
            confidence: 0.9,
            evidence: [evidence(count.mention, 'requirement-gpu-count')],
          },
    vram:
      !isThere || vramGb === null
        ? undefined
        : {
            value: Math.round((vramGb / total) * 1000) / 1000,
            confidence: 0.95,
            evidence:
              vramOne === undefined
                ? show(cards, 'requirement-gpu-memory')
                : [evidence(vramOne, 'requirement-gpu-memory')],
          },
    cards: isThere ? cards : [],
    excluded,
    binding: isThere ? bindingOf(cards, positive, evidence) : undefined,
    notes: need.notes,
  };
}

function vendorsOf(
  cards: readonly GpuMention[],
  positive: readonly GpuMention[],
  ask: Ask,
): readonly GpuMention[] {
  const wanted = ask.selectors.get('vendor');
  const named = positive.filter(({ about, vendor }) => vendor !== null && about !== 'card');
  const all = [...cards, ...named.filter(({ aside }) => !aside || cards.length + named.length === 1)];
  if (wanted === undefined) return all;
  const asked = all.filter(({ vendor }) => vendor !== null && wanted.has(vendor));
  return asked.length > 0 ? asked : all;
}

function countOf(
  cards: readonly GpuMention[],
  positive: readonly GpuMention[],
): { readonly value: number; readonly mention: GpuMention } | null {
  const of = cards.length > 0 ? cards : positive;
  const counted = of.filter(({ count }) => count !== null);
  const [least] = counted.toSorted((one, other) => (one.count ?? 1) - (other.count ?? 1));
  if (least === undefined) {
    const [noun] = positive.filter(({ count }) => (count ?? 1) > 1);
    const [first] = positive;
    if (noun !== undefined) return { value: noun.count ?? 1, mention: noun };
    return first === undefined ? null : { value: 1, mention: first };
  }
  return { value: least.count ?? 1, mention: least };
}

function bindingOf(
  cards: readonly GpuMention[],
  positive: readonly GpuMention[],
  evidence: (mention: GpuMention, rule: string) => Evidence,
): Facts['gpu']['named_binding'] {
  const [first] = cards;
  if (first === undefined) {
    const series = positive.find(({ about }) => about === 'series');
    return series === undefined
      ? undefined
      : { value: 'class', confidence: 0.8, evidence: [evidence(series, 'requirement-gpu-binding')] };
  }
  const { text } = first.reading.segment;
  const before = text.slice(Math.max(0, first.start - 60), first.start);
  const value = example.test(before)
    ? 'example'
    : exactly.test(text.slice(Math.max(0, first.start - 60), first.end + 60)) || exactly.test(before)
      ? 'exact'
      : 'floor';
  return { value, confidence: 0.8, evidence: [evidence(first, 'requirement-gpu-binding')] };
}
