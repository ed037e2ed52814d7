import { describe, expect, it } from 'vitest';
import type { CoreFacts, HostFacts } from '../../../internal/host/facts.ts';
import { claimOfPlan } from '../../../internal/instances/claims.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import type { Plan } from '../../../internal/placement/plan.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { card, inputFor, machine } from './hosts.ts';

const small = { slots: 1, ramsize: 1024, allowSMT: false };
const gpu = { ...small, pci: [{ vendor: '10de', model: '2489' }] };

function planOf(host: HostFacts, config: object, claims: readonly Claim[] = []): Plan {
  const answer = planPlacement(inputFor(host, config, claims));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return answer.plan;
}

/** A VM of one shared core. */
function onCore(core: number, overprovision = 4): Claim {
  const plan = planOf(machine(), { ...small, ramsize: 64, overprovision });
  return { ...claimOfPlan({ uuid: 'other', name: 'other' }, 'instance', plan), cores: [core] };
}

/** Four cores of two threads, then eight of one. */
function hybrid(): HostFacts {
  const host = machine();
  const core = (id: number, cpus: readonly number[]): CoreFacts => ({
    id,
    cpus,
    socket: 0,
    node: 0,
    isolated: false,
  });
  const cores = [
    ...[0, 2, 4, 6].map((id) => core(id, [id, id + 1])),
    ...[8, 9, 10, 11, 12, 13, 14, 15].map((id) => core(id, [id])),
  ];
  return { ...host, cpu: { ...host.cpu, cores } };
}

describe('what is scarce is left to others', () => {
  const left = card('0000:01:00', 1, { numaNode: 0 });
  const right = card('0000:81:00', 2, { numaNode: 1 });
  const pair = [...right, ...card('0000:82:00', 3, { numaNode: 1 })];

  it('a VM without devices stays away from a card that is free, not from one that is taken', () => {
    const host = machine({ nodes: 2, pci: left });
    expect(planOf(host, small).memory.nodes).toEqual([1]);
    const taken = { ...onCore(7), cores: [], pci: ['0000:01:00.0', '0000:01:00.1'] };
    expect(planOf(host, small, [taken]).memory.nodes).toEqual([0]);
  });

  it('a VM that may share goes to the node that others share already', () => {
    const host = machine({ nodes: 2 });
    expect(planOf(host, small, [onCore(5)]).cpu.cores).toEqual([5]);
    expect(planOf(host, small, [onCore(5, 1)]).memory.nodes).toEqual([1]);
  });

  it('of equal cards the one is given whose node is broken already', () => {
    const host = machine({ nodes: 2, pci: [...left, ...right] });
    expect(planOf(host, gpu, [onCore(5)]).pci[0]?.address).toBe('0000:81:00.0');
  });

  it('and one that is alone on its node before one of a pair', () => {
    const alone = card('0000:c1:00', 4, { numaNode: 0 });
    expect(planOf(machine({ nodes: 2, pci: [...pair, ...alone] }), gpu).pci[0]?.address).toBe('0000:c1:00.0');
  });
});

describe('cores of two kinds', () => {
  it('threads mode counts the threads that there are', () => {
    expect(planOf(hybrid(), { ...small, allowSMT: true, slots: 16 }).cpu.cpuset).toHaveLength(16);
    const answer = planPlacement(inputFor(hybrid(), { ...small, allowSMT: true, slots: 17 }));
    expect(answer.ok ? [] : answer.refusal.reasons).toMatchObject([
      { code: 'cores-insufficient', message: 'The config wants 17 threads; this host has 16 threads.' },
    ]);
  });

  it('cores mode takes those with all threads first, even where others are shared already', () => {
    expect(planOf(hybrid(), { ...small, slots: 4 }, [onCore(9)]).cpu.cores).toEqual([0, 2, 4, 6]);
    const { cpu, warnings } = planOf(hybrid(), { ...small, slots: 5 });
    expect(cpu.pins.slice(-2)).toEqual([[8], [8]]);
    expect(warnings).toEqual([
      'The cores 8 have fewer than 2 threads: vCPUs of the same guest core share one there.',
    ]);
  });

  it('the guest has the threads that its cores have', () => {
    const full = { ...onCore(0, 1), cores: [0, 2, 4, 6] };
    const { cpu, warnings } = planOf(hybrid(), { ...small, slots: 3 }, [full]);
    expect(cpu).toMatchObject({
      vcpus: 3,
      topology: { cores: 3, threads: 1 },
      pins: [[8], [9], [10]],
    });
    expect(warnings).toEqual([]);
  });
});

it('warns where vCPUs that are not pinned meet isolated cores', () => {
  const host = machine();
  const cores = host.cpu.cores.map((core) => ({ ...core, isolated: core.id > 0 }));
  const isolated = { ...host, cpu: { ...host.cpu, cores } };
  expect(planOf(isolated, { ...small, allowSMT: true, slots: 3 }).warnings).toEqual([
    'The cores 1 are isolated (isolcpus): the kernel moves no vCPU between them. Set allowSMT to false to pin each.',
  ]);
  expect(planOf(isolated, { ...small, slots: 3 }).warnings).toEqual([]);
});
