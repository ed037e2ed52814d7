import type { Evidence, Facts, OsFamily as Family } from '../analysis.ts';
import { standingAt } from './amounts.ts';
import { suits, type Ask } from './ask.ts';
import type { CleanText } from './clean-text.ts';
import { kindOfLabel } from './label-words.ts';
import { isDenied, isRuledOut } from './negation.ts';
import type { Reading } from './reading.ts';
import { findSystems, type SystemWord } from './system-words.ts';

interface Told extends SystemWord {
  readonly reading: Reading;
  readonly score: number;
  readonly out: boolean;
}

export interface SystemConclusion {
  readonly os: Facts['os'];
  readonly notes: readonly string[];
}

/** What stands as a program's name or an aside, not as the guest's system: a client, a host, a file share. */
const notGuest =
  /(?<![\p{L}])(?:clients?|clientside|browser|from (?:a |our |the )?$|hosts? (?:is|runs?)|our host|the host|laptops?|agents? for|domain|share|samba|dual[ -]boot|drivers?|treiber|apps?|programs?|programme|licen[cs]es?|container|image)(?![\p{L}])/iu;

/** Which system the machine gets: named ones before hints, that of a line on the system before others. */
export function systemOf(
  readings: readonly Reading[],
  ask: Ask,
  clean: CleanText,
  fallback: Evidence,
): SystemConclusion {
  const told = readings.flatMap((reading) =>
    findSystems(reading.segment.text).map((word): Told => {
      const { text, label, kind } = reading.segment;
      const standing = standingAt(reading, word.start, word.end);
      const isOwn = kindOfLabel(label) === 'os';
      const before = text.slice(Math.max(0, word.start - 24), word.start);
      const after = text.slice(word.end, word.end + 24);
      const out = isRuledOut(reading, word.start, word.end) || isDenied(reading, word.start, word.end);
      const only =
        /^\s*(?:only|-only|exclusively|vorausgesetzt|nur|uniquement|seulement|solo|solamente|soltanto|apenas)/iu.test(
          after,
        ) ||
        /\b(?:only|nur|uniquement|seulement|solo|sólo|solamente|apenas)\s(?:\p{L}+\s){0,2}$/iu.test(before);
      const score =
        suits(
          { ...standing, aside: standing.aside && !isOwn, constrained: false, selectors: [], people: null },
          ask,
        ) +
        (isOwn ? 8 : 0) +
        (only ? 12 : 0) +
        (ask.sentences.includes(reading) && kind === 'prose' ? 4 : 0) +
        (word.hint ? -30 : 0) +
        (notGuest.test(after.slice(0, 14)) || notGuest.test(before) ? -14 : 0) +
        (word.family === 'macos' && word.flavour === null ? -2 : 0);
      return { ...word, reading, score, out };
    }),
  );
  const usable = told.filter(({ out }) => !out);
  const evidence = (word: Told, rule: string): Evidence =>
    clean.evidence(word.reading.segment.start + word.start, word.reading.segment.start + word.end, rule);
  const named = usable.filter(({ hint }) => !hint);
  const families = new Set(named.map(({ family }) => family));
  // What cannot be had comes last where there is a choice.
  const rank = (family: Family): number => (families.size > 1 && family === 'macos' ? 6 : 0);
  const best = (named.length > 0 ? named : hintsOf(usable)).toSorted(
    (one, other) => other.score - rank(other.family) - (one.score - rank(one.family)),
  );
  const [first] = best;
  if (first === undefined) {
    return { os: { family: { value: 'linux', confidence: 0.2, evidence: [fallback] } }, notes: [] };
  }
  const own = best.filter(({ family }) => family === first.family);
  const flavoured =
    own.find(({ flavour, score }) => flavour !== null && score >= first.score - 6) ??
    own.find(({ version }) => version !== null);
  const confidence = first.hint ? 0.6 : 1;
  const rule = first.hint ? 'requirement-system-hint' : 'requirement-system';
  const others = [...families].filter((family) => family !== first.family);
  return {
    os: {
      family: {
        value: first.family,
        confidence,
        evidence: own.slice(0, 4).map((word) => evidence(word, rule)),
      },
      ...(typeof flavoured?.flavour !== 'string'
        ? {}
        : { flavour: { value: flavoured.flavour, confidence, evidence: [evidence(flavoured, rule)] } }),
      ...(typeof flavoured?.version !== 'string'
        ? {}
        : { version: { value: flavoured.version, confidence, evidence: [evidence(flavoured, rule)] } }),
    },
    notes: [
      ...(others.length > 0 ? [`It also names ${others.join(' and ')}: ${first.family} is taken.`] : []),
      ...(told.length > usable.length
        ? [
            `Ruled out by the text: ${[...new Set(told.filter(({ out }) => out).map(({ reading, start, end }) => reading.segment.text.slice(start, end)))].join(', ')}.`,
          ]
        : []),
    ],
  };
}

/** Of hints those of the family that has the most. */
function hintsOf(told: readonly Told[]): readonly Told[] {
  const count = (family: Family): number => told.filter((each) => each.family === family).length;
  return told.filter(({ family }) => count(family) === Math.max(...told.map((each) => count(each.family))));
}
