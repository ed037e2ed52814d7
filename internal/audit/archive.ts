import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { fromSqlite } from '../store/database-error.ts';
import type { ChainPlace } from './chain.ts';
import type { AuditStore } from './audit-store.ts';

/** A file of entries, one JSON object a line, as `protium audit export` writes them. */
export interface ArchiveFile {
  readonly path: string;
  readonly sha256: string;
  readonly first: number;
  readonly through: ChainPlace;
  readonly entries: number;
}

const batch = 1000;

/**
 * Writes the entries through that sequence into a new file of the directory (0700, the file 0600); when this returns it is on
 * disk. A file of the same entries that a crash left is replaced.
 *
 * @throws ProtiumError `storage-full`, `permission-denied`, `internal`
 */
export function writeArchive(
  store: Pick<AuditStore, 'after' | 'base'>,
  directory: string,
  through: number,
): ArchiveFile {
  const { sequence: before } = store.base();
  const first = before + 1;
  const file = path.join(directory, `audit-${padded(first)}-${padded(through)}.jsonl`);
  const unfinished = `${file}.new`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    rmSync(unfinished, { force: true });
    const descriptor = openSync(unfinished, 'wx', 0o600);
    const digest = createHash('sha256');
    let last: ChainPlace = { sequence: before, hash: '' };
    let entries = 0;
    try {
      while (last.sequence < through) {
        const part = store.after(last.sequence, Math.min(batch, through - last.sequence));
        const newest = part.at(-1);
        if (newest === undefined) break;
        const text = part.map((entry) => `${JSON.stringify(entry)}\n`).join('');
        digest.update(text);
        writeSync(descriptor, text);
        entries += part.length;
        last = { sequence: newest.sequence, hash: newest.hash };
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
    syncDirectory(directory);
    return { path: file, sha256: digest.digest('hex'), first, through: last, entries };
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // Its directory is none: there is no such file.
    }
    throw fromSqlite(error, file, 'write the archive');
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** So that names sort as their entries do. */
function padded(sequence: number): string {
  return String(sequence).padStart(12, '0');
}
