import path from 'node:path';
import type { Differences } from './differences.ts';

/** The directories that are made alike. */
export interface Sides {
  readonly local: string;
  readonly remote: string;
}

/** sftp's commands that bring a directory of the guest to what the differences say. Pure. */
export function putBatch(
  { directories, files, removedFiles, removedDirectories }: Differences,
  sides: Sides,
): string {
  const [local, remote] = sidePaths(sides);
  return lines([
    ...removedFiles.map((file) => `rm ${literal(remote(file))}`),
    ...removedDirectories.map((directory) => `rmdir ${literal(remote(directory))}`),
    ...directories.map((directory) => `mkdir ${literal(remote(directory))}`),
    ...files.map((file) => `put -p ${literal(local(file))} ${literal(remote(file))}`),
  ]);
}

/** sftp's commands that bring files of the guest here. Pure. */
export function getBatch(files: readonly string[], sides: Sides): string {
  const [local, remote] = sidePaths(sides);
  return lines(files.map((file) => `get -p ${literal(remote(file))} ${literal(local(file))}`));
}

function sidePaths({ local, remote }: Sides) {
  // sftp begins in the home of who logs in; what begins with a dash would be an option.
  const base = remote === '~' ? '' : remote.replace(/^~\//, '');
  const from = base.startsWith('/') ? base : `./${base}`;
  return [
    (file: string) => path.join(path.resolve(local), file),
    (file: string) => `${from.replace(/\/+$/, '')}/${file}`,
  ] as const;
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}

/** A path that sftp takes as it is: within quotes it escapes the characters of patterns itself. */
function literal(file: string): string {
  return `"${file.replaceAll(/["\\]/g, '\\$&')}"`;
}
