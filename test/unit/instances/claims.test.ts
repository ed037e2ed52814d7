import { describe, expect, it } from 'vitest';
import { claimOfPlan } from '../../../internal/instances/claims.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import type { Plan } from '../../../internal/placement/plan.ts';
import { inputFor, machine } from '../placement/hosts.ts';

const holder = { uuid: '00000000-0000-4000-8000-000000000001', name: 'a' };

function planned(config: Parameters<typeof inputFor>[1]): Plan {
  const answer = planPlacement(inputFor(machine({}), config));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.plan;
}

describe('the claim of a plan', () => {
  const plan = planned({ slots: 1, ramsize: 512 });
  const memory = { ...plan.memory, mib: 1000, overheadMib: 101, hugepages: null, cells: [] };
  const nodesOf = (nodes: readonly number[]) =>
    claimOfPlan(holder, 'instance', { ...plan, memory: { ...memory, nodes } }).memoryNodes;

  it('takes memory of each node that it comes from', () => {
    expect(nodesOf([1])).toEqual([{ node: 1, mib: 1101 }]);
    expect(nodesOf([0, 1])).toEqual([
      { node: 0, mib: 551 },
      { node: 1, mib: 551 },
    ]);
    expect(nodesOf([])).toEqual([]);
  });

  it('takes what its guest sees as nodes from the nodes behind them', () => {
    const cells = [
      { node: 1, mib: 600, vcpus: [0] },
      { node: 0, mib: 400, vcpus: [1] },
    ];
    const withCells: Plan = { ...plan, memory: { ...memory, nodes: [0, 1], cells } };
    expect(claimOfPlan(holder, 'instance', withCells).memoryNodes).toEqual([
      { node: 1, mib: 600 },
      { node: 0, mib: 400 },
    ]);
  });
});
