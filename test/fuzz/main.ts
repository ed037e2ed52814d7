import path from 'node:path';
import { execa } from 'execa';
import { readArguments, type FuzzArguments } from './arguments.ts';
import { grpc, origin, startFuzzHost } from './fuzz-host.ts';
import type { Job } from './job.ts';
import { makeJobs } from './make-jobs.ts';
import { routeTargets } from './routes/targets.ts';
import { Summary } from './summary.ts';
import { parserTargets } from './targets.ts';
import { workJobs, type JobReport, type StartedWorker } from './work-jobs.ts';

/** Of all inputs; a route takes some hundred times as long as a parser. */
const routesShare = 0.2;
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

const wanted = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name.includes(asked.only));
const text = (jobs: readonly Job[]): string => jobs.map((job) => JSON.stringify(job)).join('\n');
const inputsOf = (kind: FuzzArguments['kinds'][number]): number => {
  if (asked.kinds.length === 1) return asked.inputs;
  return Math.ceil(asked.inputs * (kind === 'routes' ? routesShare : 1 - routesShare));
};

async function fuzzParsers(): Promise<void> {
  const names = wanted(parserTargets.map(({ name }) => name));
  const jobs = makeJobs(names, { ...asked, inputs: inputsOf('parsers') });
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
  const heaps: number[] = [];
  await workJobs(jobs, start, (each) => {
    if (each.heapBytes !== null) heaps.push(each.heapBytes);
    report(each);
  });
  const warm = heaps[Math.min(names.length, heaps.length - 1)] ?? 0;
  console.log(`heap of the parsers after the first round ${mib(warm)}, at the end ${mib(heaps.at(-1) ?? 0)}`);
}

async function fuzzRoutes(): Promise<void> {
  const names = wanted(routeTargets({ origin, grpc }).map(({ name }) => name));
  const jobs = makeJobs(names, { ...asked, inputs: inputsOf('routes') });
  if (jobs.length === 0) return;
  const { host, daemon, end } = await startFuzzHost();
  try {
    const start = (rest: readonly Job[]): StartedWorker => {
      const args = ['--expose-gc', '--import', 'tsx', worker, 'routes', origin, grpc];
      const child = host.spawn(process.execPath, args, { cwd: project, input: text(rest) });
      return { stdout: child.stdout, end: child.end, kill: () => child.kill('SIGKILL') };
    };
    let died = false;
    void daemon.process.end.then(({ stderr }) => {
      died = true;
      console.log(`The daemon ended: ${stderr.slice(-3000)}`);
    });
    const firstRound = jobs.slice(0, names.length);
    await workJobs(firstRound, start, report);
    const warm = await daemon.measure();
    await workJobs(jobs.slice(names.length), start, report);
    const last = await daemon.measure();
    console.log(
      `daemon after the first round: heap ${mib(warm.heapBytes)}, ${warm.descriptors} descriptors; at the end: heap ${mib(last.heapBytes)}, ${last.descriptors} descriptors`,
    );
    if (died) process.exitCode = 1;
  } finally {
    await end();
  }
}

function mib(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}

if (asked.kinds.includes('parsers')) await fuzzParsers();
if (asked.kinds.includes('routes')) await fuzzRoutes();
clearInterval(progress);
console.log(`\n${summary.table()}\n\nseed ${asked.seed}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
process.exit(summary.failures > 0 ? 1 : process.exitCode);
