import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { HostFacts } from './facts.ts';
import { machineFiles } from './files.ts';
import { readHypervisor, type LibvirtFacts } from './hypervisor.ts';
import { readPciNames, type PciNames } from './pci-ids.ts';
import { readMachine } from './read-machine.ts';
import { findVirtioWin } from './virtio-win.ts';

export interface HostReader {
  /**
   * The host as it was at most `maxAgeMs` before the call; with 0, as it is after it. Calls at the same time share a read.
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
  readonly client: Pick<LibvirtClient, 'host'>;
  readonly clock?: () => Date;
  /** Where installation media may lie, besides the usual places. */
  readonly mediaDirectories?: readonly string[];
}

interface Read {
  /** By `performance.now()`: when it began. What it tells may be as old as that. */
  readonly since: number;
  readonly facts: Promise<HostFacts>;
}

export function createHostReader(options: HostReaderOptions): HostReader {
  const { root, client, clock = () => new Date(), mediaDirectories = [] } = options;
  const files = machineFiles(root);
  let names: Promise<PciNames> | null = null;
  let hypervisor: Promise<LibvirtFacts> | null = null;
  let last: { readonly facts: HostFacts; readonly since: number } | null = null;
  let running: Read | null = null;
  /** Begins when the running one has ended: for those who came too late for that. */
  let next: Promise<HostFacts> | null = null;

  const libvirtFacts = (): Promise<LibvirtFacts> => {
    if (hypervisor !== null) return hypervisor;
    const asked = readHypervisor(client, files).catch((error: unknown) => {
      if (hypervisor === asked) hypervisor = null;
      throw fromLibvirt(error, 'read what the host can do');
    });
    hypervisor = asked;
    return asked;
  };
  const readOnce = async (since: number): Promise<HostFacts> => {
    names ??= readPciNames(files);
    // Together: the one that is not yet awaited must not fail unheard.
    const [knownNames, offered] = await Promise.all([names, libvirtFacts()]);
    const hypervisorFacts = { ...offered, virtioWin: findVirtioWin(files, mediaDirectories) };
    const facts = await readMachine(files, knownNames, hypervisorFacts, clock);
    last = { facts, since };
    return facts;
  };
  const begin = (): Promise<HostFacts> => {
    const since = performance.now();
    const facts = readOnce(since).finally(() => {
      running = null;
    });
    running = { since, facts };
    return facts;
  };
  const after = async (earlier: Promise<HostFacts>): Promise<HostFacts> => {
    await earlier.catch(() => null);
    next = null;
    return begin();
  };
  return {
    read({ maxAgeMs }) {
      const oldest = performance.now() - maxAgeMs;
      if (last !== null && last.since > oldest) return Promise.resolve(last.facts);
      if (running === null) return next ?? begin();
      if (running.since > oldest) return running.facts;
      next ??= after(running.facts);
      return next;
    },
    current: () => last?.facts ?? null,
    forgetHypervisor: () => {
      hypervisor = null;
    },
  };
}
