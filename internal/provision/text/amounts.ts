import { numberWordPattern, readCount, readFigure } from '../quantities/numbers.ts';
import type { Size } from '../quantities/sizes.ts';
import type { Amount } from './amount.ts';
import { kindOfSize } from './kind-of-size.ts';
import { constrained } from './levels.ts';
import { clauseAt, clauseText, isInBrackets, levelAt, selectorsAt, type Reading } from './reading.ts';
import { findBounds } from './selectors.ts';
import { shareAt } from './shares.ts';
import type { Kind } from './words.ts';
import { wordsPattern } from './words.ts';

/** What is there already, or somewhere else, or comes on top without a figure, is none of this machine's. */
const elsewhere = wordsPattern(
  String.raw`already (?:exists?|there|has|have|in place)|exists? already|existing|not (?:included|counted|part)|excluded|excluding|separate(?:ly)?|external|on the nas|nas|bereits vorhanden\p{L}*|vorhanden\p{L}*|schon da|extern\p{L}*|nicht (?:enthalten|mitgerechnet)|existe(?:nt|nts|n)? déjà|déjà|externe|non (?:compris|inclus)\p{L}*|ya (?:existe\p{L}*|tenemos|hay)|existentes?|extern[oa]s?|aparte|già (?:presenti?|esistent[ei])|esistent[ei]|estern[oaie]|já (?:existe\p{L}*|temos)|of which|of that|davon|dont|di cui|de l[oa]s cuales|dos quais|limit(?:ed)? to|per file|pro datei|in the host|of the host|host has|hosts? ha(?:s|ve)`,
);
const inAll = wordsPattern(
  String.raw`in all|in total|total(?:ling|s)?|altogether|all told|overall|insgesamt|zusammen|gesamt|en tout|au total|en total|totales?|in tutto|in totale|complessiv\p{L}*|no total|ao todo|w sumie|łącznie|всего|итого|合計|总共|共计`,
);
const more =
  /^\s*(?:of \p{L}+ )?(?:more\b(?! than| comfort)|on top|extra\b|additional|zusätzlich|mehr\b|dazu|en plus|supplémentaires?|de plus|más\b|adicional\p{L}*|in più|aggiuntiv\p{L}*|ulteriori|a mais)/iu;
const plus =
  /(?:\bplus|\+|&|\banother|\bfurther|\badditional(?:ly)?|\bas well as|\bzusätzlich\p{L}*|\bweitere\p{L}*|\bsowie|\bnoch(?: einmal)?|\bplus|\ben plus de|\bmás|\bmas|\baltri|\bpiù|\bmais|\badd)\s*(?:\p{L}+\s+){0,2}$/iu;

