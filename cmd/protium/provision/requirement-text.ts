import { open } from 'node:fs/promises';
import { machineFiles } from '../../../internal/host/files.ts';
import { readPciNames } from '../../../internal/host/pci-ids.ts';
import type { Analysis } from '../../../internal/provision/analysis.ts';
import { analyzeText, type TextOptions } from '../../../internal/provision/text/analyze-text.ts';
import { mostCharacters } from '../../../internal/provision/text/clean-text.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';

/** Requirements in words, from a file or, with `-`, from stdin: what they ask of a machine. Of a longer one the start is read. */
export async function analyzeTextFile(
  { readStdin }: Pick<Session, 'readStdin'>,
  file: string,
  level: TextOptions['level'],
): Promise<Analysis> {
  // One more character than is read tells that it is longer; each has at most four bytes.
  const most = 4 * (mostCharacters + 1);
  const text = file === '-' ? await readStdin(most) : await startOf(file, most);
  return analyzeText(text, { level, pciIds: await readPciNames(machineFiles('/')) });
}

async function startOf(file: string, most: number): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const buffer = Buffer.alloc(most);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, most - length);
        length += bytesRead;
        if (bytesRead === 0 || length === most) return new TextDecoder().decode(buffer.subarray(0, length));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  }
}
