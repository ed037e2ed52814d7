import { Failure } from '../../failure.ts';
import type { Manifest } from './manifest.ts';

/** What makes a directory like another one. */
export interface Differences {
  /** To be made, outer ones first. */
  readonly directories: readonly string[];
  /** To be copied: absent, or of another size or time. */
  readonly files: readonly string[];
  /** To be removed, in this order. */
  readonly removedFiles: readonly string[];
  /** Inner ones first. */
  readonly removedDirectories: readonly string[];
  /** Of the source: what is neither file nor directory. */
  readonly leftOut: readonly string[];
}

/**
 * Compares by size and time. Pure.
 *
 * @param remove also remove what the source does not have
 * @throws Failure `state-conflict` where one has a file and the other something else
 */
export function differences(
  source: Manifest,
  target: Manifest,
  { remove }: { readonly remove: boolean },
): Differences {
  // Also of what lies above: a guest must not lead out of the directory over a link in it.
  const isBlocked = (path: string): boolean =>
    target.others.has(path) || above(path).some((each) => target.others.has(each) || target.files.has(each));
  const conflicts = [
    ...[...source.directories].filter((path) => target.files.has(path) || isBlocked(path)),
    ...[...source.files.keys()].filter((path) => target.directories.has(path) || isBlocked(path)),
  ];
  if (conflicts.length > 0) {
    throw new Failure(
      'state-conflict',
      `What is there is of another kind: ${conflicts.slice(0, 10).join(', ')}. Remove it first.`,
      { exit: 'refused' },
    );
  }
  const sorted = (paths: Iterable<string>): string[] => [...paths].sort();
  const isSame = (path: string): boolean => {
    const [wanted, there] = [source.files.get(path), target.files.get(path)];
    return wanted?.bytes === there?.bytes && wanted?.modified === there?.modified;
  };
  return {
    directories: sorted(source.directories).filter((path) => !target.directories.has(path)),
    files: sorted(source.files.keys()).filter((path) => !isSame(path)),
    removedFiles: remove ? sorted(target.files.keys()).filter((path) => !source.files.has(path)) : [],
    removedDirectories: remove
      ? sorted(target.directories)
          .reverse()
          .filter((path) => !source.directories.has(path) && !holdsOther(path, target))
      : [],
    leftOut: sorted(source.others),
  };
}

/** What is no file and no directory stays, and so does what it lies in. */
function holdsOther(directory: string, { others }: Manifest): boolean {
  return [...others].some((path) => path.startsWith(`${directory}/`));
}

/** `a/b/c` → `a`, `a/b`. */
function above(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
