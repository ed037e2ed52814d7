import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../failure.ts';
import type { FileFacts, Manifest } from './manifest.ts';

/**
 * What lies below a directory here; links are not followed.
 *
 * @param absent what is said when there is no such directory; null: it is empty then
 */
export async function localManifest(directory: string, absent: Failure | null): Promise<Manifest> {
  const directories = new Set<string>();
  const files = new Map<string, FileFacts>();
  const others = new Set<string>();
  const walk = async (below: string): Promise<void> => {
    for (const name of await readdir(path.join(directory, below))) {
      const inner = below === '' ? name : `${below}/${name}`;
      if (name.includes('\n')) {
        throw new Failure(
          'unsupported',
          `${JSON.stringify(inner)} has a line end in its name: it is not synchronized.`,
        );
      }
      const facts = await lstat(path.join(directory, inner));
      if (facts.isDirectory()) {
        directories.add(inner);
        await walk(inner);
      } else if (facts.isFile()) {
        files.set(inner, { bytes: facts.size, modified: Math.floor(facts.mtimeMs / 1000) });
      } else others.add(inner);
    }
  };
  try {
    await walk('');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')))
      throw error;
    if (absent !== null) throw absent;
  }
  return { directories, files, others };
}
