import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { asStorageError } from './incoming-file.ts';

/** Where content is kept until it is stored: one directory an operation. */
export interface IncomingDirectory {
  /** Returns its path. */
  create(operationId: string): Promise<string>;
  path(operationId: string, file?: string): string;
  remove(operationId: string): Promise<void>;
}

/**
 * Opens it, empty: no import outlives the daemon's process, so what is there was left by one that was killed.
 *
 * @param directory below the state directory, which this process holds
 */
export function openIncomingDirectory(directory: string): IncomingDirectory {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // The directory itself may be a file system of its own.
  for (const name of readdirSync(directory)) rmSync(path.join(directory, name), { recursive: true });
  const place = (operationId: string, file = ''): string => path.join(directory, operationId, file);
  return {
    async create(operationId) {
      const made = place(operationId);
      await mkdir(made, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw asStorageError(error, made);
      });
      return made;
    },
    path: place,
    remove: (operationId) => rm(place(operationId), { recursive: true, force: true }),
  };
}
