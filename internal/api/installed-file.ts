import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of this installation, by its path from the project's root, wherever the code runs from (source or dist). */
export function readInstalledFile(...parts: readonly string[]): Buffer {
  const relative = join(...parts);
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const path = join(directory, relative);
    if (existsSync(path) || dirname(directory) === directory) return readFileSync(path);
  }
}
