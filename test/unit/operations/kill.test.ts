import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createOperations } from '../../../internal/operations/engine.ts';
import { isFinal } from '../../../internal/operations/model.ts';
import { openDatabase } from '../../../internal/store/database.ts';
import { silent } from './fixture-log.ts';
import { fileOperations } from './kill-definition.ts';

/** Runs kill-child.ts and kills it (-9) as soon as it has printed so many lines. */
async function killAfter(lines: number, directory: string, world: string): Promise<void> {
  const script = join(import.meta.dirname, 'kill-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, world], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    expect(line).toMatch(/^(make|remove) /);
    seen += 1;
    if (seen === lines) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
}

it('a process that is killed at any moment leaves nothing half done', async () => {
  const root = mkdtempSync(join(tmpdir(), 'protium-kill-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [directory, world] = [join(root, 'state'), join(root, 'world')];
  mkdirSync(world);
  let ended = 0;
  // The same state and world all along: what one life left to the next must be settled, too.
  for (const lines of fc.sample(fc.integer({ min: 1, max: 40 }), 6)) {
    await killAfter(lines, directory, world);
    const database = openDatabase({ directory });
    const operations = createOperations({
      database,
      definitions: fileOperations(world, () => undefined),
      log: silent,
    });
    const { unresolved } = await operations.recover();
    expect(unresolved).toEqual([]);
    const records = operations.list({ limit: 1000 }).operations;
    database.close();
    expect(records.filter(({ state }) => !isFinal(state))).toEqual([]);
    const made = records.flatMap(({ state, result }) =>
      state === 'succeeded' ? (result as { files: string[] }).files : [],
    );
    expect(
      readdirSync(world)
        .map((name) => join(world, name))
        .sort(),
    ).toEqual(made.sort());
    expect(records.length).toBeGreaterThan(ended);
    ended = records.length;
  }
}, 120_000);
