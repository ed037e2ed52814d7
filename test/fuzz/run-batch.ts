import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { FuzzTarget } from './target.ts';

export interface Batch {
  /** Of the whole run. */
  readonly seed: number;
  /** Counts from 0 within a target. */
  readonly number: number;
  readonly inputs: number;
}

/** What one input did that no input may. */
export interface Finding {
  readonly target: string;
  readonly batch: number;
  /** The smallest input that shows it. */
  readonly input: string;
  readonly error: string;
}

/** The processor's time that one input may take, in ms; waiting for others does not count. */
const mostCpuMs = 2000;
/** How long one input may take at all, in ms. */
const mostMs = 60_000;

/** The same seed gives a target's batch the same inputs, whatever else runs. */
function seedOf(target: string, { seed, number }: Pick<Batch, 'seed' | 'number'>): number {
  return createHash('sha256').update(`${seed}/${target}/${number}`).digest().readInt32BE(0);
}

/** Gives a target a batch of inputs; null: it took them all well. */
export async function runBatch(target: FuzzTarget, batch: Batch): Promise<Finding | null> {
  const result = await fc.check(
    fc.asyncProperty(target.inputs, async (input) => {
      const before = process.cpuUsage();
      await target.run(input);
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 > mostCpuMs)
        throw new Error(`It took ${Math.round((user + system) / 1000)} ms.`);
    }),
    { seed: seedOf(target.name, batch), numRuns: batch.inputs, timeout: mostMs, endOnFailure: false },
  );
  if (!result.failed) return null;
  return {
    target: target.name,
    batch: batch.number,
    input: fc.stringify(result.counterexample?.[0]).slice(0, 4000),
    error: errorText(result.errorInstance),
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
