import { readEcc } from './ecc.ts';
import type { MemoryFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { meminfoMib } from './meminfo.ts';

/** From /proc/meminfo, EDAC and DMI. */
export async function readMemory(files: MachineFiles): Promise<MemoryFacts> {
  const info = files.text('proc/meminfo');
  return {
    totalMib: meminfoMib(info, 'MemTotal') ?? 0,
    // Kernels before 3.14 do not tell what could be had without swapping.
    availableMib: meminfoMib(info, 'MemAvailable') ?? meminfoMib(info, 'MemFree') ?? 0,
    guestsMib: await readGuestsMib(files),
    ...(await readEcc(files)),
  };
}

/** As libvirt's distributions call them. Huge pages are not among what a process holds. */
const emulator = /^(?:qemu-(?:system|kvm)|kvm$)/;

async function readGuestsMib(files: MachineFiles): Promise<number> {
  let kib = 0;
  for (const pid of files.list('proc').filter((name) => /^\d+$/.test(name))) {
    if (!emulator.test(files.text(`proc/${pid}/comm`)?.trim() ?? '')) continue;
    const [, held] = /^VmRSS:\s+(\d{1,15}) kB$/m.exec(files.text(`proc/${pid}/status`) ?? '') ?? [];
    kib += Number(held ?? 0);
    await files.pause();
  }
  return Math.floor(kib / 1024);
}
