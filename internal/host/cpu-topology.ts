import type { CoreFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { numberIn, parseRange } from './numbers.ts';

export const cpuDirectory = 'sys/devices/system/cpu';

/** The cores whose CPUs are online, by the topology in sysfs; sorted by id. */
export async function readCores(files: MachineFiles): Promise<readonly CoreFacts[]> {
  const online = onlineCpus(files);
  const isolated = new Set(parseRange(files.text(`${cpuDirectory}/isolated`)));
  const nodes = nodeOfCpus(files);
  const waiting = new Set(online);
  const cores: CoreFacts[] = [];
  for (const cpu of online) {
    if (!waiting.has(cpu)) continue;
    await files.pause();
    const topology = `${cpuDirectory}/cpu${cpu}/topology`;
    const siblings = parseRange(
      files.text(`${topology}/core_cpus_list`) ?? files.text(`${topology}/thread_siblings_list`),
    ).filter((id) => waiting.has(id));
    const cpus = siblings.includes(cpu) ? siblings : [cpu];
    for (const sibling of cpus) waiting.delete(sibling);
    cores.push({
      id: cpu,
      cpus,
      // -1 where the firmware does not say.
      socket: Math.max(0, numberIn(files, `${topology}/physical_package_id`) ?? 0),
      node: nodes.get(cpu) ?? 0,
      isolated: cpus.every((sibling) => isolated.has(sibling)),
    });
  }
  return cores;
}

/** A kernel that cannot take CPUs off has no file of those that are on. */
export function onlineCpus(files: MachineFiles): readonly number[] {
  const written = files.text(`${cpuDirectory}/online`);
  if (written !== null) return parseRange(written);
  return files
    .list(cpuDirectory)
    .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function nodeOfCpus(files: MachineFiles): ReadonlyMap<number, number> {
  const nodes = new Map<number, number>();
  for (const name of files.list('sys/devices/system/node')) {
    const [, id] = /^node(\d+)$/.exec(name) ?? [];
    if (id === undefined) continue;
    for (const cpu of parseRange(files.text(`sys/devices/system/node/${name}/cpulist`)))
      nodes.set(cpu, Number(id));
  }
  return nodes;
}
