import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../internal/host/facts.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { inputFor, machine } from './hosts.ts';

const small = { slots: 1, ramsize: 2048, allowSMT: false };
const paged = { ...small, protium: { hugepages: true } };

/** Nodes that the memory comes from, or why it cannot be had. */
function outcome(
  host: HostFacts,
  config: object,
  claims: readonly Claim[] = [],
): readonly (number | string)[] {
  const answer = planPlacement(inputFor(host, config, claims));
  if (answer.ok) return answer.plan.memory.nodes;
  return answer.refusal.reasons.map(({ code, temporary }) => (temporary ? `${code} (now)` : code));
}

/** Two nodes with so many huge pages of 2 MiB each. */
function withPages(pages: readonly { readonly total: number; readonly free: number }[]): HostFacts {
  const host = machine({ nodes: pages.length });
  const numaNodes = host.numaNodes.map((node, place) => ({
    ...node,
    hugepages: [{ sizeKib: 2048, total: 0, free: 0, ...pages[place] }],
  }));
  return { ...host, numaNodes };
}

describe('what the host itself uses', () => {
  it('of its memory is not given to a VM', () => {
    const host = machine();
    const busy = { ...host, memory: { ...host.memory, availableMib: 2000 } };
    expect(outcome(busy, small)).toEqual(['memory-taken (now)']);
    expect(outcome(busy, { ...small, ramsize: 1024 })).toEqual([0]);
    expect(outcome(busy, { ...small, ramsize: 70_000 })).toEqual(['memory-insufficient']);
  });

  it('what guests hold already is not taken off twice, nor what they were promised given again', () => {
    const host = machine();
    const promised = {
      holder: 'other',
      name: 'other',
      kind: 'instance',
      cores: [],
      overprovision: 4,
      slots: 1,
      memoryMib: 40_000,
      memoryNodes: [],
      hugepages: null,
      pci: [],
    } as const;
    const holding = (availableMib: number, guestsMib: number): HostFacts => ({
      ...host,
      memory: { ...host.memory, availableMib, guestsMib },
    });
    expect(outcome(holding(20_000, 40_000), { ...small, ramsize: 19_000 }, [promised])).toEqual([0]);
    expect(outcome(holding(60_000, 0), { ...small, ramsize: 19_000 }, [promised])).toEqual([0]);
    expect(outcome(holding(50_000, 0), { ...small, ramsize: 19_000 }, [promised])).toEqual([
      'memory-taken (now)',
    ]);
    // A QEMU that nobody promised anything.
    expect(outcome(holding(10_000, 40_000), { ...small, ramsize: 19_000 })).toEqual(['memory-taken (now)']);
  });

  it('of its huge pages neither', () => {
    expect(outcome(withPages([{ total: 2048, free: 1000 }]), paged)).toEqual([
      'hugepages-insufficient (now)',
    ]);
    expect(outcome(withPages([{ total: 1000, free: 1000 }]), paged)).toEqual(['hugepages-insufficient']);
    expect(outcome(withPages([{ total: 2048, free: 1024 }]), paged)).toEqual([0]);
  });
});

it('a VM on huge pages goes to the node that has them', () => {
  const [none, enough] = [
    { total: 0, free: 0 },
    { total: 1024, free: 1024 },
  ];
  expect(outcome(withPages([none, enough]), paged)).toEqual([1]);
  expect(outcome(withPages([enough, none]), paged)).toEqual([0]);
});
