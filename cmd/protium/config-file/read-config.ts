import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { formatOfConfig, parseConfig, type Config, type ConfigFormat } from './parse-config.ts';

/** The config in a file, or on stdin (`-`). */
export async function readConfig(
  file: string,
  format: ConfigFormat | undefined,
  { readStdin }: Pick<Session, 'readStdin'>,
): Promise<Config> {
  const name = file === '-' ? 'stdin' : file;
  const text = file === '-' ? await readStdin() : await fileText(file);
  return parseConfig(text, format ?? formatOfConfig(name, text), name);
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new Failure('config-unreadable', `${file}: ${why}.`, { exit: 'usage', cause: error });
  }
}
