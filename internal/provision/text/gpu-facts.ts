import type { Evidence, Facts, Found, GpuNeed, GpuVendor } from '../analysis.ts';
import type { Amount } from './amount.ts';
import { suits, type Ask } from './ask.ts';
import type { CleanText } from './clean-text.ts';
import type { GpuMention } from './gpu-mentions.ts';
import { clauseText } from './reading.ts';

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

const optional =
  /(?<![\p{L}])(?:optional\p{L}*|optionnel\p{L}*|facultati\p{L}*|facoltativ\p{L}*|opcional\p{L}*|opzional\p{L}*|if (?:available|present|there is one|you have one|possible)|nice to have|(?:wenn|falls|sofern) (?:eine )?(?:vorhanden|verfügbar)|s'il y en a|si (?:elle est )?(?:disponible|possible|la hay)|se (?:disponibile|presente|disponível)|can (?:also )?(?:be used|use|make use|accelerate)|may be used|kann (?:\p{L}+ )?(?:genutzt|verwendet|beschleunig\p{L}+)|speeds? (?:it |things |this )?up|helps?|accelerates?|beschleunigt|bonus|optioneel)(?![\p{L}])|任意|オプション|可选|可選/iu;
const noMust =
  /(?<![\p{L}])(?:not (?:a must|mandatory|strictly (?:required|needed|necessary)|essential|compulsory|obligatory)|isn't (?:a must|mandatory|strictly)|no must|kein muss|nicht (?:zwingend|unbedingt|pflicht)|pas (?:obligatoire|indispensable|une obligation)|no (?:es )?(?:obligatori\p{L}|imprescindible|indispensable)|non (?:è )?(?:obbligatori\p{L}|indispensabile|un obbligo)|não (?:é )?(?:obrigat\p{L}+|indispensável|imprescindível)|niet verplicht)(?![\p{L}])/iu;
/** "is recommended" of the card itself, not "Recommended: ..." of a list. */
const advisedAfter =
  /^[^.;:,\n]{0,70}?(?<![\p{L}])(?:is|are|would be|wird|werden|ist|est|serait|se|è|sarebbe|é|seria|wordt)\s(?:\p{L}+\s){0,2}?(?:recommended|advis(?:ed|able)|preferred|welcome|desirable|nice|empfohlen|wünschenswert|ratsam|sinnvoll|recommandée?|conseillée?|souhaitable|préférable|recomienda|aconseja|recomendable|recomendad[ao]|deseable|consigliata?|raccomandata?|preferibile|recomendada|recomenda-se|desejável|aanbevolen)|^\s?\((?:strongly |highly )?(?:recommended|preferred|empfohlen|recommandée?|recomendad[ao]|consigliat[ao])\)/iu;
const advisedBefore =
  /(?<![\p{L}])(?:(?:strongly |highly )?recommends? (?:using |to use )?|recommended to (?:have|use) |empfiehlt sich |empfohlen wird |empfehlen |on (?:recommande|conseille) |se recomienda |recomendamos |recomenda-se |si consiglia |consigliamo |prefer(?:s|ably)? )(?:a|an|one|eine?|une|una|uma|um|un)\s(?:\p{L}+[\s-]){0,3}$/iu;
const must =
  /(?<![\p{L}])(?:required|requires|mandatory|must|needs?|needed|necessary|zwingend|erforderlich|benötigt|notwendig|pflicht|braucht|obligatoire|nécessaire|requise?|exige|obligatori[oa]|necesari[oa]|requerid[oa]|obbligatori[ao]|necessari[ao]|richiest[ao]|obrigat[óo]ri[ao]|vereist|verplicht|indispensable)(?![\p{L}])/iu;
const enough =
  /(?<![\p{L}])(?:enough|sufficient|suffices?|fine|ok|okay|will do|does|reicht|reichen|genügt|genügen|ausreichend|suffi\p{L}*|basta\p{L}*|suficiente|sufficiente|alcanza|vale|voldoende)(?![\p{L}])/iu;
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
  const excluded = mentions.filter((each) => each.ruledOut || (each.denied && (each.about === 'card' || each.about === 'vendor' || each.about === 'series')));
  const scored = mentions.filter((each) => !excluded.includes(each)).map((each) => ({ each, score: suits(each, ask) }));
  const vramAmounts = amounts.filter(({ kind }) => kind === 'vram').map((each) => ({ each, score: suits(each, ask) }));
  const top = (list: readonly { readonly score: number }[]): number => list.reduce((most, { score }) => Math.max(most, score), -99);
  const bestCard = top(scored.filter(({ each }) => each.about === 'card'));
  const bestVram = top(vramAmounts);
  const best = Math.max(bestCard, bestVram, top(scored.filter(({ each }) => each.about === 'series')));
  const cards = scored.flatMap(({ each, score }) => (each.about === 'card' && score === bestCard ? [each] : []));
  // What another case than that of the cards has is not theirs.
  const vram = vramAmounts.flatMap(({ each, score }) => (score === bestVram && (cards.length === 0 || score >= bestCard - 3) ? [each] : []));
  const bestOfAll = top(scored);
  const active = scored.filter(({ each, score }) => score >= Math.min(best, bestOfAll) || (score >= 0 && best < 0) || (each.about === 'none' && score >= 0));
  const positive = active.flatMap(({ each }) => (each.denied || each.about === 'none' ? [] : [each]));
  const none = active.flatMap(({ each }) => (each.denied || each.about === 'none' ? [each] : []));
  const need = needOf(positive, none, cards, vram, excluded, mentions);
  const show = (list: readonly GpuMention[], rule: string): readonly Evidence[] => {
    const proof = list.slice(0, 6).map((each) => evidence(each, rule));
    return proof.length === 0 ? [fallback] : proof;
  };
  const wanted = need.value === 'none' ? [] : vendorsOf(cards, positive, ask);
  const out = [...new Set(excluded.filter(({ about, card }) => (about === 'vendor' || about === 'technology') && card === null).flatMap(({ vendor }) => vendor ?? []))];
  const kept = wanted.filter(({ vendor }) => vendor !== null && !out.includes(vendor));
  const names = [...new Set(kept.flatMap(({ vendor }) => vendor ?? []))];
  const open = cards.length > 0 && cards.some((each) => similar.test(each.reading.segment.text.slice(each.end)) );
  const count = countOf(cards, positive);
  const [vramOne] = vram.toSorted((one, other) => one.gb - other.gb);
  const isThere = need.value !== 'none';
  const inCards = cards.flatMap(({ card }) => (card === null || card.memoryGb === null ? [] : [card.memoryGb]));
  const vramGb = vramOne?.gb ?? (inCards.length === cards.length && inCards.length > 0 ? Math.min(...inCards) : null);
  const total = vramOne !== undefined && vramOne.total && count !== null ? count.value : 1;
  return {
    need: { value: need.value, confidence: need.confidence, evidence: show(need.because, need.rule) },
    vendors: !isThere || names.length === 0 || open ? undefined : { value: names, confidence: 0.9, evidence: show(kept, 'text-gpu-vendor') },
    vendorsNoneOf: out.length === 0 ? undefined : { value: out, confidence: 0.9, evidence: show(excluded.filter(({ vendor }) => vendor !== null && out.includes(vendor)), 'text-gpu-ruled-out') },
    count: !isThere ? undefined : count === null ? undefined : { value: count.value, confidence: 0.9, evidence: [evidence(count.mention, 'text-gpu-count')] },
    vram:
      !isThere || vramGb === null
        ? undefined
        : {
            value: Math.round((vramGb / total) * 1000) / 1000,
            confidence: 0.95,
            evidence: vramOne === undefined ? show(cards, 'text-gpu-memory') : [evidence(vramOne, 'text-gpu-memory')],
          },
    cards: isThere ? cards : [],
    excluded,
    binding: isThere ? bindingOf(cards, positive, evidence) : undefined,
    notes: need.notes,
  };
}

interface Need {
  readonly value: GpuNeed;
  readonly confidence: number;
  readonly because: readonly GpuMention[];
  readonly rule: string;
  readonly notes: readonly string[];
}

function needOf(
  positive: readonly GpuMention[],
  none: readonly GpuMention[],
  cards: readonly GpuMention[],
  vram: readonly Amount[],
  excluded: readonly GpuMention[],
  all: readonly GpuMention[],
): Need {
  const strong = positive.filter(({ about }) => about === 'card' || about === 'series' || about === 'technology' || about === 'vendor' || about === 'noun');
  const integrated = positive.filter(({ about }) => about === 'integrated');
  const isAsked = cards.length > 0 || vram.length > 0;
  const softly = [...positive, ...none].find((each) => noMust.test(each.reading.segment.text));
  if (none.length > 0 && !isAsked && softly === undefined) {
    const helps = none.find((each) => optional.test(each.reading.segment.text) || /\bbut\b|\baber\b|\bmais\b|\bpero\b|\bma\b|\bmas\b/iu.test(each.reading.segment.text.slice(each.end, each.end + 60)) );
    const use = helps !== undefined && optional.test(helps.reading.segment.text);
    return { value: use ? 'optional' : 'none', confidence: 0.95, because: none, rule: 'text-gpu-none', notes: [] };
  }
  // "No card is required, one with 1 GB is recommended."
  if (none.some(({ about }) => about === 'noun') && cards.length === 0) {
    const isAdvised = vram.some(({ level, reading }) => level === 'recommended' && reading.levels.length > 0);
    return { value: isAdvised ? 'recommended' : 'optional', confidence: 0.8, because: none, rule: 'text-gpu-advised', notes: [] };
  }
  if (positive.length === 0 && vram.length === 0) {
    const rejectedOnly = excluded.some(({ about }) => about === 'card' || about === 'noun');
    return { value: rejectedOnly ? 'optional' : 'none', confidence: all.length === 0 ? 0.7 : 0.6, because: excluded, rule: 'text-gpu-not-named', notes: [] };
  }
  const advised = strong.filter((each) => {
    const { text } = each.reading.segment;
    return advisedAfter.test(text.slice(each.end)) || advisedBefore.test(text.slice(Math.max(0, each.start - 80), each.start));
  });
  if (softly !== undefined || advised.length > 0) {
    const because = softly === undefined ? advised : [softly];
    const isOptional = softly !== undefined && advised.length === 0 && optional.test(softly.reading.segment.text);
    const isMust = strong.some((each) => !because.includes(each) && must.test(clauseText(each.reading, each.start, each.end)) && each.reading !== because[0]?.reading);
    if (!isMust) return { value: isOptional ? 'optional' : 'recommended', confidence: 0.9, because, rule: 'text-gpu-advised', notes: [] };
  }
  const optionally = strong.filter((each) => optional.test(sentenceOf(each)));
  if (optionally.length > 0 && optionally.length === strong.filter(({ reading }) => optionally.some((each) => each.reading === reading)).length) {
    const demanded = strong.some((each) => !optionally.includes(each) && (each.about === 'card' || must.test(sentenceOf(each))));
    if (!demanded) return { value: 'optional', confidence: 0.85, because: optionally, rule: 'text-gpu-optional', notes: [] };
  }
  const dedicated = strong.filter(({ about, reading }) => about !== 'noun' || !integrated.some((each) => each.reading === reading));
  if (integrated.length > 0 && cards.length === 0 && (dedicated.length === 0 || integrated.some((each) => enough.test(sentenceOf(each)))) && !strong.some(({ about }) => about === 'series'))
    return { value: integrated.some((each) => enough.test(sentenceOf(each))) ? 'none' : 'optional', confidence: 0.7, because: integrated, rule: 'text-gpu-integrated', notes: [] };
  const interfaces = positive.filter(({ about }) => about === 'interface');
  if (!isAsked && interfaces.length > 0 && strong.every(({ about }) => about === 'noun')) {
    const isPlain = interfaces.some((each) => /wddm|direct ?x ?9|dx ?9|direct3d 9/i.test(each.reading.segment.text)) || !strong.some(isCard);
    if (isPlain) return { value: 'optional', confidence: 0.7, because: interfaces, rule: 'text-gpu-interface', notes: ['The graphics interface that is asked for needs no card of its own: the emulated one may do.'] };
  }
  if (strong.length === 0 && vram.length === 0) return { value: 'optional', confidence: 0.6, because: positive, rule: 'text-gpu-interface', notes: [] };
  return { value: 'required', confidence: isAsked ? 1 : 0.9, because: strong.length > 0 ? strong : cards, rule: 'text-gpu-asked', notes: [] };
}

/** "a DirectX 11 card", and a line about the card; "graphics" alone is none. */
function isCard({ reading, start, end }: GpuMention): boolean {
  const { text, label } = reading.segment;
  const word = text.slice(start, end);
  return !/^(?:graphics|grafik|video|display adapter)$/i.test(word) || /\bcard|karte|carte|tarjeta|scheda|placa|gpu/i.test(label);
}

function sentenceOf({ reading }: GpuMention): string {
  return reading.segment.text;
}

function vendorsOf(cards: readonly GpuMention[], positive: readonly GpuMention[], ask: Ask): readonly GpuMention[] {
  const wanted = ask.selectors.get('vendor');
  const named = positive.filter(({ about, vendor }) => vendor !== null && about !== 'card');
  const all = [...cards, ...named.filter(({ aside }) => !aside || cards.length + named.length === 1)];
  if (wanted === undefined) return all;
  const asked = all.filter(({ vendor }) => vendor !== null && wanted.has(vendor));
  return asked.length > 0 ? asked : all;
}

function countOf(cards: readonly GpuMention[], positive: readonly GpuMention[]): { readonly value: number; readonly mention: GpuMention } | null {
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
    return series === undefined ? undefined : { value: 'class', confidence: 0.8, evidence: [evidence(series, 'text-gpu-binding')] };
  }
  const { text } = first.reading.segment;
  const before = text.slice(Math.max(0, first.start - 60), first.start);
  const value = example.test(before) ? 'example' : exactly.test(text.slice(Math.max(0, first.start - 60), first.end + 60)) || exactly.test(before) ? 'exact' : 'floor';
  return { value, confidence: 0.8, evidence: [evidence(first, 'text-gpu-binding')] };
}
