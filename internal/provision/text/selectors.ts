import { numberWordPattern, readCount } from '../quantities/numbers.ts';
import { wordsPattern } from './words.ts';

/** A word that says which of several cases is meant: "1080p", "13B", "large", "radeon". */
export interface Selector {
  /** Of one kind only one can be meant. */
  readonly kind: 'resolution' | 'grade' | 'parameters' | 'edition' | 'surface' | 'vendor';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const resolutions: Readonly<Record<string, string>> = {
  'full hd': '1080p', 'full-hd': '1080p', fullhd: '1080p', fhd: '1080p', wqhd: '1440p', qhd: '1440p', '2k': '1440p',
  uhd: '4k', '2160p': '4k',
}; // prettier-ignore
const grades: Readonly<Record<string, string>> = {
  niedrig: 'low', niedrige: 'low', niedrigen: 'low', mittel: 'medium', mittlere: 'medium', mittleren: 'medium', hoch: 'high', hohe: 'high', hohen: 'high',
  bas: 'low', moyen: 'medium', élevé: 'high', bajo: 'low', medio: 'medium', alto: 'high', basso: 'low', baixo: 'low', médio: 'medium',
  klein: 'small', kleine: 'small', kleinen: 'small', groß: 'large', große: 'large', großen: 'large', petit: 'small', petite: 'small', grand: 'large', grande: 'large', piccolo: 'small', pequeño: 'small', pequeno: 'small',
}; // prettier-ignore
const vendorNames: Readonly<Record<string, string>> = {
  nvidia: 'nvidia', geforce: 'nvidia', cuda: 'nvidia', radeon: 'amd', amd: 'amd', rocm: 'amd', arc: 'intel', openvino: 'intel',
}; // prettier-ignore

const kinds: readonly (readonly [Selector['kind'], RegExp, Readonly<Record<string, string>>])[] = [
  [
    'resolution',
    wordsPattern(String.raw`720p|1080p|1440p|2160p|[248]k|full[ -]?hd|fhd|wqhd|qhd|uhd`),
    resolutions,
  ],
  [
    'grade',
    wordsPattern(
      `low|medium|high|ultra|epic|tiny|small|large|xl|xxl|${Object.keys(grades)
        .sort((one, other) => other.length - one.length)
        .join('|')}`,
    ),
    grades,
  ],
  ['parameters', wordsPattern(String.raw`\d{1,3}(?:[.,]\d)?[ -]?b(?:illion)?`), {}],
  [
    'edition',
    wordsPattern('standard|enterprise|professional|community|premium|home|express|single[ -]node|cluster'),
    {},
  ],
  ['surface', wordsPattern('text(?:modus)?|graphical|gui|headless|desktop|server core|grafische[nrs]?'), {}],
  ['vendor', wordsPattern(Object.keys(vendorNames).join('|')), vendorNames],
];

/** Selectors of a text. AMD and Intel of a processor are none. */
export function findSelectors(text: string): readonly Selector[] {
  return kinds.flatMap(([kind, pattern, names]) =>
    [...text.matchAll(pattern)].flatMap((match): Selector[] => {
      const end = match.index + match[0].length;
      const name = match[0].toLowerCase().replaceAll(/[ -]/g, kind === 'parameters' ? '' : ' ');
      if (kind === 'vendor' && name === 'amd' && isProcessor(text.slice(end, end + 16))) return [];
      if (
        kind === 'grade' &&
        /^[ -](?:end|quality|performance|speed|availability|latency|school)/i.test(text.slice(end))
      )
        return [];
      return [{ kind, name: names[name] ?? name.replace('illion', ''), start: match.index, end }];
    }),
  );
}

/** What follows "AMD" of a processor. */
export function isProcessor(after: string): boolean {
  return /^(?:64|-v\b|[\s-]*(?:ryzen|epyc|athlon|fx\b|fx-|threadripper|opteron|phenom|cpu|processor|prozessor|processeur|procesador|a\d-))/i.test(
    after,
  );
}

const people = String.raw`(?:(?:concurrent|active|named|simultaneous|registered|gleichzeitige|aktive|simultanés|simultáneos|concurrentes|contemporanei)\s)?(?:users?|accounts?|people|persons?|employees?|students?|seats?|clients?|colleagues?|members?|participants?|players?|sessions?|mailboxes|devices|endpoints?|agents?|staff|benutzer\p{L}*|nutzer\p{L}*|anwender\p{L}*|mitarbeiter\p{L}*|personen|konten|teilnehmer\p{L}*|spieler\p{L}*|studierende[n]?|postfächer\p{L}*|utilisateurs?|comptes|personnes|postes|joueurs|étudiants|collègues|usuarios?|cuentas|personas|empleados|alumnos|jugadores|utenti|utente|persone|dipendenti|studenti|giocatori|usuários?|pessoas|alunos|jogadores|gebruikers|użytkownik\p{L}*|пользовател\p{L}*)`;
const figure = String.raw`\d{1,3}(?:[.,' ]\d{3})+|\d{1,7}`;
const bound = new RegExp(
  String.raw`(?:(?<low>${figure})\s?(?:-|to|bis|à|a)\s?|(?:up to|until|bis zu|bis|jusqu'à|hasta|fino a|até|max\.?|maximum|at most|under|fewer than|less than|unter|moins de|menos de|meno di|<=?|≤)\s*)(?<high>${figure})\s*(?:${people}|用户|人|ユーザー|$)`,
  'giu',
);
const asked = new RegExp(
  String.raw`(?<![\p{L}\d.,])(?<count>${figure}|${numberWordPattern})\s*(?:${people}(?![\p{L}])|用户|人|ユーザー)`,
  'giu',
);

export interface Bound {
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

/** For how many people a figure is: "for up to 1,000 users", "51-100 users". */
export function findBounds(text: string): readonly Bound[] {
  return [...text.matchAll(bound)].flatMap((match) => {
    const high = readCount(match.groups?.['high'] ?? '');
    if (high === null) return [];
    const low = readCount(match.groups?.['low'] ?? '') ?? 0;
    return [{ low, high, start: match.index, end: match.index + match[0].length }];
  });
}

/** How many people there are, where no bound is spoken of. */
export function countOfPeople(text: string): number | null {
  const bounds = findBounds(text);
  for (const match of text.matchAll(asked)) {
    if (bounds.some(({ start, end }) => match.index >= start && match.index < end)) continue;
    const before = text.slice(Math.max(0, match.index - 12), match.index);
    if (/(?:per|pro|par|por|each|every|je|\/)\s*$/i.test(before)) continue;
    const count = readCount(match.groups?.['count'] ?? '');
    if (count !== null && (count > 1 || /\d/.test(match[0]))) return count;
  }
  return null;
}
