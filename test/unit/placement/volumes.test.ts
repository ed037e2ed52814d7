import { describe, expect, it } from 'vitest';
import { planPlacement } from '../../../internal/placement/place.ts';
import { inputFor, machine } from './hosts.ts';

const gigabyte = 1e9;

function answerTo(config: object) {
  const answer = planPlacement(inputFor(machine(), { slots: 2, ramsize: 8192, ...config }));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return answer.plan;
}

describe('the order of booting', () => {
  const order = (volumes: readonly object[]) =>
    answerTo({ volumes: volumes.map((volume) => ({ size: gigabyte, ...volume })) }).volumes.map(
      ({ bootOrder }) => bootOrder,
    );

  it.each<[string, readonly object[], readonly (number | null)[]]>([
    ['the first, where nothing is said', [{}, {}], [1, null]],
    ['by priority', [{ priority: 2 }, { priority: 0 }, {}], [2, 1, null]],
    ['what is marked comes after what has a priority', [{ bootable: true }, { priority: 5 }], [2, 1]],
  ])('%s', (_name, volumes, expected) => {
    expect(order(volumes)).toEqual(expected);
  });
});

describe('what may go wrong later is a warning', () => {
  const windows = { misc: { os_family: 'windows', os_flavour: 'windows11' } };

  it('a disk on which the setup of Windows 11 refuses to begin', () => {
    const warning = "The disk to boot from has 40.0 GB; the guest's setup wants 64.0 GB.";
    expect(answerTo({ ...windows, volumes: [{ size_gb: 40 }] }).warnings).toEqual([warning]);
    expect(answerTo({ ...windows, volumes: [{ size_gb: 64 }, { size_gb: 1 }] }).warnings).toEqual([]);
    expect(answerTo({ volumes: [{ size_gb: 1 }] }).warnings).toEqual([]);
  });

  it('thin volumes that may outgrow the pool', () => {
    expect(answerTo({ volumes: [{ size_gb: 900 }, { size_gb: 200 }] }).warnings).toEqual([
      expect.stringMatching(/may grow to 1100.0 GB; the pool "protium" has 1000.0 GB left/),
    ]);
  });
});
