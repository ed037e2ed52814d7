import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from '../analysis.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { printablePath } from './printable-path.ts';
import { deepest, isSkippedFolder, rankOf } from './source-names.ts';

export interface FinderLimits {
  /** Names of a repository that are looked at, of files and folders. */
  readonly entries: number;
  readonly files: number;
  readonly bytesOfFile: number;
  readonly bytes: number;
}

export const usualLimits: FinderLimits = {
  entries: 50_000,
  files: 400,
  bytesOfFile: 2 ** 20,
  bytes: 16 * 2 ** 20,
};

export interface FoundSources {
  readonly files: readonly SourceFile[];
  /** What was left out or cut, for people. */
  readonly notes: readonly string[];
}

/**
 * The files of a repository that say what it needs, the most telling first, within limits. Symbolic links are not
 * followed, what is no regular file is left out, bytes that are no UTF-8 become replacement characters.
 *
 * @throws ProtiumError `file-not-found`: the directory cannot be read
 */
export async function findSources(root: string, limits: FinderLimits = usualLimits): Promise<FoundSources> {
  const walked = await walk(root, limits.entries);
  const notes = [...walked.notes];
  const wanted = walked.paths.toSorted((left, right) => rankOf(left) - rankOf(right) || compare(left, right));
  if (wanted.length > limits.files)
    notes.push(
      `${wanted.length - limits.files} of ${wanted.length} files were left out: ${limits.files} are read.`,
    );
  const files: SourceFile[] = [];
  let left = limits.bytes;
  for (const path of wanted.slice(0, limits.files)) {
    if (left <= 0) {
      notes.push(
        `What comes after ${printablePath(path)} was left out: ${limits.bytes / 2 ** 20} MiB are read.`,
      );
      break;
    }
    const read = await readStart(join(root, path), Math.min(limits.bytesOfFile, left));
    if (read === null) {
      notes.push(`${printablePath(path)} was left out: it is no regular file, or cannot be read.`);
      continue;
    }
    if (read.cut) notes.push(`${printablePath(path)} was cut after ${read.bytes} bytes.`);
    left -= read.bytes;
    files.push({ path: printablePath(path), text: read.text, cut: read.cut });
  }
  return { files, notes };
}

/** The paths of interest, breadth first, so that a huge folder cannot keep the root's neighbours from being seen. */
async function walk(root: string, entries: number): Promise<{ paths: string[]; notes: string[] }> {
  const paths: string[] = [];
  const notes: string[] = [];
  let left = entries;
  let level = [''];
  for (let depth = 0; depth <= deepest && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level.toSorted(compare)) {
      const names = await readFolder(root, folder, left);
      left -= names.length;
      for (const { name, isFolder, isFile } of names) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (isFolder && !isSkippedFolder(name)) below.push(path);
        else if (isFile && rankOf(path) >= 0) paths.push(path);
        else if (!isFile && !isFolder && rankOf(path) >= 0)
          notes.push(`${printablePath(path)} was left out: it is a symbolic link or no regular file.`);
      }
      if (left <= 0) {
        notes.push(`The repository has more than ${entries} names: the rest was not looked at.`);
        return { paths, notes };
      }
    }
    level = below;
  }
  return { paths, notes };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

async function readFolder(root: string, folder: string, most: number): Promise<readonly Entry[]> {
  const names: Entry[] = [];
  try {
    const directory = await opendir(join(root, folder));
    for await (const entry of directory) {
      names.push({ name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() });
      if (names.length >= most) break;
    }
  } catch (error) {
    if (folder !== '') return names;
    throw new ProtiumError(
      'file-not-found',
      `${printablePath(root)} cannot be read as a directory. Give the directory of a repository, or its URL.`,
      { cause: error },
    );
  }
  return names;
}

async function readStart(
  path: string,
  most: number,
): Promise<{ readonly text: string; readonly bytes: number; readonly cut: boolean } | null> {
  let handle;
  try {
    // A link that has taken the file's place meanwhile is not followed, a pipe does not make it wait.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) return null;
    const buffer = Buffer.alloc(Math.min(most, stat.size));
    let bytes = 0;
    while (bytes < buffer.length) {
      const { bytesRead } = await handle.read(buffer, bytes, buffer.length - bytes, bytes);
      if (bytesRead === 0) break;
      bytes += bytesRead;
    }
    const text = new TextDecoder('utf-8').decode(buffer.subarray(0, bytes)).replaceAll('\0', '\u{FFFD}');
    return { text, bytes, cut: stat.size > bytes };
  } catch {
    return null;
  } finally {
    await handle?.close();
  }
}

/** By code units: the same on each host. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
