import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** Makes a file that only this user may read, gives it to `use`, and removes it. */
export async function withKnownHosts<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'protium-ssh-'));
  try {
    const file = path.join(directory, 'known_hosts');
    await writeFile(file, text, { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes the file to where it stays, for a command line that is used later. */
export async function keepKnownHosts(uuid: string, text: string): Promise<string> {
  const state = process.env['XDG_STATE_HOME'] ?? path.join(homedir(), '.local/state');
  const directory = path.join(state, 'protium/known-hosts');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, uuid);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
