import { numberWordPattern, readCount } from '../quantities/numbers.ts';
import type { Share } from './amount.ts';
import { clauseAt, type Reading } from './reading.ts';

const adjective = String.raw`(?:(?:concurrent|active|named|registered|additional|connected|attached|running|virtual|physical|extra|logged-in|gleichzeitige[nrm]?|aktive[nrm]?|weitere[nrm]?|zusätzliche[nrm]?|angemeldete[nrm]?|simultané|actif|supplémentaire)\s+)?`;
const perNoun = new RegExp(
  String.raw`^[^;.()\d]{0,40}?(?:\bper (?:ogni|ciascun[oa]?)|\bpour chaque|\bpara cada|\bpor cada|\b(?:for|of|on) (?:each|every)|\b(?:für|auf|bei) jede[nmrs]?|\bvoor elke?|\bje|\bcada|\bper|\bpro|\bpar|\bpor)\s+(?<each>\d[\d.,']*\s+)?${adjective}(?!l'|(?:la|le|il|lo|gli|i|the|our|un[oa]?)\s)(?<noun>[\p{L}]+)`,
  'iu',
);
const slashNoun =
  /^\s*(?:of |de |di )?(?:ram|memory|disk|storage|memoria|mémoire)?\s*\/\s*(?<noun>\p{L}{2,})/iu;
