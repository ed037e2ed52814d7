import path from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';
import { flat, growth, type Measure } from './growth.ts';
import { soakGrpc } from './grpc.ts';
import { soakClient } from './http.ts';
import { deeds, type Deed } from './load.ts';
import { connection, createOutcomes } from './outcomes.ts';
import { fillEventLog, makeAccessKey } from './prepare.ts';
import { takeSample, type Sample } from './sample.ts';
import { startSoakHost } from './soak-host.ts';

/** So many clients work at once. */
const clients = 6;
const samplesWanted = 20;
const mostGrowth = 0.02;
const mebibyte = 1024 ** 2;

const { values } = parseArgs({
  options: { operations: { type: 'string', default: '5000' }, 'heap-snapshots': { type: 'string' } },
});
const snapshots = values['heap-snapshots'];
const total = Number(values.operations);
if (!Number.isInteger(total) || total < samplesWanted)
  throw new Error(`--operations: at least ${samplesWanted}`);

const at = await startSoakHost();
const samples: Sample[] = [];
const outcomes = createOutcomes();
let exitCode = 0;
try {
  const http = soakClient(at.sockets.http);
  const accessKey = await makeAccessKey(http);
  const load = deeds({ http, grpc: soakGrpc(at.sockets.grpc), pool: at.pool, accessKey });
  const order = spread(load);
  const volumes = await fillEventLog(at.sockets.http, http, at.pool);
  console.log(`the event log is full: ${volumes} volumes were made and deleted`);
  let next = 0;
  const client = async (end: number): Promise<void> => {
    while (next < end) {
      const number = next++;
      const deed = order[number % order.length];
      if (deed === undefined) return;
      const tell = outcomes.of(deed);
      await deed
        .do(Math.floor(number / order.length) * 7 + number, tell)
        .catch((error: unknown) => tell(connection, error instanceof Error ? error.message : 'unknown'));
      const what = await chaos(at.host, number);
      if (what !== null) console.log(`${number}: ${what}`);
    }
  };
  for (let part = 1; part <= samplesWanted; part += 1) {
    const end = Math.floor((total * part) / samplesWanted);
    await Promise.all(Array.from({ length: clients }, () => client(end)));
    const sample = await takeSample(at, end);
    samples.push(sample);
    console.log(row(sample));
    if (snapshots !== undefined && part % 5 === 0)
      await at.daemon.snapshot(path.resolve(snapshots, `${end}.heapsnapshot`));
  }
  for (const line of outcomes.lines()) console.log(line);
  const wrong = [
    ...outcomes.unmeant().map((step) => `${step}: never did what it is there for`),
    ...outcomes.faults().map((step) => `${step}: a fault of the daemon`),
  ];
  if (wrong.length > 0) {
    exitCode = 1;
    for (const line of wrong) console.log(line);
    for (const line of at.daemon.complaints.filter(({ level }) => level === 'error').slice(0, 10))
      console.log(JSON.stringify(line));
  }
  console.log('\nmeasure              growth after warm-up');
  for (const measure of [...flat, 'databaseBytes'] satisfies Measure[]) {
    const grown = growth(samples, measure);
    const isFlat = measure === 'databaseBytes' || grown <= mostGrowth;
    if (!isFlat) exitCode = 1;
    console.log(
      `${measure.padEnd(20)} ${(grown * 100).toFixed(2).padStart(7)} %${isFlat ? '' : `  more than ${mostGrowth * 100} %`}`,
    );
  }
} finally {
  await at.end();
}
process.exit(exitCode);

/** Each deed as often as its weight says, spread evenly. */
function spread(all: readonly Deed[]): readonly Deed[] {
  return all
    .flatMap((deed) =>
      Array.from({ length: deed.weight }, (_, index) => ({ deed, at: (index + 0.5) / deed.weight })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ deed }) => deed);
}

function row({
  done,
  descriptors,
  heapBytes,
  rssBytes,
  libvirtConnections,
  temporaryFiles,
  databaseBytes,
}: Sample): string {
  const mib = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`;
  return `${done} done: ${descriptors} descriptors, heap ${mib(heapBytes)}, RSS ${mib(rssBytes)}, ${libvirtConnections} connections to libvirt, ${temporaryFiles} temporary files, database ${mib(databaseBytes)}`;
}
