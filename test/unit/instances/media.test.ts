import { execa } from 'execa';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMediaReader } from '../../../internal/instances/media.ts';
import type { Spec } from '../../../internal/spec/spec.ts';

let base: string;
const work = () => path.join(base, 'work');

beforeAll(async () => {
  base = await realpath(await mkdtemp(path.join(tmpdir(), 'protium-media-')));
  await mkdir(path.join(work(), 'iso'), { recursive: true });
  const disc = Buffer.alloc(40 * 1024);
  disc.write('CD001', 0x8001, 'latin1');
  await writeFile(path.join(work(), 'iso/a.iso'), disc);
  await writeFile(path.join(base, 'outside.iso'), disc);
  await writeFile(path.join(work(), 'iso/short.iso'), 'CD001');
  await symlink(path.join(base, 'outside.iso'), path.join(work(), 'iso/link.iso'));
  await execa('mkfifo', [path.join(work(), 'iso/fifo.iso')]);
});
afterAll(() => rm(base, { recursive: true }));

const offer = async (...asked: string[]) => {
  const volumes = asked.map((iso) => ({ iso })) as unknown as Spec['volumes'];
  return (await createMediaReader([work()])({ volumes })).map(({ answer }) =>
    answer.ok ? path.relative(base, answer.path) : answer.problem,
  );
};

it('a file is found by its bare name under iso/, by its path, and once', async () => {
  const whole = path.join(work(), 'iso/a.iso');
  expect(await offer('a.iso', 'iso/a.iso', whole, 'a.iso')).toEqual(Array(3).fill('work/iso/a.iso'));
});

it.each([
  ['short.iso', /is no ISO image/],
  ['gone.iso', /there is no such file/],
  ['fifo.iso', /not a regular file/],
  ['link.iso', /lies outside the directories/],
  ['../outside.iso', /lies outside the directories/],
  ['/etc/passwd', /lies outside the directories/],
  ['iso/', /directory|lies outside/],
  ['x\0y', /NUL/],
])('%j is refused', async (asked, problem) => {
  expect((await offer(asked))[0]).toMatch(problem);
});
