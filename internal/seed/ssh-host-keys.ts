import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostKey } from '../cloud-init/cloud-config.ts';
import { runTool } from './run-tool.ts';

/** New host keys for a guest's sshd, of every kind that clients ask for first. Their files stay in the directory. */
export function makeHostKeys(directory: string): Promise<readonly HostKey[]> {
  return Promise.all([makeHostKey(directory, 'ed25519'), makeHostKey(directory, 'ecdsa')]);
}

async function makeHostKey(directory: string, type: HostKey['type']): Promise<HostKey> {
  const file = path.join(directory, `host-key-${type}`);
  await runTool(
    ['ssh-keygen', '-q', '-t', type, '-N', '', '-C', '', '-f', file],
    'make the host keys of the guest',
    { directory },
  );
  const [privateKey, publicKey] = await Promise.all([
    readFile(file, 'utf8'),
    readFile(`${file}.pub`, 'utf8'),
  ]);
  return { type, privateKey, publicKey: publicKey.trim() };
}
