import type { InstanceList } from '../../instances/instance-list.ts';
import type { RegisterInput } from '../../instances/register/shape.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Plan } from '../../placement/plan.ts';
import type { VolumeOwners } from '../../subscriptions/volume-owners.ts';
import { nothing, sumOf, type Amounts } from './quota.ts';

/** What a project has: its instances, those that are being made, and its volumes. */
export function createUsage(parts: {
  readonly instances: Pick<InstanceList, 'list'>;
  readonly underway: () => readonly RegisterInput[];
  readonly view: Pick<LiveView, 'volumes'>;
  readonly volumes: Pick<VolumeOwners, 'placesOf'>;
  readonly imageBytes: (project: string) => number;
}): (project: string) => Amounts {
  const { instances, view, volumes } = parts;
  return (project) => {
    const underway = parts.underway().filter(({ owner }) => owner === project);
    const uuids = new Set(underway.map(({ uuid }) => uuid));
    const places = new Set(volumes.placesOf(project));
    // Counted with the instances that they are made for.
    for (const volume of underway.flatMap((each) => each.volumes)) {
      if (volume.action === 'create') places.delete(`${volume.pool}/${volume.name}`);
    }
    const diskBytes = view
      .volumes()
      .reduce(
        (sum, { pool, name, capacityBytes }) =>
          sum + (places.has(`${pool}/${name}`) ? Number(capacityBytes) : 0),
        0,
      );
    return sumOf([
      { ...nothing, diskBytes: diskBytes + parts.imageBytes(project) },
      // One that is there already while its operation ends counts once.
      ...instances.list(project).flatMap(({ uuid, plan }) => (uuids.has(uuid) ? [] : amountsOfPlan(plan))),
      ...underway.map(amountsOfRegister),
    ]);
  };
}

/** What an instance has beside its disks. */
export function amountsOfPlan({ cpu, memory, pci }: Pick<Plan, 'cpu' | 'memory' | 'pci'>): Amounts {
  return {
    instances: 1,
    cores: cpu.slots,
    memoryMib: memory.mib,
    diskBytes: 0,
    devices: devicesOfPlan(pci),
  };
}

/** What an instance is to have, with the disks that are made for it. */
export function amountsOfRegister({ plan, volumes }: Pick<RegisterInput, 'plan' | 'volumes'>): Amounts {
  const diskBytes = volumes.reduce(
    (sum, volume) => sum + (volume.action === 'create' ? (volume.sizeBytes ?? 0) : 0),
    0,
  );
  return { ...amountsOfPlan(plan), diskBytes };
}

/** Those that were asked for: what comes along with one, since it shares its slot, is no card of its own. */
function devicesOfPlan(pci: Plan['pci']): Amounts['devices'] {
  const counts: Record<string, number> = {};
  for (const { vendor, model, reason } of pci) {
    if (reason !== 'requested') continue;
    counts[`${vendor}:${model}`] = (counts[`${vendor}:${model}`] ?? 0) + 1;
  }
  return counts;
}
