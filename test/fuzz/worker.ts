import { text } from 'node:stream/consumers';
import { parserTargets } from './targets.ts';
import { routeTargets } from './routes/targets.ts';
import { runBatch } from './run-batch.ts';
import type { Job, WorkerLine } from './job.ts';

/**
 * Does jobs, told as JSON lines on standard input, one after the other, and tells of each on standard output. It is a process of
 * its own so that a target that never returns can be ended.
 */
const say = (line: WorkerLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** A rejection that nobody waits for, or an exception from nowhere, is a finding about the batch that runs. */
const strays: string[] = [];
const remember = (error: unknown): void => {
  strays.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
process.on('unhandledRejection', remember);
process.on('uncaughtException', remember);

const [kind = 'parsers', origin = '', grpc = ''] = process.argv.slice(2);
const targets = kind === 'routes' ? routeTargets({ origin, grpc }) : parserTargets;
const byName = new Map(targets.map((each) => [each.name, each]));

/** Collecting garbage takes as long as a batch. */
const measureEach = 50;
const jobs = (await text(process.stdin))
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Job);
for (const [index, job] of jobs.entries()) {
  say({ kind: 'begun', job });
  const target = byName.get(job.target);
  if (target === undefined) throw new Error(`There is no target ${job.target}.`);
  const found = await runBatch(target, job.batch);
  await new Promise(setImmediate);
  const [stray] = strays.splice(0);
  const finding =
    found ??
    (stray === undefined
      ? null
      : { target: job.target, batch: job.batch.number, input: '(somewhere in the batch)', error: stray });
  const isMeasured = index % measureEach === 0 || index === jobs.length - 1;
  if (isMeasured) globalThis.gc?.();
  say({ kind: 'done', job, finding, heapBytes: isMeasured ? process.memoryUsage().heapUsed : null });
}
process.exit(0);
