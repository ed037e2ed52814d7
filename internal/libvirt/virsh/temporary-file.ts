import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Gives `use` a path in a folder that only we can enter, and that is gone when `use` is done. */
export async function withTemporaryFile<T>(name: string, use: (file: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'protium-virsh-'));
  try {
    return await use(path.join(directory, name));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
