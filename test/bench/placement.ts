import { claimOfPlan } from '../../internal/instances/claims.ts';
import type { Claim } from '../../internal/placement/claim.ts';
import { planPlacement } from '../../internal/placement/place.ts';
import { fixtureHost } from '../fixtures/hosts/load.ts';
import { inputFor } from '../unit/placement/hosts.ts';
import { short } from './statistics.ts';
import { printTable, type Row } from './table.ts';

const running = 500;
const measuredMs = 3000;
const small = { slots: 2, allowSMT: false, overprovision: 10, ramsize: 1024 };
const cards = (quantity: number) => ({
  ...small,
  pci: [
    { vendor: '10de', model: '24b0', quantity },
    { vendor: '10de', model: '228b', quantity },
  ],
});

/** What is planned, and whether it can be had: three of the eight cards are taken. */
const asked: readonly (readonly [string, object, boolean])[] = [
  ['two cores', small, true],
  ['eight threads', { slots: 8, overprovision: 10, ramsize: 4096 }, true],
  ['one GPU', cards(1), true],
  ['four GPUs', cards(4), true],
  ['six GPUs, refused', cards(6), false],
];

/** Plans a second on 128 cores with eight GPUs and so many running VMs. The claims are counted anew for each plan. */
export async function benchPlacement(): Promise<void> {
  const host = await fixtureHost('epyc-eight-gpu');
  const claims: Claim[] = [];
  for (let vm = 0; vm < running; vm += 1) {
    const answer = planPlacement(inputFor(host, vm < 3 ? cards(1) : small, [...claims]));
    if (!answer.ok) throw new Error(`VM ${vm} has no room: ${JSON.stringify(answer.refusal)}`);
    claims.push(claimOfPlan({ uuid: `vm-${vm}`, name: `vm-${vm}` }, 'instance', answer.plan));
  }
  const rows = asked.map(([what, config, fits]): Row => {
    const input = inputFor(host, config, claims);
    const plan = () => planPlacement({ ...input, claims: [...claims] });
    if (plan().ok !== fits) throw new Error(`"${what}" should ${fits ? '' : 'not '}fit.`);
    for (let i = 0; i < 1000; i += 1) plan();
    let plans = 0;
    const started = performance.now();
    while (performance.now() - started < measuredMs) {
      plan();
      plans += 1;
    }
    const rate = plans / ((performance.now() - started) / 1000);
    return { what: `plan: ${what}`, value: `${short(rate)}/s`, target: '≥ 2000/s', met: rate >= 2000 };
  });
  printTable(`Planning on 128 cores and 8 GPUs with ${running} running VMs`, rows);
}