const purposeWord =
  /(?<!\p{L})(?:for|für|pour|para|per|dla|voor|для)\s(?:the |die |das |den |le |la |les |l'|el |los |las |il |lo |i |gli |o |a |os |as |our |each )?([\p{L}\d/._-]+)/iu;

/** Every size of a segment that is one of a machine. */
export function amountsOf(
  reading: Reading,
  cards: readonly { readonly start: number; readonly end: number }[],
  earlier: { readonly kind: Kind; readonly gb: number; readonly sameLine: boolean } | null,
): readonly Amount[] {
  const { segment } = reading;
  const amounts: Amount[] = [];
  const sizes = [...reading.sizes, ...bareNumbers(reading)].sort((one, other) => one.start - other.start);
  for (const size of sizes) {
    const { kind, sure } = kindOfSize(reading, size, cards, { amounts, earlier });
    if (kind === 'other' || isNone(reading, size, kind)) continue;
    const standing = standingAt(reading, size.start, size.end);
    const { text } = segment;
    const clause = clauseText(reading, size.start, size.end);
    amounts.push({
      ...standing,
      kind,
      sure,
      gb: size.gb * (kind === 'vram' ? 1 : size.times * drivesAt(text, size)),
      per: shareAt(reading, size.start, size.end),
      added:
        more.test(text.slice(size.end, size.end + 40)) ||
        plus.test(text.slice(Math.max(0, size.start - 40), size.start)),
      total: clause.search(inAll) >= 0,
      purpose: purposeAt(reading, size),
      reading,
      start: size.start,
      end: size.end,
    });
  }
  return amounts;
}

const chosenWords =
  /(?:which|that)(?:'s| is) (?:what we|our|us\b|the one we)|\b(?:this is us|our case|this one,? please)\b|das (?:machen|tun|sind) wir|(?:das ist )?unser fall|\band we (?:do|use|edit|play|run)\b|und (?:das )?(?:machen|brauchen|nutzen|tun) wir|ce que nous (?:faisons|voulons)|c'est notre cas|es nuestro caso|è il nostro caso|é o nosso caso/iu;

const chosenBefore =
  /(?<!\p{L})(?:we(?:'d| would)? (?:go for|take|prefer)|wir nehmen|nous prenons|on prend|preferimos|prendiamo)\s(?:\S+\s)?$/iu;

/** What is said of it before the next figure. */
function isChosen({ segment: { text }, sizes }: Reading, start: number, end: number): boolean {
  if (chosenBefore.test(text.slice(Math.max(0, start - 40), start))) return true;
  const next = sizes.find((size) => size.start >= end)?.start ?? text.length;
  return chosenWords.test(text.slice(end, Math.min(next, end + 120)));
}

const drivesOf = new RegExp(
  String.raw`(?<![\p{L}\d])(\d{1,2}|${numberWordPattern})\s(?:[\p{L}]+\s)?(?:dis[kc]s|drives|ssds|hdds|nvmes|platten|festplatten|disques|discos|dischi)\s(?:of|with|de|da|di|à|mit|zu(?: je)?|von)\s$`,
  'iu',
);

/** "two 250 GB disks", "2 discos de 100 GB": 2. */
function drivesAt(text: string, { start, end }: Size): number {
  const named = drivesOf.exec(text.slice(Math.max(0, start - 40), start))?.[1];
  if (named !== undefined && !/^\s*(?:each|apiece|jeweils|chacun|cada|ciascun)/iu.test(text.slice(end)))
    return Math.max(1, readCount(named) ?? 1);
  if (
    !/^\s?(?:[\p{L}.]+\s)?(?:dis[kc]s|drives|ssds|hdds|nvmes|platten|festplatten|disques|discos|dischi)(?!\p{L})/iu.test(
      text.slice(end, end + 30),
    )
  )
    return 1;
  const before = new RegExp(String.raw`(?<![\p{L}\d])(\d{1,2}|${numberWordPattern})\s$`, 'iu').exec(
    text.slice(Math.max(0, start - 16), start),
  );
  return Math.max(1, readCount(before?.[1] ?? '') ?? 1);
}

/** What levelAt and its like say of a place. */
export function standingAt(
  reading: Reading,
  start: number,
  end: number,
): Omit<
  Amount,
  'kind' | 'sure' | 'gb' | 'per' | 'added' | 'total' | 'purpose' | 'reading' | 'start' | 'end'
> {
  const clause = clauseText(reading, start, end);
  const { from, to } = clauseAt(reading, start, end);
  const { segment } = reading;
  const bounds = findBounds(segment.text);
  const bound =
    bounds.find((each) => each.start >= from && each.end <= to) ??
    bounds.findLast((each) => each.end <= start) ??
    bounds.find((each) => each.start >= end) ??
    findBounds(segment.context)[0];
  return {
    level: levelAt(reading, start, end),
    selectors: selectorsAt(reading, start, end),
    chosen: isChosen(reading, start, end),
    name: segment.kind === 'cell' ? segment.context.trim().toLowerCase() : '',
    aside: isInBrackets(reading, start),
    constrained: clause.search(constrained) >= 0,
    people: bound ?? null,
  };
}

function isNone(reading: Reading, { kind: form, start, end }: Size, kind: Kind): boolean {
  if (form === 'rate' || form === 'bits') return true;
  const { text } = reading.segment;
  const { from, to } = clauseAt(reading, start, end);
  const last = reading.sizes.findLast((size) => size.end <= start)?.end ?? 0;
  const next = reading.sizes.find((size) => size.start >= end)?.start ?? text.length;
  // What is said of the sizes before and after it is not said of this one.
  const bracket = isInBrackets(reading, start)
    ? clauseAt(reading, Math.max(0, text.lastIndexOf('(', start) - 1), text.lastIndexOf('(', start)).from
    : from;
  // "on the existing SAN, 60 TB": a figure alone belongs to the clause before it.
  const alone = !/\p{L}{3,}/u.test(
    text.slice(Math.max(from, last), start) + text.slice(end, Math.min(to, next)),
  );
  const begin = alone && from > 1 ? Math.min(bracket, clauseAt(reading, from - 2, from - 1).from) : bracket;
  const clause = text.slice(Math.max(begin, last), Math.min(to, next));
  const after = text.slice(end, end + 40);
  if (/^\s*(?:\/|per|a|pro|par|al|por|im|je)\s?(?:month|mo|monat|mois|mese|mes|mês|s|sec)\b/i.test(after))
    return true;
  const away = clause.search(elsewhere);
  return away >= 0 && kind !== 'vram';
}

/** "16 recommended", "better 32", "(GB): 8": a figure whose unit stands beside it or over it. */
function bareNumbers(reading: Reading): readonly Size[] {
  const { segment, sizes, levels } = reading;
  const { text } = segment;
  const unit = /[([]\s*([gmt])i?[bo]\s*[)\]]|\bin ([gmt])i?[bo]\b/i.exec(
    `${segment.label} ${segment.context}`,
  );
  const isIn = (place: number): boolean => sizes.some(({ start, end }) => place >= start && place < end);
  const found: Size[] = [];
  for (const match of text.matchAll(
    /(?<![\p{L}\d.,/-])\d{1,6}(?:[.,]\d{1,2})?(?![\p{L}\d%]|[.,]\d|\s?(?:[gkm]hz|bits?|fps|cores?|threads?|[x×]\s|-bit))/giu,
  )) {
    const start = match.index;
    const end = start + match[0].length;
    if (isIn(start)) continue;
    const value = readFigure(match[0]);
    const letter = unit?.[1] ?? unit?.[2];
    if (letter !== undefined) {
      const factor = { m: 1 / 1024, g: 1, t: 1024 }[letter.toLowerCase()] ?? 1;
      found.push({ gb: value * factor, gbHigh: value * factor, times: 1, kind: 'bytes', start, end });
      continue;
    }
    const model = sizes.findLast((size) => size.end <= start) ?? sizes.find((size) => size.start >= end);
    if (model?.kind !== 'bytes' || model.gb === 0) continue;
    const near = levels.some(
      (word) =>
        (word.end <= start &&
          /^\s?(?:is |are |wäre[n]? |sind |sarebbe |serait |sería |: ?|of )?$/i.test(
            text.slice(word.end, start),
          )) ||
        (word.start >= end && /^\s?(?:is |are |als |\()?$/i.test(text.slice(end, word.start))),
    );
    const factor = factorOf(text.slice(model.start, model.end));
    if (!near || factor === null) continue;
    found.push({ gb: value * factor, gbHigh: value * factor, times: 1, kind: 'bytes', start, end });
  }
  return found;
}

function factorOf(size: string): number | null {
  const letter = /([kmgtкмгт])[\p{L}]*\s*$/iu.exec(size)?.[1]?.toLowerCase();
  if (letter === undefined) return null;
  return (
    { k: 1 / 1024 ** 2, m: 1 / 1024, g: 1, t: 1024, к: 1 / 1024 ** 2, м: 1 / 1024, г: 1, т: 1024 }[letter] ??
    null
  );
}

/** What a size is for: "for the package", or the noun before it in its clause, or what stands after it. */
function purposeAt(reading: Reading, { start, end }: Size): string {
  const { text, label } = reading.segment;
  const { from, to } = clauseAt(reading, start, end);
  const next = reading.sizes.find((size) => size.start >= end)?.start ?? text.length;
  const rest = text.slice(end, Math.min(to, next));
  const purpose = purposeWord.exec(rest)?.[1];
  if (purpose !== undefined) return purpose.toLowerCase();
  const noun =
    /([\p{L}/][\p{L}\d/._-]*)(?:\s(?:is|are|takes?|needs?|about|some|of|up to|at least|braucht|belegt|prend|occupent?|occupano|occupa|ocupan?|another|:))*[\s:]*$/iu.exec(
      text.slice(from, start),
    )?.[1];
  if (noun !== undefined && noun.length > 2) return noun.toLowerCase();
  const after = (/^\s*([\p{L}-]{3,})/u.exec(rest) ?? /([\p{L}\d-]{3,})[\s.]*$/u.exec(rest))?.[1];
  return (after ?? label).toLowerCase();
}
