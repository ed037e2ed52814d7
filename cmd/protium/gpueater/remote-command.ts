import { Failure } from '../failure.ts';
import { shellLine } from '../guest/ssh-options.ts';

/** A command for the shell of a guest. `path`: a path of the guest, of which a leading `~/` is its user's home. Pure. */
export type RemoteWord = string | { readonly path: string };

/** The line that the guest's shell is given; nothing in a path means anything to it. */
export function remoteLine(words: readonly RemoteWord[]): string {
  return words.map((word) => (typeof word === 'string' ? shellLine([word]) : pathWord(word.path))).join(' ');
}

function pathWord(path: string): string {
  if (path === '~') return '~';
  return path.startsWith('~/') ? `~/${shellLine([path.slice(2)])}` : shellLine([path]);
}

/**
 * A path that is to be deleted or moved: not all of the guest.
 *
 * @throws Failure `usage`
 */
export function expendable(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const isWhole = parts.length === 0 || (path.startsWith('/') && parts.every((part) => part === '..'));
  if (!isWhole && path !== '~' && path !== '~/') return path;
  throw new Failure('usage', `"${path}" is all that there is: name a file or directory in it.`, {
    exit: 'usage',
  });
}
