import { onlineCpus } from './cpu-topology.ts';
import type { MemoryFacts, NumaNodeFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { meminfoMib } from './meminfo.ts';
import { numberIn, parseRange } from './numbers.ts';

const base = 'sys/devices/system/node';

/** Sorted by id; a machine whose kernel knows no NUMA is one node. */
export function readNumaNodes(files: MachineFiles, memory: MemoryFacts): readonly NumaNodeFacts[] {
  const ids = files
    .list(base)
    .flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (ids.length === 0) {
    return [
      {
        id: 0,
        totalMib: memory.totalMib,
        freeMib: memory.availableMib,
        cpus: onlineCpus(files),
        distances: [10],
        hugepages: readHugepages(files, 'sys/kernel/mm/hugepages'),
      },
    ];
  }
  return ids.map((id, place) => {
    const node = `${base}/node${id}`;
    const info = files.text(`${node}/meminfo`);
    return {
      id,
      // Of a single node the kernel may not count what was plugged in later.
      totalMib: ids.length === 1 ? memory.totalMib : (meminfoMib(info, 'MemTotal') ?? 0),
      freeMib: meminfoMib(info, 'MemFree') ?? 0,
      cpus: parseRange(files.text(`${node}/cpulist`)),
      distances: readDistances(files.text(`${node}/distance`), ids.length, place),
      hugepages: readHugepages(files, `${node}/hugepages`),
    };
  });
}

/** The kernel's own values where the firmware tells none: 10 to itself, 20 to others. */
function readDistances(written: string | null, count: number, own: number): readonly number[] {
  const distances = (written ?? '').trim().split(/\s+/).map(Number);
  if (distances.length === count && distances.every((distance) => distance >= 10)) return distances;
  return Array.from({ length: count }, (_, place) => (place === own ? 10 : 20));
}

function readHugepages(files: MachineFiles, directory: string): NumaNodeFacts['hugepages'] {
  return files
    .list(directory)
    .flatMap((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? [])
    .map((size) => ({
      sizeKib: Number(size),
      total: numberIn(files, `${directory}/hugepages-${size}kB/nr_hugepages`) ?? 0,
      free: numberIn(files, `${directory}/hugepages-${size}kB/free_hugepages`) ?? 0,
    }))
    .sort((a, b) => a.sizeKib - b.sizeKib);
}
