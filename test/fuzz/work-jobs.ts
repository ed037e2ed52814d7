import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Job, WorkerLine } from './job.ts';
import type { Finding } from './run-batch.ts';

/** A worker that was given jobs. */
export interface StartedWorker {
  readonly stdout: Readable;
  /** Resolves at its end, with the last it said of what went wrong. */
  readonly end: Promise<{ readonly stderr: string; readonly exitCode: number | undefined }>;
  kill(): Promise<void>;
}

export interface JobReport {
  readonly job: Job;
  readonly finding: Finding | null;
  readonly heapBytes: number | null;
}

/** The longest that a batch may take. One that takes longer hangs. */
const longestBatchMs = 15 * 60_000;

/** Does all jobs, whatever becomes of the workers: one that hangs or dies is a finding, and another goes on behind that batch. */
export async function workJobs(
  jobs: readonly Job[],
  start: (jobs: readonly Job[]) => StartedWorker,
  report: (each: JobReport) => void,
): Promise<void> {
  for (let next = 0; next < jobs.length;) {
    const worker = start(jobs.slice(next));
    const state: { current: Job | null; hangs: boolean } = { current: null, hangs: false };
    const hang = (): void => {
      state.hangs = true;
      void worker.kill();
    };
    let timer = setTimeout(hang, longestBatchMs);
    const lines = createInterface({ input: worker.stdout });
    lines.on('line', (text) => {
      const line = JSON.parse(text) as WorkerLine;
      clearTimeout(timer);
      timer = setTimeout(hang, longestBatchMs);
      state.current = line.kind === 'begun' ? line.job : null;
      if (line.kind === 'begun') return;
      next += 1;
      report(line);
    });
    const { stderr, exitCode } = await worker.end;
    clearTimeout(timer);
    const { current, hangs } = state;
    if (next >= jobs.length) return;
    const job = current ?? jobs[next];
    if (job === undefined) return;
    const error = hangs
      ? `The batch did not end within ${longestBatchMs / 60_000} min.`
      : `The worker ended with ${String(exitCode)}: ${stderr.slice(-1500)}`;
    next += 1;
    report({
      job,
      heapBytes: null,
      finding: { target: job.target, batch: job.batch.number, input: '(somewhere in the batch)', error },
    });
  }
}
