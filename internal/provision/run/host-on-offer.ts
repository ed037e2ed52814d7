import { cardMemoryGb } from '../../flavors/card-memory.ts';
import { cardTitle } from '../../flavors/card-name.ts';
import { hostRoom } from '../../flavors/host-room.ts';
import type { HostSituation } from '../../instances/instance.ts';
import { hostIndex, idOf } from '../../placement/host-index.ts';
import { deviceStanding } from '../../placement/device-standing.ts';
import { bundlesOf } from '../../placement/device-bundles.ts';
import { readSpec } from '../../spec/read-spec.ts';
import type { DeviceClass } from './match-devices.ts';
import type { HostOnOffer } from './plan.ts';

/** What of a host a plan is made with: its size, and the graphics cards that could go to a VM. Pure. */
export function hostOnOffer({
  facts,
  claims,
  conditions,
}: HostSituation): Omit<HostOnOffer, 'floatingProblem'> {
  const { threads, memoryMib } = hostRoom(facts);
  const index = hostIndex(facts);
  const idle = deviceStanding(facts, [], [], false);
  const now = deviceStanding(facts, claims, conditions, false);
  const ids = [...new Set(index.displays.map((card) => idOf(card)))].sort();
  const devices = ids.flatMap((id): DeviceClass[] => {
    const [card] = index.devicesById.get(id) ?? [];
    const asking = readSpec({ slots: 1, ramsize: 64, pci: { [id]: 1 } });
    if (card === undefined || !asking.ok) return [];
    const countOn = (standing: typeof idle): number =>
      bundlesOf(id, asking.spec, facts, standing)
        .filter(({ blockers }) => blockers.length === 0)
        .reduce((sum, { counts }) => sum + (counts.get(id) ?? 1), 0);
    const total = countOn(idle);
    if (total === 0) return [];
    const { vendor, model, modelName, bars } = card;
    return [
      {
        id,
        name: modelName === null ? id : cardTitle(modelName),
        memoryGb: cardMemoryGb({ vendor, model, name: modelName, bars }),
        total,
        free: countOn(now),
      },
    ];
  });
  return { threads, memoryMib, arch: facts.cpu.arch, devices };
}
