import { Failure } from '../../failure.ts';

/** What lies below a directory, by paths relative to it (`a/b`). */
export interface Manifest {
  /** Without the directory itself. */
  readonly directories: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, FileFacts>;
  /** What is neither: links, sockets … Not copied, and not written through. */
  readonly others: ReadonlySet<string>;
}

export interface FileFacts {
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** Ends the list of directories in what `listCommand` writes: no path of find's looks so. */
export const divider = '//';

/**
 * Reads what a guest writes of a directory: lines of directories, the divider, lines `SIZE TIME PATH` of files, the divider,
 * lines of all else. A guest may write anything: no path leads out of the directory. Pure.
 *
 * @throws Failure `unsupported` for what is not of that form
 */
export function readManifest(text: string): Manifest {
  const [directories = [], files = [], others = []] = sections(text);
  return {
    directories: new Set(directories.map(relative).filter((path) => path !== '')),
    files: new Map(
      files.map((line) => {
        const [, bytes, modified, path] = /^(\d{1,15}) (\d{1,12}) (.*)$/s.exec(line) ?? [];
        if (path === undefined) throw unreadable(line);
        return [relative(path), { bytes: Number(bytes), modified: Number(modified) }];
      }),
    ),
    others: new Set(others.map(relative)),
  };
}

function sections(text: string): string[][] {
  const parts: string[][] = [[]];
  for (const line of text.split('\n')) {
    if (line === divider) parts.push([]);
    else if (line !== '') parts.at(-1)?.push(line);
  }
  return parts;
}

/** `./a/b` → `a/b`; `.` → ''. */
function relative(path: string): string {
  const parts = path.split('/');
  const inner = parts.slice(1);
  if (parts[0] !== '.' || inner.some((part) => part === '' || part === '.' || part === '..')) {
    throw unreadable(path);
  }
  return inner.join('/');
}

function unreadable(line: string): Failure {
  return new Failure(
    'unsupported',
    `What the guest says of its files is not understood: ${JSON.stringify(line.slice(0, 100))}. Names with line ends are not synchronized.`,
  );
}
