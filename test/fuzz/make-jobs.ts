import type { Job } from './job.ts';
import type { FuzzTarget } from './target.ts';

/** So many inputs are given at a time: a batch is what is tried again from its seed. */
const batchSize = 100;

interface Plan {
  readonly inputs: number;
  readonly seed: number;
  readonly batch: number | null;
}

/** Every target gets as many inputs as its share says, in rounds: a run that is ended early has seen all of them. */
export function makeJobs(
  targets: readonly Pick<FuzzTarget, 'name' | 'share'>[],
  { inputs, seed, batch }: Plan,
): readonly Job[] {
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const jobs: Job[] = [];
  const most = Math.ceil(inputs / shares);
  for (let number = 0; number * batchSize < most; number += 1) {
    if (batch !== null && number !== batch) continue;
    for (const { name, share } of targets) {
      const all = Math.ceil((inputs * share) / shares);
      const size = Math.min(batchSize, all - number * batchSize);
      if (size > 0) jobs.push({ target: name, batch: { seed, number, inputs: size } });
    }
  }
  return jobs;
}
