import path from 'node:path';
import { execa } from 'execa';
import { readArguments, type FuzzArguments } from './arguments.ts';
import { grpc, origin, startFuzzHost } from './fuzz-host.ts';
import type { Job } from './job.ts';
import { makeJobs } from './make-jobs.ts';
import { routeTargets } from './routes/targets.ts';
import { Summary } from './summary.ts';
import type { FuzzTarget } from './target.ts';
import { parserTargets } from './targets.ts';
import { workJobs, type JobReport, type StartedWorker } from './work-jobs.ts';

/** Of all inputs; a route takes some hundred times as long as a parser. */
const routesShare = 0.02;
/** So many send requests to the daemon at once. */
const routeWorkers = 4;
const worker = path.join(import.meta.dirname, 'worker.ts');
const project = path.resolve(import.meta.dirname, '../..');
const mebibyte = 1024 ** 2;

const asked = readArguments(process.argv.slice(2));
const summary = new Summary();
const startedAt = Date.now();
console.log(`seed ${asked.seed}`);

function report(each: JobReport): void {
  summary.add(each);
  const { finding } = each;
  if (finding !== null) {
    console.log(`\n${finding.target}, batch ${finding.batch}: ${finding.error}\ninput: ${finding.input}`);
    console.log(
      `again: npm run fuzz -- --seed ${asked.seed} --inputs ${asked.inputs} --only '${finding.target}' --batch ${finding.batch}\n`,
    );
  }
}

const progress = setInterval(() => {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`${summary.inputs} inputs in ${seconds} s, ${summary.failures} failures`);
}, 30_000);

const wanted = (targets: readonly FuzzTarget[]): readonly FuzzTarget[] =>
  targets.filter(({ name }) => name.includes(asked.only));
const text = (jobs: readonly Job[]): string => jobs.map((job) => JSON.stringify(job)).join('\n');
const inputsOf = (kind: FuzzArguments['kinds'][number]): number => {
  if (asked.kinds.length === 1) return asked.inputs;
  return Math.ceil(asked.inputs * (kind === 'routes' ? routesShare : 1 - routesShare));
};

async function fuzzParsers(): Promise<void> {
  const targets = wanted(parserTargets);
  const jobs = makeJobs(targets, { ...asked, inputs: inputsOf('parsers') });
  const start = (rest: readonly Job[]): StartedWorker => {
    const child = execa(process.execPath, ['--expose-gc', '--import', 'tsx', worker, 'parsers'], {
      cwd: project,
      input: text(rest),
      reject: false,
      buffer: { stdout: false, stderr: true },
    });
    return {
      stdout: child.stdout,
      end: child.then(({ stderr, exitCode }) => ({ stderr, exitCode })),
      kill: () => Promise.resolve(void child.kill('SIGKILL')),
    };
  };
  const grown: number[] = [];
  await inParallel(jobs, asked.workers, async (some) => {
    const heaps: number[] = [];
    await workJobs(some, start, (each) => {
      if (each.heapBytes !== null) heaps.push(each.heapBytes);
      report(each);
    });
    const warm = heaps[Math.floor(heaps.length / 4)];
    if (warm !== undefined) grown.push((heaps.at(-1) ?? warm) / warm - 1);
  });
  const percent = grown.map((part) => `${(part * 100).toFixed(1)} %`).join(', ');
  console.log(`heaps of the parsers' workers have grown after their first quarter by: ${percent}`);
}

/** Deals out the jobs to so many workers at once. */
async function inParallel(
  jobs: readonly Job[],
  workers: number,
  work: (some: readonly Job[]) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: workers }, (_, number) =>
      work(jobs.filter((_job, index) => index % workers === number)),
    ),
  );
}

async function fuzzRoutes(): Promise<void> {
  const targets = wanted(routeTargets({ origin, grpc }));
  const jobs = makeJobs(targets, { ...asked, inputs: inputsOf('routes') });
  if (jobs.length === 0) return;
  const fuzzHost = await startFuzzHost();
  const { host, daemon } = fuzzHost;
  try {
    const start = (rest: readonly Job[]): StartedWorker => {
      const args = ['--expose-gc', '--import', 'tsx', worker, 'routes', origin, grpc];
      const child = host.spawn(process.execPath, args, { cwd: project, input: text(rest) });
      return { stdout: child.stdout, end: child.end, kill: () => child.kill('SIGKILL') };
    };
    const state = { ending: false };
    void daemon.process.end.then(({ stderr }) => {
      if (state.ending) return;
      process.exitCode = 1;
      console.log(`The daemon ended: ${stderr.slice(-3000)}`);
    });
    const work = (some: readonly Job[]) =>
      inParallel(some, routeWorkers, (part) => workJobs(part, start, report));
    const firstRound = jobs.slice(0, targets.length);
    await work(firstRound);
    const warm = await daemon.measure();
    await work(jobs.slice(targets.length));
    const last = await daemon.measure();
    console.log(
      `daemon after the first round: heap ${mib(warm.heapBytes)}, ${warm.descriptors} descriptors; at the end: heap ${mib(last.heapBytes)}, ${last.descriptors} descriptors`,
    );
    state.ending = true;
  } finally {
    await fuzzHost.end();
  }
}

function mib(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}

await Promise.all([
  asked.kinds.includes('parsers') ? fuzzParsers() : null,
  asked.kinds.includes('routes') ? fuzzRoutes() : null,
]);
clearInterval(progress);
console.log(`\n${summary.table()}\n\nseed ${asked.seed}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
process.exit(summary.failures > 0 ? 1 : process.exitCode);
