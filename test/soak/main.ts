import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';
import { flat, growth, type Measure } from './growth.ts';
import { soakClient } from './http.ts';
import { deeds, type Deed } from './load.ts';
import { takeSample, type Sample } from './sample.ts';
import { startSoakHost } from './soak-host.ts';

/** So many clients work at once. */
const clients = 6;
const samplesWanted = 20;
const mostGrowth = 0.02;
const mebibyte = 1024 ** 2;

const { values } = parseArgs({ options: { operations: { type: 'string', default: '5000' } } });
const total = Number(values.operations);
if (!Number.isInteger(total) || total < samplesWanted)
  throw new Error(`--operations: at least ${samplesWanted}`);

const at = await startSoakHost();
const samples: Sample[] = [];
const counts = new Map<string, { done: number; failed: number }>();
let exitCode = 0;
try {
  const all = deeds(soakClient(at.sockets.http), at.sockets.grpc, at.pool);
  const order = spread(all);
  let next = 0;
  const client = async (end: number): Promise<void> => {
    while (next < end) {
      const number = next++;
      const deed = order[number % order.length];
      if (deed === undefined) return;
      const count = counts.get(deed.name) ?? { done: 0, failed: 0 };
      counts.set(deed.name, count);
      count.done += 1;
      // libvirt is away now and then: what matters is what stays behind.
      await deed.do(Math.floor(number / order.length) * 7 + number).catch(() => (count.failed += 1));
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
  }
  console.log(
    `\n${[...counts].map(([name, { done, failed }]) => `${name}: ${done}${failed > 0 ? `, ${failed} without an answer` : ''}`).join('; ')}`,
  );
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
