import type { Batch, Finding } from './run-batch.ts';

/** A batch of inputs for a target, by its name. */
export interface Job {
  readonly target: string;
  readonly batch: Batch;
}

/** What a worker prints, as lines of JSON. */
export type WorkerLine =
  | { readonly kind: 'begun'; readonly job: Job }
  | {
      readonly kind: 'done';
      readonly job: Job;
      readonly finding: Finding | null;
      /** After a collection of garbage; null: it was not measured. */
      readonly heapBytes: number | null;
    };
