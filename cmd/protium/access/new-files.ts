import { open, rm } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/**
 * Makes files that nobody else can read, which must not be there yet, before what is to be written is asked for: it is told
 * once. None is left where the work fails.
 */
export async function withNewFiles<Result>(
  names: readonly string[],
  work: (write: (texts: readonly string[]) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const files: Awaited<ReturnType<typeof open>>[] = [];
  const done = { written: false };
  try {
    for (const name of names) files.push(await newFile(name));
    const result = await work(async (texts) => {
      for (const [index, file] of files.entries()) await file.writeFile(texts[index] ?? '');
      done.written = true;
    });
    return result;
  } finally {
    for (const [index, file] of files.entries()) {
      await file.close();
      if (!done.written) await rm(names[index] ?? '', { force: true });
    }
  }
}

async function newFile(name: string): ReturnType<typeof open> {
  try {
    return await open(name, 'wx', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'there is such a file already; remove it first' : message;
    throw new Failure('usage', `${name}: ${why}.`, { exit: 'usage', cause: error });
  }
}
