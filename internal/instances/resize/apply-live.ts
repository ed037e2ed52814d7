import { LibvirtError } from '../../libvirt/error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import type { Plan } from '../../placement/plan.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { attribute, find, type XmlElement } from '../../xml/tree.ts';

/** What of a resize a VM that runs can be given at once. */
export interface LiveResize {
  /** null: they stay until the next start. */
  readonly vcpus: number | null;
  /** What its balloon leaves it; null: it stays until the next start. */
  readonly memoryKiB: number | null;
}

/** vCPUs up to as many as it was booted with room for, memory up to what it was booted with. Pure. */
export function liveResize(running: XmlElement, plan: Plan): LiveResize {
  const { vcpus, memoryKiB, currentMemoryKiB } = readDomain(running);
  const wantedKiB = plan.memory.mib * 1024;
  const balloon = find(running, 'devices', 'memballoon');
  const hasBalloon = balloon !== null && attribute(balloon, 'model') !== 'none';
  // What a host device reads and writes must stay where it is.
  const movable = hasBalloon && !plan.memory.pinned && plan.memory.hugepages === null;
  return {
    vcpus: plan.cpu.vcpus <= vcpus.maximum && plan.cpu.vcpus !== vcpus.current ? plan.cpu.vcpus : null,
    memoryKiB: movable && wantedKiB <= memoryKiB && wantedKiB !== currentMemoryKiB ? wantedKiB : null,
  };
}

/** Does what can be done at once; what the guest or QEMU refuses waits for the next start, and is told. */
export async function applyLive(
  client: LibvirtClient,
  domain: DomainRef,
  running: XmlElement,
  plan: Plan,
): Promise<string[]> {
  const { vcpus, memoryKiB } = liveResize(running, plan);
  const notices: string[] = [];
  const attempt = async (what: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      notices.push(`${what} not changed while it runs: ${error.message}.`);
    }
  };
  if (vcpus !== null) {
    await attempt('The vCPUs were', () => client.domains.setVcpus(domain, vcpus, { live: true }));
  }
  if (memoryKiB !== null) {
    await attempt('The memory was', () => client.domains.setMemory(domain, memoryKiB, { live: true }));
  }
  const plugged = readDomain(await client.domains.xml(domain)).vcpus.current;
  for (let vcpu = 0; vcpu < plugged; vcpu += 1) {
    // A vCPU too many runs where the VM may run.
    const cpus = plan.cpu.pins[vcpu] ?? plan.cpu.cpuset;
    await attempt(`The place of vCPU ${vcpu} was`, () =>
      client.domains.pinVcpu(domain, vcpu, cpus, { live: true }),
    );
  }
  return notices;
}