const eachAfter =
  /^[^;.()\d]{0,24}?\b(?:each|apiece|every one|jeweils|je(?:weils)?|chacune?|cada un[oa]?|ciascun[oa]?|cadauno|l'un[oa]?|elk)\b/iu;
const countNoun = new RegExp(
  String.raw`(?<![\p{L}\d.,])(?<count>\d{1,3}(?:[.,' ]\d{3})+|\d{1,6}|${numberWordPattern})(?<nouns>(?:\s+[\p{L}-]+){1,3})`,
  'giu',
);
/** Machines are asked for one by one: what each of them gets is what this one gets. */
const machines =
  /^(?:machines?|nodes?|servers?|vms?|hosts?|workstations?|pcs?|computers?|instances?|boxes|box|maschinen?|rechner|knoten|computer|ordinateurs?|nœuds?|serveurs?|máquinas?|equipos?|nodos?|servidor(?:es)?|macchin[ae]|nod[oi]|servers|postazion[ei]|s|sec|second|replicas?|system)$/i;

/** Whether a size is one's of several: "2 GB per user", "two guests of 4 GB each". Of machines it is the whole. */
export function shareAt(reading: Reading, start: number, end: number): Share | null {
  const { text } = reading.segment;
  const { from } = clauseAt(reading, start, end);
  const after = text.slice(end, end + 90);
  const per =
    perNoun.exec(after) ?? slashNoun.exec(after) ?? perBefore(text.slice(Math.max(0, start - 60), start));
  if (per !== null) {
    const noun = (per.groups?.['noun'] ?? '').toLowerCase();
    if (machines.test(noun)) return null;
    return { noun, each: readCount(per.groups?.['each']?.trim() ?? '') ?? 1, count: null };
  }
  if (!eachAfter.test(after)) return null;
  const found =
    [...text.slice(from, start).matchAll(countNoun)].at(-1) ??
    [...text.slice(0, start).matchAll(countNoun)].at(-1);
  const nouns = (found?.groups?.['nouns'] ?? text.slice(from, start)).trim().toLowerCase().split(/\s+/);
  const count = readCount(found?.groups?.['count'] ?? '');
  const noun = nouns.find((word) => word.length >= 4) ?? '';
  if (
    noun === '' ||
    nouns.some((word) => machines.test(word)) ||
    (count === 1 && found?.[0].startsWith('1') !== true)
  )
    return null;
  return { noun, each: 1, count };
}

const eachBefore = new RegExp(
  String.raw`(?:\beach|\bevery|\bjede[rs]?|\bje|\bper|\bpro|\bpar|\bpor|\bchaque|\bcada|\bogni|\belke)\s+(?:of (?:them|the)\s+)?${adjective}(?<noun>\p{L}{2,})\s+(?:(?!plus\b|and\b|und\b|et\b)[\p{L}'-]+\s+){0,4}?$`,
  'iu',
);

/** "each user needs 2 GB", "every session takes 300 MB". */
function perBefore(before: string): RegExpExecArray | null {
  return eachBefore.exec(before);
}

const synonyms: readonly RegExp[] = [
  /^(?:users?|accounts?|people|persons?|employees?|students?|seats?|colleagues?|members?|participants?|players?|sessions?|desktops?|clients?|benutzer\p{L}*|nutzer\p{L}*|anwender\p{L}*|mitarbeiter\p{L}*|personen?|teilnehmer\p{L}*|spieler\p{L}*|studierende\p{L}*|kolleg\p{L}*|sitzung\p{L}*|utilisateur\p{L}*|personnes?|joueurs?|étudiants?|collègues?|usuari[oa]s?|personas?|emplead[oa]s?|alumn[oa]s?|jugador(?:es)?|utent[ei]|person[ae]|dipendent[ei]|student[ei]|giocator[ei]|usuári[oa]s?|pessoas?|alun[oa]s?|gebruikers?|heads?|kopf|köpfe|użytkownik\p{L}*|пользовател\p{L}*)$/iu,
  /^(?:days?|tage?n?|jours?|días?|giorn[oi]|dias?|dagen?)$/iu,
  /^(?:cores?|v?cpus?|threads?|kerne?n?|cœurs?|núcleos?|nucle[oi])$/iu,
  /^(?:gpus?|cards?|karten?|cartes?|tarjetas?|sched[ae]|placas?)$/iu,
  /^(?:vms?|guests?|containers?|gäste?n?|gast|invités?|huéspedes?|ospiti?)$/iu,
  /^(?:cameras?|kameras?|caméras?|cámaras?|telecamer[ae]|câmaras?|câmeras?)$/iu,
  /^(?:osds?|disks?|drives?|platten?|festplatten?|disques?|discos?|dischi?)$/iu,
];

/** Whether it is something that machines are commonly measured by. */
export function isUsualNoun(noun: string): boolean {
  return synonyms.some((group) => group.test(noun));
}

/** Whether two nouns count the same things: the same word in any number, or both people. */
export function areSame(one: string, other: string): boolean {
  const plain = (word: string): string => word.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
  const [left, right] = [plain(one), plain(other)];
  if (left === right || synonyms.some((group) => group.test(one) && group.test(other))) return true;
  const stem = Math.max(3, Math.min(left.length, right.length) - 2);
  return left.length >= 3 && right.length >= 3 && left.slice(0, stem) === right.slice(0, stem);
}

/** "2 GB per 100 users" counts none. */
const isOfSize = /\d\s?(?:[gmt]i?[bo]|v?cores?|v?cpus?)\S*\s(?:\S+\s){0,3}(?:per|pro|par|por|je|cada)\s*$/i;

/** A count of things: "20 concurrent users". */
interface CountedThings {
  readonly count: number;
  readonly words: readonly string[];
  readonly reading: Reading;
  readonly start: number;
  readonly end: number;
}

const countsByReading = new WeakMap<Reading, readonly CountedThings[]>();

/** Looked for once: a text may ask for the count of each of its shares. */
function countsIn(reading: Reading): readonly CountedThings[] {
  const known = countsByReading.get(reading);
  if (known !== undefined) return known;
  const { text } = reading.segment;
  const found = [...text.matchAll(countNoun)].flatMap((match): CountedThings[] => {
    const count = readCount(match.groups?.['count'] ?? '');
    const before = text.slice(Math.max(0, match.index - 30), match.index);
    // "ein Benutzer" counts nothing.
    if (count === null || (count === 1 && !match[0].startsWith('1')) || isOfSize.test(before)) return [];
    if (reading.sizes.some(({ start, end }) => match.index >= start && match.index < end)) return [];
    const words = (match.groups?.['nouns'] ?? '').trim().split(/\s+/);
    return [{ count, words, reading, start: match.index, end: match.index + match[0].length }];
  });
  countsByReading.set(reading, found);
  return found;
}

/** How many of a noun a text has: "20 users" of "per user"; null: it does not say. */
export function countOf(readings: readonly Reading[], noun: string): Omit<CountedThings, 'words'> | null {
  for (const reading of readings) {
    const found = countsIn(reading).find(({ words }) => words.some((word) => areSame(word, noun)));
    if (found !== undefined) return found;
  }
  return null;
}
