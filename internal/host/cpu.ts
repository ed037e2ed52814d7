import type { Architecture } from '../spec/spec.ts';
import { elementoFlagsOf } from './cpu-flags.ts';
import type { CoreFacts, CpuFacts } from './facts.ts';
import { numberIn, parseRange, type MachineFiles } from './files.ts';

const cpuDirectory = 'sys/devices/system/cpu';

/** What the kernel tells of the processors: /proc/cpuinfo and the topology in sysfs. */
export async function readCpu(files: MachineFiles, arch: Architecture): Promise<CpuFacts> {
  const info = parseCpuinfo((await files.text('proc/cpuinfo')) ?? '');
  const cores = await readCores(files);
  const threadsPerCore = Math.max(1, ...cores.map(({ cpus }) => cpus.length));
  const kernelFlags = (info.get('flags') ?? info.get('Features') ?? '')
    .split(/\s+/)
    .filter((flag) => flag !== '');
  const model = info.get('model name') ?? null;
  return {
    arch,
    vendor: info.get('vendor_id') ?? 'unknown',
    model,
    frequencyMhz: await readFrequency(files, model, info.get('cpu MHz') ?? null),
    smtOn: threadsPerCore > 1,
    threadsPerCore,
    kernelFlags,
    elementoFlags: elementoFlagsOf(kernelFlags),
    cores,
  };
}

/** The keys of the first processor. */
function parseCpuinfo(text: string): ReadonlyMap<string, string> {
  const [first = ''] = text.split('\n\n');
  return new Map(
    first.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

async function readCores(files: MachineFiles): Promise<readonly CoreFacts[]> {
  const online = parseRange(await files.text(`${cpuDirectory}/online`));
  const isolated = new Set(parseRange(await files.text(`${cpuDirectory}/isolated`)));
  const nodes = await nodeOfCpus(files);
  const known = new Set(online);
  const threads = await Promise.all(
    online.map(async (cpu) => {
      const topology = `${cpuDirectory}/cpu${cpu}/topology`;
      const siblings = parseRange(await files.text(`${topology}/thread_siblings_list`)).filter((id) =>
        known.has(id),
      );
      return {
        cpu,
        siblings: siblings.length === 0 ? [cpu] : siblings,
        // -1 where the firmware does not say.
        socket: Math.max(0, (await numberIn(files, `${topology}/physical_package_id`)) ?? 0),
      };
    }),
  );
  return threads
    .filter(({ cpu, siblings }) => siblings[0] === cpu)
    .map(({ cpu, siblings, socket }) => ({
      id: cpu,
      cpus: siblings,
      socket,
      node: nodes.get(cpu) ?? 0,
      isolated: siblings.every((sibling) => isolated.has(sibling)),
    }));
}

async function nodeOfCpus(files: MachineFiles): Promise<ReadonlyMap<number, number>> {
  const nodes = new Map<number, number>();
  for (const name of await files.list('sys/devices/system/node')) {
    const [, id] = /^node(\d+)$/.exec(name) ?? [];
    if (id === undefined) continue;
    const cpus = parseRange(await files.text(`sys/devices/system/node/${name}/cpulist`));
    for (const cpu of cpus) nodes.set(cpu, Number(id));
  }
  return nodes;
}

/** What all cores reach for long: the base frequency, else the one in the model's name, else the highest, else the present one. */
async function readFrequency(
  files: MachineFiles,
  model: string | null,
  present: string | null,
): Promise<number | null> {
  const frequencies = `${cpuDirectory}/cpu0/cpufreq`;
  const base = await numberIn(files, `${frequencies}/base_frequency`);
  if (base !== null && base > 0) return Math.round(base / 1000);
  const [, named] = /@\s*(\d+(?:\.\d+)?)\s*GHz/.exec(model ?? '') ?? [];
  if (named !== undefined) return Math.round(Number(named) * 1000);
  const highest = await numberIn(files, `${frequencies}/cpuinfo_max_freq`);
  if (highest !== null && highest > 0) return Math.round(highest / 1000);
  const now = Number(present);
  return Number.isFinite(now) && now > 0 ? Math.round(now) : null;
}
