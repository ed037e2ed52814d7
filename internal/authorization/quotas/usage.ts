import type { InstanceList } from '../../instances/instance-list.ts';
import type { RegisterInput } from '../../instances/register/shape.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Plan } from '../../placement/plan.ts';
import type { VolumeOwners } from '../../subscriptions/volume-owners.ts';
import { nothing, sumOf, type Amounts } from './quota.ts';
import type { Settled } from './quotas.ts';

/** How many bytes images take up. */
export interface ImageUsage {
  ofProject(project: string): number;
  madeBy(user: string): number;
}

/** What a project has, and what a user made: instances, those that are being made, volumes and images. */
export function createUsage(parts: {
  readonly instances: Pick<InstanceList, 'list'>;
  readonly underway: () => readonly RegisterInput[];
  readonly view: Pick<LiveView, 'volumes'>;
  readonly volumes: Pick<VolumeOwners, 'placesOf' | 'placesMadeBy'>;
  readonly images: ImageUsage;
}): Settled {
  const { instances, view, volumes, images } = parts;
  const amounts = (
    isTheirs: (of: Pick<RegisterInput, 'owner' | 'creator'>) => boolean,
    places: Set<string>,
    imageBytes: number,
  ): Amounts => {
    const underway = parts.underway().filter(isTheirs);
    const uuids = new Set(underway.map(({ uuid }) => uuid));
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
      { ...nothing, diskBytes: diskBytes + imageBytes },
      // One that is there already while its operation ends counts once.
      ...instances
        .list()
        .filter((instance) => isTheirs(instance) && !uuids.has(instance.uuid))
        .map(({ plan }) => amountsOfPlan(plan)),
      ...underway.map(amountsOfRegister),
    ]);
  };
  return {
    ofProject: (project) =>
      amounts(
        ({ owner }) => owner === project,
        new Set(volumes.placesOf(project)),
        images.ofProject(project),
      ),
    madeBy: (user) =>
      amounts(({ creator }) => creator === user, new Set(volumes.placesMadeBy(user)), images.madeBy(user)),
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
