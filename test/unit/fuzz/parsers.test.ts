import { expect, it } from 'vitest';
import { runBatch } from '../../fuzz/run-batch.ts';
import { parserTargets } from '../../fuzz/targets.ts';

/** The same inputs in each run: what is new is looked for by `npm run fuzz`. */
it.each(parserTargets.map((each) => [each.name, each] as const))(
  '%s takes whatever comes',
  { timeout: 60_000 },
  async (_name, target) => {
    expect(await runBatch(target, { seed: 1, number: 0, inputs: 60 })).toBe(null);
  },
);

it('a target has a name of its own', () => {
  const names = parserTargets.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
