import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { readCpu } from './cpu.ts';
import { readDeviceUsers } from './device-users.ts';
import type { HostFacts, HypervisorFacts } from './facts.ts';
import { machineFiles, type MachineFiles } from './files.ts';
import { readHypervisor } from './hypervisor.ts';
import { readMemory, readNumaNodes } from './memory.ts';
import { readPciDevices } from './pci-devices.ts';
import { readPciNames, type PciNames } from './pci-ids.ts';
import { architectureOf, readDmi, readIommu, readVfio } from './platform.ts';

export interface HostReader {
  /**
   * The host as it is; what was read less than `maxAgeMs` ago is given again. Reads at the same time are one.
   * Rejects with ProtiumError `libvirt-unavailable` and the like while libvirt has never told what it can do.
   */
  read(options: { readonly maxAgeMs: number }): Promise<HostFacts>;
  /** What was read last; null: nothing yet. */
  current(): HostFacts | null;
  /** Another libvirtd may offer other things: asks it again at the next read. */
  forgetHypervisor(): void;
}

export interface HostReaderOptions {
  /** Where /sys, /proc and /usr of the machine are: `/`, or a tree with the same files. */
  readonly root: string;
  readonly client: LibvirtClient;
  readonly clock?: () => Date;
}

export function createHostReader({ root, client, clock = () => new Date() }: HostReaderOptions): HostReader {
  const files = machineFiles(root);
  let names: Promise<PciNames> | null = null;
  let hypervisor: Promise<HypervisorFacts> | null = null;
  let last: { readonly facts: HostFacts; readonly at: number } | null = null;
  let reading: Promise<HostFacts> | null = null;

  const readOnce = async (): Promise<HostFacts> => {
    hypervisor ??= readHypervisor(client, files).catch((error: unknown) => {
      hypervisor = null;
      throw fromLibvirt(error, 'read what the host can do');
    });
    names ??= readPciNames(files);
    // Together: the one that is not yet awaited must not fail unheard.
    const [knownNames, offered] = await Promise.all([names, hypervisor]);
    const facts = await readMachine(files, knownNames, offered, clock);
    last = { facts, at: performance.now() };
    return facts;
  };
  return {
    read({ maxAgeMs }) {
      if (last !== null && performance.now() - last.at < maxAgeMs) return Promise.resolve(last.facts);
      reading ??= readOnce().finally(() => {
        reading = null;
      });
      return reading;
    },
    current: () => last?.facts ?? null,
    forgetHypervisor: () => {
      hypervisor = null;
    },
  };
}

/** Everything but what libvirt tells. */
export async function readMachine(
  files: MachineFiles,
  names: PciNames,
  hypervisor: HypervisorFacts,
  clock: () => Date,
): Promise<HostFacts> {
  const [cpu, memory, dmi, vfio, users] = await Promise.all([
    readCpu(files, architectureOf(hypervisor.arch)),
    readMemory(files),
    readDmi(files),
    readVfio(files),
    readDeviceUsers(files),
  ]);
  const [numaNodes, pci] = await Promise.all([
    readNumaNodes(files, memory),
    readPciDevices(files, names, users),
  ]);
  const iommu = await readIommu(files, pci);
  return { cpu, memory, numaNodes, dmi, iommu, pci, vfio, hypervisor, readAt: clock().toISOString() };
}
