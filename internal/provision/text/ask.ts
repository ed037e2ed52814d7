import { isSystemLabel } from './label-words.ts';
import type { Level } from './levels.ts';
import type { Reading } from './reading.ts';
import { countOfPeople } from './selectors.ts';
import { wordsPattern } from './words.ts';

/** Which of the cases that a text tells of is wanted. */
export interface Ask {
  readonly level: 'minimum' | 'recommended';
  /** By the kind of a selector: those that the text itself asks for. */
  readonly selectors: ReadonlyMap<string, ReadonlySet<string>>;
  /** null: not said. */
  readonly people: number | null;
  /** The sentences that ask. */
  readonly sentences: readonly Reading[];
}

const firstPerson = wordsPattern(
  String.raw`we|i|our|ours|us|my|i'm|i'd|we're|we've|need|please|pls|wir|ich|unser\p{L}*|uns|mein\p{L}*|bitte|brauche[n]?|nous|je|notre|nos|mes?|besoin|nosotros|nuestr[oa]s?|queremos|necesit\p{L}+|tenemos|quiero|noi|nostr[oaie]|ci serve|vogliamo|abbiamo|vorrei|nós|noss[oa]s?|precis\p{L}+|temos|wij|onze|our|my|мы|нам|нужн\p{L}*|我们|我|需要|私|弊社`,
);
const negative = wordsPattern(
  String.raw`not|no|without|except|avoid|advised against|unsupported|don't|doesn't|kein\p{L}*|nicht|ohne|pas|sans|sauf|sin|salvo|non|senza|tranne|não|sem|none|nothing|nobody|nichts|rien|nada|niente|aucune?|ningun\p{L}*|nessun\p{L}*`,
);
const wantsMinimum = new RegExp(
  String.raw`(?:only|just|nur|lediglich|seulement|juste|uniquement|solo|sólo|solamente|soltanto|apenas|somente)\s(?:\S+\s){0,4}?(?:bare |absolute |reine |strict )?(?:minimum|minimal\p{L}*|minimums?|m[íi]nim[oa]s?|mindest\p{L}*|lowest)|(?:minimum|minimal\p{L}*|m[íi]nim[oa]|mindest\p{L}*)\s(?:\S+\s){0,3}?(?:is enough|will do|is fine|suffices|is all|please|reicht|genügt|suffit|basta|alcanza|est suffisant)|(?:enough|reicht|genügt|suffit|basta(?:n|no)?(?: con)?|alcanza con|chega)\s(?:\S+\s){0,3}?(?:minimum|minimal\p{L}*|m[íi]nim[oa]s?|mindest\p{L}*)|(?:want|need|asking for|wollen|brauchen|voulons|queremos|necesitamos|precisamos|vogliamo|ci serve)\s(?:the |die |das |le |la |el |il |lo |o |a |una? )?(?:bare |configura\S+ |config\S* |specs? )?(?:minimum|minimal\p{L}*|m[íi]nim[oa]s?|mindest\p{L}+)(?!\s(?:of|von|de|di)?\s?\d)`,
  'iu',
);

/** @param level that is wanted; null: as the text says, else what it recommends */
export function askOf(readings: readonly Reading[], level: 'minimum' | 'recommended' | null): Ask {
  const prose = readings.filter(({ segment }) => segment.kind !== 'cell' && !isSystemLabel(segment.label));
  const sentences = prose.filter(
    ({ segment: { text, kind }, sizes }) =>
      text.search(firstPerson) >= 0 || (sizes.length === 0 && kind === 'prose'),
  );
  const selectors = new Map<string, Set<string>>();
  // Who says what he has mostly does so without figures.
  const plain = sentences.filter(({ sizes }) => sizes.length === 0);
  for (const { selectors: own, segment, sizes } of sentences) {
    // What only names a case, as a title does, asks for nothing; nor does what rules it out.
    if (segment.text.search(negative) >= 0) continue;
    for (const kind of new Set(own.map((each) => each.kind))) {
      const names = new Set(own.filter((each) => each.kind === kind).map(({ name }) => name));
      if (names.size > 2 || (kind === 'vendor' && segment.text.search(firstPerson) < 0)) continue;
      if (sizes.length > 0 && plain.some((each) => each.selectors.some((other) => other.kind === kind)))
        continue;
      const kept = selectors.get(kind) ?? new Set<string>();
      for (const name of names) kept.add(name);
      selectors.set(kind, kept);
    }
  }
  let people: number | null = null;
  for (const { segment } of readings) people ??= segment.kind === 'cell' ? null : countOfPeople(segment.text);
  return { level: level ?? levelAsked(readings), selectors, people, sentences };
}

function levelAsked(readings: readonly Reading[]): 'minimum' | 'recommended' {
  return readings.some(({ segment: { text } }) => wantsMinimum.test(text)) ? 'minimum' : 'recommended';
}

export interface Standing {
  readonly level: Level | null;
  readonly selectors: readonly { readonly kind: string; readonly name: string }[];
  /** It stands in brackets. */
  readonly aside: boolean;
  /** Of a cell its column or row, in small letters: a case that the text may ask for by name. */
  readonly name: string;
  /** "which is what we do": the text asks for just this. */
  readonly chosen: boolean;
  /** It is said to do just about. */
  readonly constrained: boolean;
  /** For how many people at most; null: not said. */
  readonly people: { readonly low: number; readonly high: number } | null;
}

/** A sentence that asks, and names the case. */
function names({ segment: { text, kind } }: Reading, name: string): boolean {
  return kind === 'prose' && text.search(firstPerson) >= 0 && text.toLowerCase().includes(name);
}

/** How well what is said suits what is asked: the greatest counts. */
export function suits(standing: Standing, ask: Ask): number {
  let score = 0;
  if (standing.level === ask.level) score += 5;
  else if (standing.level !== null) score -= standing.level === 'above' ? 7 : 5;
  for (const [kind, names] of ask.selectors) {
    const own = standing.selectors.filter((each) => each.kind === kind);
    if (own.length === 0) continue;
    score += own.some(({ name }) => names.has(name)) ? 10 : -20;
  }
  if (standing.chosen) score += 12;
  if (standing.name.length >= 3 && ask.sentences.some((each) => names(each, standing.name))) score += 10;
  if (standing.aside) score -= 3;
  if (standing.constrained && ask.level === 'recommended') score -= 4;
  if (ask.people !== null && standing.people !== null) {
    score += standing.people.high >= ask.people && standing.people.low <= ask.people ? 10 : -10;
  }
  return score;
}
