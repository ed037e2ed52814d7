import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';

/**
 * Compares text with a committed file under test/golden/. `UPDATE_GOLDEN=1` writes the file instead, to be read in the
 * review of the change.
 */
export async function matchGolden(file: string, text: string): Promise<void> {
  const place = path.join(import.meta.dirname, file);
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, ended);
    return;
  }
  expect(ended, `${file} differs; UPDATE_GOLDEN=1 rewrites it`).toBe(await readFile(place, 'utf8'));
}
