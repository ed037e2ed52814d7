import type { Job } from './job.ts';

/** So many inputs are given at a time: a batch is what is tried again from its seed. */
const batchSize = 500;

interface Plan {
  readonly inputs: number;
  readonly seed: number;
  readonly batch: number | null;
}

/** Every target gets as many inputs as another, in rounds: a run that is ended early has seen all of them. */
export function makeJobs(targets: readonly string[], { inputs, seed, batch }: Plan): readonly Job[] {
  if (targets.length === 0) return [];
  const each = Math.ceil(inputs / targets.length);
  const jobs: Job[] = [];
  for (let number = 0; number * batchSize < each; number += 1) {
    if (batch !== null && number !== batch) continue;
    const size = Math.min(batchSize, each - number * batchSize);
    for (const target of targets) jobs.push({ target, batch: { seed, number, inputs: size } });
  }
  return jobs;
}
