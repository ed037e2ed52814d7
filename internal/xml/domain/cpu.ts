import { attribute, child, childText, element, type XmlElement } from '../tree.ts';
import { integerAttribute } from '../values.ts';

interface CpuTopology {
  readonly sockets: number;
  readonly dies?: number;
  readonly cores: number;
  readonly threads: number;
}

/** `<cpu>` as it was read. */
export interface Cpu {
  readonly mode: string | null;
  readonly model: string | null;
  readonly check: string | null;
  readonly migratable: string | null;
  readonly topology: CpuTopology | null;
}

export function readCpu(domain: XmlElement): Cpu | null {
  const cpu = child(domain, 'cpu');
  if (cpu === null) return null;
  const topology = child(cpu, 'topology');
  const count = (name: string): number => (topology === null ? null : integerAttribute(topology, name)) ?? 1;
  return {
    mode: attribute(cpu, 'mode') ?? (child(cpu, 'model') === null ? null : 'custom'),
    model: childText(cpu, 'model'),
    check: attribute(cpu, 'check'),
    migratable: attribute(cpu, 'migratable'),
    topology:
      topology === null
        ? null
        : {
            sockets: count('sockets'),
            dies: count('dies'),
            cores: count('cores'),
            threads: count('threads'),
          },
  };
}

/** A NUMA cell of the guest. */
interface NumaCell {
  readonly id: number;
  /** The cell's vCPUs as libvirt writes sets: `0-3,6`. */
  readonly cpus: string;
  readonly memoryKiB: number;
  readonly memoryAccess?: 'shared' | 'private';
}

export interface CpuOptions {
  /** `maximum` is everything the emulator can do; the only one of the first three that works without KVM. */
  readonly mode: 'host-passthrough' | 'host-model' | 'maximum' | 'custom';
  /** Of mode `custom`, e.g. `EPYC-Rome`. */
  readonly model?: string;
  readonly check?: 'none' | 'partial' | 'full';
  readonly migratable?: boolean;
  readonly topology?: CpuTopology;
  /** `passthrough` shows the guest the host's caches; needs host-passthrough. */
  readonly cache?: 'passthrough' | 'emulate' | 'disable';
  readonly features?: readonly {
    readonly name: string;
    readonly policy: 'force' | 'require' | 'optional' | 'disable' | 'forbid';
  }[];
  readonly numa?: readonly NumaCell[];
}

/** Builds `<cpu>`. */
export function cpuElement(cpu: CpuOptions): XmlElement {
  const { topology, migratable } = cpu;
  const custom = cpu.mode === 'custom';
  return element(
    'cpu',
    {
      mode: cpu.mode,
      match: custom ? 'exact' : null,
      check: cpu.check,
      migratable: migratable === undefined ? null : migratable ? 'on' : 'off',
    },
    [
      custom && cpu.model !== undefined ? element('model', { fallback: 'forbid' }, cpu.model) : null,
      topology === undefined
        ? null
        : element('topology', {
            sockets: topology.sockets,
            dies: topology.dies,
            cores: topology.cores,
            threads: topology.threads,
          }),
      cpu.cache === undefined ? null : element('cache', { mode: cpu.cache }),
      (cpu.features ?? []).map(({ name, policy }) => element('feature', { policy, name })),
      cpu.numa === undefined
        ? null
        : element(
            'numa',
            {},
            cpu.numa.map((cell) =>
              element('cell', {
                id: cell.id,
                cpus: cell.cpus,
                memory: cell.memoryKiB,
                unit: 'KiB',
                memAccess: cell.memoryAccess,
              }),
            ),
          ),
    ],
  );
}
