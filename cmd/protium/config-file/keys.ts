import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/** Keys that let into a guest: as they were read from files, and by the names that the daemon has them under. */
export interface GivenKeys {
  readonly publicKeys: readonly string[];
  readonly names: readonly string[];
}

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/** Each is a file with public keys; where there is no such file, the name of a key pair. */
export async function readKeys(given: readonly string[]): Promise<GivenKeys> {
  const read = await Promise.all(given.map(async (each) => ({ each, keys: await keysIn(each) })));
  return {
    publicKeys: read.flatMap(({ keys }) => keys ?? []),
    names: read.flatMap(({ each, keys }) => (keys === null ? [each] : [])),
  };
}

/** null: there is no such file, so it is a name. */
async function keysIn(file: string): Promise<readonly string[] | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && namePattern.test(file)) return null;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw unreadable(`${file}: ${why}.`, error);
  }
  if (text.includes('PRIVATE KEY')) {
    throw unreadable(`${file} is a private key. Keep it to yourself, and give its public half: ${file}.pub.`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw unreadable(`${file} holds no public key.`);
  return keys;
}

function unreadable(message: string, cause?: unknown): Failure {
  return new Failure('key-unreadable', message, { exit: 'usage', cause });
}
