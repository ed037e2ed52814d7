import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/** Keys that let into a guest: as they were read from files, and by the names that the daemon has them under. */
export interface GivenKeys {
  readonly publicKeys: readonly string[];
  readonly names: readonly string[];
}

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/**
 * Each is a file with public keys; where there is no such file, the name of a key pair. So is a bare name whose file is a
 * private key: that is never meant.
 */
export async function readKeys(given: readonly string[]): Promise<GivenKeys> {
  const read = await Promise.all(
    given.map(async (each) => {
      const text = await textOf(each, { orName: true });
      const isName = text === null || (isPrivate(text) && namePattern.test(each));
      return { each, keys: isName ? null : keysIn(each, text) };
    }),
  );
  return {
    publicKeys: read.flatMap(({ keys }) => keys ?? []),
    names: read.flatMap(({ each, keys }) => (keys === null ? [each] : [])),
  };
}

/** The public key in a file that holds one. */
export async function readKey(file: string): Promise<string> {
  const [key, second] = keysIn(file, (await textOf(file, { orName: false })) ?? '');
  if (key !== undefined && second === undefined) return key;
  throw unreadable(`${file} holds several keys: give one.`);
}

/** null: there is no such file, but it may be a name. */
async function textOf(file: string, { orName }: { readonly orName: boolean }): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (orName && code === 'ENOENT' && namePattern.test(file)) return null;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw unreadable(`${file}: ${why}.`, error);
  }
}

function keysIn(file: string, text: string): readonly string[] {
  if (isPrivate(text)) {
    throw unreadable(`${file} is a private key. Keep it to yourself, and give its public half: ${file}.pub.`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw unreadable(`${file} holds no public key.`);
  return keys;
}

function isPrivate(text: string): boolean {
  return text.includes('PRIVATE KEY');
}

function unreadable(message: string, cause?: unknown): Failure {
  return new Failure('key-unreadable', message, { exit: 'usage', cause });
}
