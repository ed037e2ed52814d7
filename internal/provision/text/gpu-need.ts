import type { GpuNeed } from '../analysis.ts';
import type { Amount } from './amount.ts';
import type { GpuMention } from './gpu-mentions.ts';
import { clauseText } from './reading.ts';

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
/** A verdict, and what it is for. */
export interface Need {
  readonly value: GpuNeed;
  readonly confidence: number;
  readonly because: readonly GpuMention[];
  readonly rule: string;
  readonly notes: readonly string[];
}

/** Whether a card is needed, by what is said of cards in the case that is asked for. */
export function needOf(
  positive: readonly GpuMention[],
  none: readonly GpuMention[],
  cards: readonly GpuMention[],
  vram: readonly Amount[],
  excluded: readonly GpuMention[],
  all: readonly GpuMention[],
): Need {
  const strong = positive.filter(
    ({ about }) =>
      about === 'card' ||
      about === 'series' ||
      about === 'technology' ||
      about === 'vendor' ||
      about === 'noun',
  );
  const integrated = positive.filter(({ about }) => about === 'integrated');
  const isAsked = cards.length > 0 || vram.length > 0;
  const softly = [...positive, ...none].find((each) => noMust.test(each.reading.segment.text));
  if (none.length > 0 && !isAsked && softly === undefined) {
    const helps = none.find(
      (each) =>
        optional.test(each.reading.segment.text) ||
        /\bbut\b|\baber\b|\bmais\b|\bpero\b|\bma\b|\bmas\b/iu.test(
          each.reading.segment.text.slice(each.end, each.end + 60),
        ),
    );
    const use = helps !== undefined && optional.test(helps.reading.segment.text);
    return {
      value: use ? 'optional' : 'none',
      confidence: 0.95,
      because: none,
      rule: 'requirement-gpu-none',
      notes: [],
    };
  }
  // "No card is required, one with 1 GB is recommended."
  if (none.some(({ about }) => about === 'noun') && cards.length === 0) {
    const isAdvised = vram.some(({ level, reading }) => level === 'recommended' && reading.levels.length > 0);
    return {
      value: isAdvised ? 'recommended' : 'optional',
      confidence: 0.8,
      because: none,
      rule: 'requirement-gpu-advised',
      notes: [],
    };
  }
  if (positive.length === 0 && vram.length === 0) {
    const rejectedOnly = excluded.some(({ about }) => about === 'card' || about === 'noun');
    return {
      value: rejectedOnly ? 'optional' : 'none',
      confidence: all.length === 0 ? 0.7 : 0.6,
      because: excluded,
      rule: 'requirement-gpu-not-named',
      notes: [],
    };
  }
  const advised = strong.filter((each) => {
    const { text } = each.reading.segment;
    return (
      advisedAfter.test(text.slice(each.end)) ||
      advisedBefore.test(text.slice(Math.max(0, each.start - 80), each.start))
    );
  });
  if (softly !== undefined || advised.length > 0) {
    const because = softly === undefined ? advised : [softly];
    const isOptional =
      softly !== undefined && advised.length === 0 && optional.test(softly.reading.segment.text);
    const isMust = strong.some(
      (each) =>
        !because.includes(each) &&
        must.test(clauseText(each.reading, each.start, each.end)) &&
        each.reading !== because[0]?.reading,
    );
    if (!isMust)
      return {
        value: isOptional ? 'optional' : 'recommended',
        confidence: 0.9,
        because,
        rule: 'requirement-gpu-advised',
        notes: [],
      };
  }
  const optionally = strong.filter((each) => optional.test(sentenceOf(each)));
  if (
    optionally.length > 0 &&
    optionally.length ===
      strong.filter(({ reading }) => optionally.some((each) => each.reading === reading)).length
  ) {
    const demanded = strong.some(
      (each) => !optionally.includes(each) && (each.about === 'card' || must.test(sentenceOf(each))),
    );
    if (!demanded)
      return {
        value: 'optional',
        confidence: 0.85,
        because: optionally,
        rule: 'requirement-gpu-optional',
        notes: [],
      };
  }
  const dedicated = strong.filter(
    ({ about, reading }) => about !== 'noun' || !integrated.some((each) => each.reading === reading),
  );
  if (
    integrated.length > 0 &&
    cards.length === 0 &&
    (dedicated.length === 0 || integrated.some((each) => enough.test(sentenceOf(each)))) &&
    !strong.some(({ about }) => about === 'series')
  )
    return {
      value: integrated.some((each) => enough.test(sentenceOf(each))) ? 'none' : 'optional',
      confidence: 0.7,
      because: integrated,
      rule: 'requirement-gpu-integrated',
      notes: [],
    };
  const interfaces = positive.filter(({ about }) => about === 'interface');
  if (!isAsked && interfaces.length > 0 && strong.every(({ about }) => about === 'noun')) {
    const isPlain =
      interfaces.some((each) => /wddm|direct ?x ?9|dx ?9|direct3d 9/i.test(each.reading.segment.text)) ||
      !strong.some(isCard);
    if (isPlain)
      return {
        value: 'optional',
        confidence: 0.7,
        because: interfaces,
        rule: 'requirement-gpu-interface',
        notes: [
          'The graphics interface that is asked for needs no card of its own: the emulated one may do.',
        ],
      };
  }
  if (strong.length === 0 && vram.length === 0)
    return {
      value: 'optional',
      confidence: 0.6,
      because: positive,
      rule: 'requirement-gpu-interface',
      notes: [],
    };
  return {
    value: 'required',
    confidence: isAsked ? 1 : 0.9,
    because: strong.length > 0 ? strong : cards,
    rule: 'requirement-gpu-asked',
    notes: [],
  };
}

/** "a DirectX 11 card", and a line about the card; "graphics" alone is none. */
function isCard({ reading, start, end }: GpuMention): boolean {
  const { text, label } = reading.segment;
  const word = text.slice(start, end);
  return (
    !/^(?:graphics|grafik|video|display adapter)$/i.test(word) ||
    /\bcard|karte|carte|tarjeta|scheda|placa|gpu/i.test(label)
  );
}

function sentenceOf({ reading }: GpuMention): string {
  return reading.segment.text;
}
