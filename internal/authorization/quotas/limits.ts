import type { InstanceList } from '../../instances/instance-list.ts';
import type { ProjectLimits } from '../../instances/project-limits.ts';
import type { RegisterInput } from '../../instances/register/shape.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Plan } from '../../placement/plan.ts';
import type { VolumeOwners } from '../../subscriptions/volume-owners.ts';
import type { Amounts } from './quota.ts';
import type { QuotaStore } from './quota-store.ts';
import { createQuotas, type CountsFor, type Quotas } from './quotas.ts';
import { amountsOfPlan, amountsOfRegister, createUsage, type ImageUsage } from './usage.ts';

/** Quotas, and what instances are limited by. */
export function createProjectLimits(parts: {
  readonly store: Pick<QuotaStore, 'quota' | 'quotaOfUser' | 'devices'>;
  readonly instances: InstanceList;
  readonly view: Pick<LiveView, 'volumes'>;
  readonly volumes: Pick<VolumeOwners, 'placesOf' | 'placesMadeBy'>;
  /** What images take up. */
  readonly images: ImageUsage;
  /** Of a user of that id; undefined: there is none (any more). */
  readonly userName: (user: string) => string | undefined;
}): { readonly limits: ProjectLimits; readonly quotas: Quotas } {
  const { store, instances, view, volumes, images, userName } = parts;
  let underway: () => readonly RegisterInput[] = () => [];
  const usage = createUsage({ instances, view, volumes, images, underway: () => underway() });
  const quotas = createQuotas(store, usage, userName);
  const whose = (of: { readonly owner: string; readonly creator?: string }): CountsFor => ({
    project: of.owner,
    user: of.creator,
  });
  return {
    quotas,
    limits: {
      requireNew: (register) => quotas.require(whose(register), amountsOfRegister(register)),
      requireChange(uuid, before, after, operation) {
        const instance = instances.get(uuid);
        if (instance === undefined) return;
        const more = moreOf(before, after);
        if (operation === null) quotas.require(whose(instance), more);
        else quotas.hold(operation, whose(instance), more);
      },
      release: (operation) => quotas.release(operation),
      devices: (owner) => store.devices(owner),
      open: (inputs) => void (underway = inputs),
    },
  };
}

/** What the one has more than the other; of what it has less, nothing is given back before it is so. */
function moreOf(before: Plan, after: Plan): Amounts {
  const [had, has] = [amountsOfPlan(before), amountsOfPlan(after)];
  return {
    instances: 0,
    cores: Math.max(0, has.cores - had.cores),
    memoryMib: Math.max(0, has.memoryMib - had.memoryMib),
    diskBytes: 0,
    devices: Object.fromEntries(
      Object.entries(has.devices).map(([of, count]) => [of, Math.max(0, count - (had.devices[of] ?? 0))]),
    ),
  };
}
