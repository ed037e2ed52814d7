import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from '../seed/run-tool.ts';
import type { MadeType } from './key-pair.ts';

/**
 * Makes a key. Its files are in a private directory for a moment, as ssh-keygen writes nowhere else: node:crypto cannot write
 * OpenSSH's format, which is the only one that older clients read Ed25519 keys in.
 *
 * @param base where the directory is made; of what a killed daemon left there `removeStale` disposes
 */
export async function makeKey(
  base: string,
  type: MadeType,
  comment: string,
): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  await mkdir(base, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(path.join(base, 'key-'));
  const file = path.join(directory, 'key');
  try {
    const bits = type === 'ecdsa' ? ['-b', '256'] : [];
    await runTool(
      ['ssh-keygen', '-q', '-t', type, ...bits, '-N', '', '-C', comment, '-f', file],
      'make the key',
    );
    const [privateKey, publicKey] = await Promise.all([
      readFile(file, 'utf8'),
      readFile(`${file}.pub`, 'utf8'),
    ]);
    return { privateKey, publicKey: publicKey.trim() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
