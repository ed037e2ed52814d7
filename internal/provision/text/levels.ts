import { wordsPattern } from './words.ts';

/** How much of a machine a figure is for: the least that works, what is advised, more than that. */
export type Level = 'minimum' | 'recommended' | 'above';

export interface LevelWord {
  readonly level: Level;
  readonly start: number;
  readonly end: number;
}

const words: readonly (readonly [Level, string])[] = [
  [
    'minimum',
    String.raw`min(?:imum|imal(?:e[nrs]?|es|ly|er)?|\.)?|mini|minima(?:le?|li)?|minim[aoi]|mínim[oa]s?|mindestanforderung(?:en)?|mindestausstattung|mindest|the least|das mindeste|le moins|lowest|bare[ -]bones|minimaln\p{L}*|минимальн\p{L}*|минимум|minimaal|minimale`,
  ],
  ['minimum', '最低|最小|最低限|최소'],
  [
    'recommended',
    String.raw`(?<!not )recommend(?:ed|ations?|s)?|rec\.|empfohlen\p{L}*|empfehlung|empfiehlt|empfehlen|recommand(?:é|ée|és|ées|e|ent|ons|ation)|(?<!dé)conseill(?:é|ée|és|ées|e|ent|ons)|recom(?:endad[oa]s?|endable|endamos|ienda[ns]?|endam?)|(?<!s)consigli(?:at[oaie]|amo|a|ano)|raccomandat[oaie]|suggest(?:ed|s)?|suggeriscono|vorgeschlagen|aanbevolen|aangeraden|zalecan\p{L}*|rekommender\p{L}*|рекоменд\p{L}*|(?<!or |oder |ou |o )(?:better|besser|lieber|mieux|meglio|mejor|melhor)|preferabl[ey]|preferred|comfortabl[ey]|komfortabel|vorzugsweise|idealerweise|ideally|idéalement|idealmente|idealement|preferiblemente|preferibilmente|preferencialmente`,
  ],
  ['recommended', '推奨|推荐|推薦|建议|建議|권장'],
];
const patterns = words.map(([level, alternatives]) => ({
  level,
  pattern: /^[\p{Script=Latin}\\(]/u.test(alternatives)
    ? wordsPattern(alternatives)
    : new RegExp(alternatives, 'giu'),
}));

/** Where the text itself ranks what stands there. */
export function findLevelWords(text: string): readonly LevelWord[] {
  return patterns
    .flatMap(({ level, pattern }) =>
      [...text.matchAll(pattern)].map((match): LevelWord => ({
        level,
        start: match.index,
        end: match.index + match[0].length,
      })),
    )
    .sort((one, other) => one.start - other.start);
}

const belowAsLabel = wordsPattern(
  'basic|basis|entry(?:[ -]level)?|low(?:est)?|starter|einstieg|débutant|básic[oa]s?|básico|base|low[ -]end',
);
const aboveAsLabel = wordsPattern(
  'ultra|production|enthusiast|optimal\\p{L}*|optimum|ideal\\p{L}*|high[ -]end|maximum|professional|extreme|4k(?: ultra)?|uhd|ray[ -]?tracing|rt|maxed|best',
);

/** The level that a heading, a column or a label stands for. */
export function levelOfLabel(label: string): Level | null {
  const [first] = findLevelWords(label);
  if (first !== undefined) return first.level;
  if (label.search(belowAsLabel) >= 0) return 'minimum';
  return label.search(aboveAsLabel) >= 0 ? 'above' : null;
}

/** The text says of a figure that it just about does. */
export const constrained = wordsPattern(
  String.raw`possible|gets? by|getting by|would do|will do|should do|could do|can do|suffices?|tight|zur not|reich(?:t|en|te)|genüg(?:t|en)|suffi(?:t|sent|rait)|bast(?:a|an|ano|erebbe)|alcanza|absolute|survives?|struggles?|slow(?:ly)?|barely|knapp|gerade so|justo|appena|tout juste`,
);
