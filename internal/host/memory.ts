import type { MemoryFacts, NumaNodeFacts } from './facts.ts';
import { numberIn, parseRange, type MachineFiles } from './files.ts';

/** From /proc/meminfo, EDAC and DMI. */
export async function readMemory(files: MachineFiles): Promise<MemoryFacts> {
  const info = (await files.text('proc/meminfo')) ?? '';
  const totalMib = kibibytes(info, 'MemTotal');
  return {
    totalMib,
    availableMib: kibibytes(info, 'MemAvailable'),
    ...(await readEcc(files)),
  };
}

/** In MiB. */
function kibibytes(info: string, key: string): number {
  const [, kib = '0'] = new RegExp(`^(?:Node \\d+ )?${key}:\\s+(\\d+) kB$`, 'm').exec(info) ?? [];
  return Math.floor(Number(kib) / 1024);
}

/**
 * A memory controller in EDAC means ECC in use; else the firmware's table: in DMI type 16 the byte at 6 is the error
 * correction, 3 none, 4 parity, 5 and 6 ECC (SMBIOS specification, 7.17.3).
 */
async function readEcc(files: MachineFiles): Promise<Pick<MemoryFacts, 'ecc' | 'eccSource'>> {
  const controllers = await files.list('sys/devices/system/edac/mc');
  if (controllers.some((name) => /^mc\d+$/.test(name))) return { ecc: true, eccSource: 'edac' };
  const [array] = (await files.list('sys/firmware/dmi/entries')).filter((name) => name.startsWith('16-'));
  if (array === undefined) return { ecc: null, eccSource: null };
  const raw = await files.bytes(`sys/firmware/dmi/entries/${array}/raw`, 16);
  const correction = raw?.[6];
  if (correction === undefined || correction < 3) return { ecc: null, eccSource: null };
  return { ecc: correction === 5 || correction === 6, eccSource: 'dmi' };
}

/** Sorted by id; a machine whose kernel knows no NUMA is one node. */
export async function readNumaNodes(
  files: MachineFiles,
  memory: MemoryFacts,
): Promise<readonly NumaNodeFacts[]> {
  const base = 'sys/devices/system/node';
  const ids = (await files.list(base))
    .flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (ids.length === 0) {
    return [
      {
        id: 0,
        totalMib: memory.totalMib,
        freeMib: memory.availableMib,
        cpus: parseRange(await files.text('sys/devices/system/cpu/online')),
        distances: [10],
        hugepages: await readHugepages(files, 'sys/kernel/mm/hugepages'),
      },
    ];
  }
  return Promise.all(
    ids.map(async (id) => {
      const node = `${base}/node${id}`;
      const info = (await files.text(`${node}/meminfo`)) ?? '';
      const distances = ((await files.text(`${node}/distance`)) ?? '').split(/\s+/).map(Number);
      return {
        id,
        // Of a single node the kernel may not count what was plugged in later.
        totalMib: ids.length === 1 ? memory.totalMib : kibibytes(info, 'MemTotal'),
        freeMib: kibibytes(info, 'MemFree'),
        cpus: parseRange(await files.text(`${node}/cpulist`)),
        distances: distances.filter((distance) => distance > 0),
        hugepages: await readHugepages(files, `${node}/hugepages`),
      };
    }),
  );
}

async function readHugepages(files: MachineFiles, directory: string): Promise<NumaNodeFacts['hugepages']> {
  const sizes = (await files.list(directory)).flatMap((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? []);
  const pages = await Promise.all(
    sizes.map(async (size) => ({
      sizeKib: Number(size),
      total: (await numberIn(files, `${directory}/hugepages-${size}kB/nr_hugepages`)) ?? 0,
      free: (await numberIn(files, `${directory}/hugepages-${size}kB/free_hugepages`)) ?? 0,
    })),
  );
  return pages.sort((a, b) => a.sizeKib - b.sizeKib);
}
