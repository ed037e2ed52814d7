import type { Size } from '../quantities/sizes.ts';
import { kindOfLabel } from './label-words.ts';
import type { Amount } from './amount.ts';
import { clauseAt, selectorsAt, type Reading } from './reading.ts';
import type { Kind, KindWord } from './words.ts';

export interface KindFound {
  readonly kind: Kind;
  readonly sure: 0 | 1 | 2 | 3;
}

export interface Said {
  /** Of the segment. */
  readonly amounts: readonly Amount[];
  /** The last one of the segments before. */
  readonly earlier: { readonly kind: Kind; readonly gb: number; readonly sameLine: boolean } | null;
}

const joint =
  /[,;.()，、。；（）:：]|\s(?:and|und|et|y|e|plus|with|mit|avec|con|com|on|auf|sur|or|oder|ou|o|и|или)\s|[&+/]/i;
const having =
  /^\s*(?:[\p{L}\d.]+\s){0,5}?(?:with|mit|avec|con|com|having|of|à|de|di|met|z|med|с|at least|mindestens|au moins|al menos|almeno|pelo menos|[:(])[\p{L}\s]*$/iu;

/**
 * What a size is of: a word after it ("16 GB of RAM"), one before it ("memory of 16 GB"), its label, the size before it, or
 * what is left: memory first, then disk.
 *
 * @param cards places of cards' names in the segment: a size beside one is of its memory
 * @param said what was found before it
 */
export function kindOfSize(
  reading: Reading,
  size: Size,
  cards: readonly { readonly start: number; readonly end: number }[],
  said: Said,
): KindFound {
  const { segment, words, sizes } = reading;
  const { text } = segment;
  const next = sizes.find(({ start }) => start >= size.end)?.start ?? text.length;
  const last = sizes.findLast(({ end }) => end <= size.start)?.end ?? 0;
  const useful = words.filter((word) => word.kind !== 'os' && word.kind !== 'cpu');
  const after = useful.filter(({ start }) => start >= size.end && start < next);
  const behind = useful.filter(({ start, end }) => end <= size.start && start >= last);
  const gap = (word: KindWord): string =>
    word.start >= size.end ? text.slice(size.end, word.start) : text.slice(word.end, size.start);
  const near = (word: KindWord): boolean =>
    gap(word).length <= 32 && !joint.test(gap(word)) && !other.test(gap(word));
  if (besideCard(text, size, cards)) return { kind: 'vram', sure: 3 };
  const strongAfter = after.find((word) => !word.weak && near(word));
  const strongBefore = behind.findLast(
    (word) => !word.weak && gap(word).length <= 48 && !/[;.)、，。；]|,\s/.test(gap(word)),
  );
  // "a card with 4 GB of memory": of the card.
  if (
    strongBefore?.kind === 'gpu' &&
    having.test(gap(strongBefore)) &&
    (strongAfter === undefined ||
      (strongAfter.kind === 'memory' && !/^\s?(?:system )?ram/i.test(text.slice(strongAfter.start))))
  )
    return { kind: 'vram', sure: 3 };
  const label = labelKind(reading);
  if (strongAfter !== undefined) {
    // In a line about the card "memory" is the card's.
    if (strongAfter.kind === 'memory' && (label === 'gpu' || label === 'vram'))
      return { kind: 'vram', sure: 3 };
    return { kind: asKind(strongAfter.kind), sure: 3 };
  }
  const onto = /(?:^|\s)(?:on|auf|sur|en|su|em)\s(?:\p{L}+\s){0,3}$/iu;
  const place = after.find(
    (word) => word.kind === 'disk' && !word.weak && onto.test(gap(word)) && !/[,;.()]/.test(gap(word)),
  );
  if (place !== undefined) return { kind: 'disk', sure: 3 };
  if (strongBefore !== undefined && distance(gap(strongBefore)) <= 6)
    return { kind: asKind(strongBefore.kind), sure: 3 };
  if (label !== null && label !== 'cpu' && label !== 'os') return { kind: asKind(label), sure: 2 };
  const { from, to } = clauseAt(reading, size.start, size.end);
  const inClause = useful.filter(
    (word) => !word.weak && word.start >= from && word.end <= to && !other.test(gap(word)),
  );
  const [only] = inClause;
  if (
    only !== undefined &&
    inClause.length === 1 &&
    sizes.filter(({ start }) => start >= from && start < to).length === 1
  )
    return { kind: asKind(only.kind), sure: 3 };
  const follows = continued(reading, size, said);
  if (follows !== null) return { kind: follows, sure: 1 };
  const strong = new Set(
    words.flatMap(({ kind, weak }) =>
      weak || kind === 'cpu' || kind === 'os' || kind === 'other' ? [] : [kind],
    ),
  );
  if (
    segment.kind !== 'prose' &&
    strong.size > 0 &&
    [...strong].every((kind) => kind === 'gpu' || kind === 'vram') &&
    sizes.length === 1
  )
    return { kind: 'vram', sure: 2 };
  const weak =
    after.find((word) => word.weak && near(word)) ?? behind.findLast((word) => word.weak && near(word));
  if (
    weak !== undefined ||
    /^\s*(?:per|a|pro|par|al|por|am|je) (?:day|tag|jour|día|giorno|dia|week|woche)\b/iu.test(
      text.slice(size.end),
    )
  )
    return { kind: 'disk', sure: 1 };
  if (label === 'cpu') return { kind: 'other', sure: 2 };
  const previous = said.amounts.at(-1) ?? (said.earlier?.sameLine === true ? said.earlier : undefined);
  const memoryGb = said.amounts.reduce(
    (most, each) => (each.kind === 'memory' ? Math.max(most, each.gb) : most),
    0,
  );
  if (previous?.kind === 'disk' && memoryGb === 0) return { kind: 'disk', sure: 0 };
  // Nobody has as much memory without saying so.
  const above =
    said.earlier?.kind === 'memory' && text.trim().length <= size.end - size.start + 8 ? said.earlier.gb : 0;
  const isMore = Math.max(memoryGb, above) > 0 && size.gb > Math.max(memoryGb, above);
  return { kind: isMore || size.gb >= 768 ? 'disk' : 'memory', sure: 0 };
}

