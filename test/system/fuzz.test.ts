import { execa } from 'execa';
import path from 'node:path';
import { expect, it } from 'vitest';

const main = path.resolve(import.meta.dirname, '../fuzz/main.ts');

/** One or two inputs for each: that all can be called, and none falls at once. `npm run fuzz` is for the rest. */
it('every route and method takes what comes', { timeout: 600_000 }, async () => {
  const args = ['--import', 'tsx', main, '--kinds', 'routes', '--inputs', '700', '--seed', '1'];
  const { stdout, exitCode } = await execa(process.execPath, args, { reject: false, stdin: 'ignore' });
  expect(exitCode, stdout.slice(-3000)).toBe(0);
  const [, targets, inputs] = /^(\d+) targets +(\d+) +0$/m.exec(stdout) ?? [];
  expect(Number(targets)).toBeGreaterThanOrEqual(469);
  expect(Number(inputs)).toBeGreaterThanOrEqual(Number(targets));
});
