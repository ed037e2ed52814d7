import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { analyzeTextFile } from '../../../cmd/protium/provision/requirement-text.ts';
import { mostCharacters } from '../../../internal/provision/text/clean-text.ts';

const nobody = { readStdin: () => Promise.reject(new Error('stdin is not asked for')) };

async function fileWith(content: string | Buffer): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'requirement-text-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'needs.txt');
  await writeFile(file, content);
  return file;
}

it('a file is read, at the level that is asked for', async () => {
  const file = await fileWith('Minimum: 4 GB RAM\nRecommended: 8 GB RAM\n');
  expect((await analyzeTextFile(nobody, file, 'minimum')).facts.ram_gb?.value).toBe(4);
  expect((await analyzeTextFile(nobody, file, null)).facts.ram_gb?.value).toBe(8);
});

it('of a huge file the start is read, and a note says so', async () => {
  const file = await fileWith(
    Buffer.concat([Buffer.from('RAM: 16 GB\n'), Buffer.alloc(20 * 1024 * 1024, 'x\n')]),
  );
  const { facts, notes } = await analyzeTextFile(nobody, file, null);
  expect(facts.ram_gb?.value).toBe(16);
  expect(notes).toContain(`Only the first ${mostCharacters} characters were read.`);
});

it('bytes that are no text are none', async () => {
  const { facts } = await analyzeTextFile(nobody, await fileWith(Buffer.from([0xff, 0xfe, 0, 1, 2])), null);
  expect(facts.gpu.need.value).toBe('none');
});

it('stdin is asked for no more than is read', async () => {
  let most = 0;
  const readStdin = (bytes = 0) => {
    most = bytes;
    return Promise.resolve('8 GB RAM');
  };
  expect((await analyzeTextFile({ readStdin }, '-', null)).facts.ram_gb?.value).toBe(8);
  expect(most).toBeGreaterThan(mostCharacters);
});

it('a file that is not there is named', async () => {
  await expect(analyzeTextFile(nobody, '/none/such', null)).rejects.toThrow('/none/such');
});
