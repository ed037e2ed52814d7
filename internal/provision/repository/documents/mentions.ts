import type { Place } from '../clue.ts';
import { depthOf, baseName } from '../lines.ts';
import type { RepositoryView } from '../repository-view.ts';
import type { Passage } from './passage.ts';
import {
  isMeasured,
  isOptional,
  isOtherwise,
  sentenceAround,
  speaksForAll,
  standingOf,
  type Standing,
} from './standing.ts';

/** A place of the documents where a pattern matches, and what is to be known to judge it. */
export interface Mention {
  readonly passage: Passage;
  readonly match: RegExpExecArray;
  readonly sentence: string;
  readonly standing: Standing;
  /** The file speaks for the whole repository. */
  readonly forAll: boolean;
  /** Said to be optional, or under an optional lead. */
  readonly optional: boolean;
  /** Of what is not, or not yet; or of the authors' measurements. */
  readonly otherwise: boolean;
  readonly measured: boolean;
  readonly place: Place;
}

/** All matches of a global pattern, in the order of the files. */
export function* mentions(
  { passages }: Pick<RepositoryView, 'passages'>,
  pattern: RegExp,
): Generator<Mention> {
  for (const passage of passages)
    for (const match of passage.text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const sentence = sentenceAround(passage.text, match.index, end);
      yield {
        passage,
        match,
        sentence,
        standing: standingOf(passage),
        forAll: speaksForAll(passage.file),
        optional:
          isOptional(sentence) ||
          /\boptional\b/i.test(passage.headings.at(-1) ?? '') ||
          /\boptional\b[^.]{0,40}:?\s*$/i.test(passage.leadIn),
        otherwise: isOtherwise(sentence) || isOtherwise(passage.leadIn),
        measured: isMeasured(sentence),
        place: passage.place(match.index, end),
      };
    }
}

/** Mentions that count as the repository's own word: of a file that speaks for it, no aside, nothing that is not so. */
export function* statements(view: Pick<RepositoryView, 'passages'>, pattern: RegExp): Generator<Mention> {
  for (const mention of mentions(view, pattern))
    if (mention.forAll && mention.standing !== 'aside' && !mention.otherwise) yield mention;
}

function isRootReadme(path: string): boolean {
  return depthOf(path) === 0 && /^readme/i.test(baseName(path));
}

/** What the README says first: its title, and what stands before the second heading, at most twelve passages. */
export function introductionOf({ passages }: Pick<RepositoryView, 'passages'>): readonly Passage[] {
  const readme = passages.filter(({ file }) => isRootReadme(file));
  const first = readme[0]?.file;
  const own = readme.filter(({ file }) => file === first);
  const headings = own.flatMap(({ kind }, index) => (kind === 'heading' ? [index] : []));
  // A title is often followed at once by a heading of its own for the abstract.
  const end = headings.find((index) => index > 4) ?? own.length;
  return own.slice(0, Math.min(end, 14)).filter((passage) => passage.kind !== 'code');
}
