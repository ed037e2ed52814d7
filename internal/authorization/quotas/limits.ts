import type { InstanceList } from '../../instances/instance-list.ts';
import type { ProjectLimits } from '../../instances/project-limits.ts';
import type { RegisterInput } from '../../instances/register/shape.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Plan } from '../../placement/plan.ts';
import type { VolumeOwners } from '../../subscriptions/volume-owners.ts';
import type { Amounts } from './quota.ts';
import type { QuotaStore } from './quota-store.ts';
import { createQuotas, type Quotas } from './quotas.ts';
import { amountsOfPlan, amountsOfRegister, createUsage } from './usage.ts';

/** Quotas, and what instances are limited by. */
export function createProjectLimits(parts: {
  readonly store: Pick<QuotaStore, 'quota' | 'devices'>;
  readonly instances: InstanceList;
  readonly view: Pick<LiveView, 'volumes'>;
  readonly volumes: Pick<VolumeOwners, 'placesOf'>;
  /** What the images of a project take up. */
  readonly imageBytes: (project: string) => number;
}): { readonly limits: ProjectLimits; readonly quotas: Quotas } {
  const { store, instances, view, volumes, imageBytes } = parts;
  let underway: () => readonly RegisterInput[] = () => [];
  const usage = createUsage({ instances, view, volumes, imageBytes, underway: () => underway() });
  const quotas = createQuotas(store, usage);
  return {
    quotas,
    limits: {
      requireNew: (register) => quotas.require(register.owner, amountsOfRegister(register)),
      requireChange(uuid, before, after, operation) {
        const owner = instances.get(uuid)?.owner;
        if (owner === undefined) return;
        const more = moreOf(before, after);
        if (operation === null) quotas.require(owner, more);
        else quotas.hold(operation, owner, more);
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