/** Words that lead to something else: what a size is for, or for each of. */
const other = /(?<!\p{L})(?:for|für|pour|para|per|pro|par|por|je|dla|voor|каждый|для)(?!\p{L})/iu;
const purpose = /^\s*(?:\p{L}+\s){0,3}?(?:for|für|pour|para|per|dla|voor|для)\s/iu;

/** The kind of the size before, where this one goes on with it: "plus 10 GB", "8 GB minimum, 16 GB recommended", "13B 12 GB, 70B 48 GB". */
function continued(reading: Reading, size: Size, { amounts, earlier }: Said): Kind | null {
  const { text } = reading.segment;
  const previous = amounts.at(-1);
  const start = previous?.end ?? 0;
  const before = previous?.kind ?? earlier?.kind;
  if (before === undefined) return null;
  if (joins(text.slice(start, size.start), text.slice(size.end, size.end + 30))) return before;
  if (previous === undefined) return null;
  const own = selectorsAt(reading, size.start, size.end);
  const isOther = own.some(({ kind, name }) =>
    previous.selectors.some((each) => each.kind === kind && each.name !== name),
  );
  if (
    isOther ||
    (previous.kind === 'vram' && own.some((each) => each.kind === 'vendor' && each.start >= start))
  )
    return before;
  if (purpose.test(text.slice(size.end)) && purpose.test(text.slice(previous.end))) return before;
  const stop = reading.cuts.find((cut) => cut >= size.end) ?? text.length;
  const { from } = clauseAt(reading, size.start, size.end);
  const between = reading.levels.find(
    (word) => word.start >= Math.max(start, from) && word.end <= size.start,
  );
  const behind = reading.levels.find((word) => word.start >= size.end && word.start < stop);
  // After a list of one level the next level's begins anew.
  if (behind !== undefined && between === undefined) return previous.level === behind.level ? null : before;
  if (between === undefined) return null;
  const sameLevel = amounts.filter((each) => each.level === previous.level);
  return previous.level !== between.level && new Set(sameLevel.map(({ kind }) => kind)).size === 1
    ? before
    : null;
}

function besideCard(
  text: string,
  size: Size,
  cards: readonly { readonly start: number; readonly end: number }[],
): boolean {
  return cards.some(({ start, end }) => {
    if (start <= size.start && end >= size.end) return true;
    if (start >= size.end)
      return /^\s?(?:nvidia |amd |intel |of an? |vram )?$/i.test(text.slice(size.end, start));
    return /^\s{0,2}(?:\(|with |mit |avec |con |com |à |de |da |at |[-/] ?|ab )?(?:at least |mindestens )?$/i.test(
      text.slice(end, size.start),
    );
  });
}

/** Words between, without those that only lead to a figure. */
function distance(gap: string): number {
  return gap.split(/\s+/).filter((word) => word !== '').length;
}

/** A further part of the same thing: "some 50 GB more", "plus 10 GB". */
function joins(between: string, after: string): boolean {
  return (
    /\b(?:plus|another|further|additional(?:ly)?|as well as|zusätzlich\p{L}*|weitere\p{L}*|noch einmal|encore|en plus|más|altri|mais)\b|\+/iu.test(
      between,
    ) ||
    /^\s*(?:more\b|on top|extra\b|additional|zusätzlich|mehr\b|dazu|en plus|supplémentaires?|de plus|más\b|adicional\p{L}*|in più|aggiuntiv\p{L}*|ulteriori|a mais)/iu.test(
      after,
    )
  );
}

function labelKind({ segment: { label, context } }: Reading): KindWord['kind'] | null {
  return kindOfLabel(label) ?? kindOfLabel(context);
}

function asKind(kind: KindWord['kind']): Kind {
  if (kind === 'gpu' || kind === 'vram') return 'vram';
  return kind === 'memory' || kind === 'disk' ? kind : 'other';
}
