import { ProtiumError } from '../../errors/protium-error.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import type { Plan } from '../../placement/plan.ts';
import type { Spec } from '../../spec/spec.ts';
import { claimOfPlan } from '../claims.ts';
import type { HostSituations } from '../host-situation.ts';
import type { PendingInstances } from '../pending.ts';
import { ChangedClaims } from './changed-claims.ts';
import type { ProjectLimits } from '../project-limits.ts';
import { refusedByHost } from './refused-by-host.ts';

/** What an instance is to have instead of what it has. */
export interface Rebooking {
  readonly uuid: string;
  readonly domain: string;
  /** The plan that it has. */
  readonly plan: Plan;
  readonly spec: Spec;
  /** Of its guest, as it runs: what the host counts as used now. */
  readonly residentMib: number;
  /** For a host device at this address; null: any of its kind. */
  readonly onlyAt?: string | null;
}

interface BookingParts {
  readonly situations: HostSituations;
  readonly pending: Pick<PendingInstances, 'disks' | 'domainNames'>;
  readonly locks: KeyedLock;
  readonly limits: Pick<ProjectLimits, 'requireChange' | 'release'>;
}

/** Finds a place for what instances are to have instead, and holds it until the operation has ended. */
export class Booking {
  readonly held = new ChangedClaims();
  #parts: BookingParts | null = null;

  /** The definitions of operations are there before the engine that plans with. */
  open(parts: BookingParts): void {
    this.#parts = parts;
  }

  /** Files that are about to be disks of other VMs, with the names of these. */
  promisedDisks(): ReturnType<PendingInstances['disks']> {
    return this.#parts?.pending.disks() ?? [];
  }

  /** Names of domains that are about to be. */
  promisedNames(): ReadonlySet<string> {
    return this.#parts?.pending.domainNames() ?? new Set();
  }

  /**
   * A dry run; what was planned was merged into what the instance has. Rejects with ProtiumError `host-incapable` with every
   * reason, and `quota-exceeded`.
   */
  async try(rebooking: Rebooking, merge: (plan: Plan) => Plan): Promise<Plan> {
    const plan = merge(await this.#plan(rebooking));
    this.#parts?.limits.requireChange(rebooking.uuid, rebooking.plan, plan, null);
    return plan;
  }

  async #plan(rebooking: Rebooking): Promise<Plan> {
    if (this.#parts === null) throw new ProtiumError('internal', 'Nothing can be planned yet.');
    const answer = await this.#parts.situations.replan(rebooking);
    if (!answer.ok) throw refusedByHost(answer.refusal);
    return answer.plan;
  }

  /**
   * Plans and holds, one after the other: what one gets, the next one cannot. What the plan was made of stays with the plan
   * that is answered: `merge` puts them together.
   */
  async book(operationId: string, rebooking: Rebooking, merge: (plan: Plan) => Plan): Promise<Plan> {
    if (this.#parts === null) throw new ProtiumError('internal', 'Nothing can be planned yet.');
    const { limits } = this.#parts;
    return this.#parts.locks.run(['allocation'], async () => {
      const plan = merge(await this.#plan(rebooking));
      limits.requireChange(rebooking.uuid, rebooking.plan, plan, operationId);
      const holder = { uuid: rebooking.uuid, name: rebooking.domain };
      this.held.hold(operationId, claimOfPlan(holder, 'operation', plan));
      return plan;
    });
  }

  release(operationId: string): void {
    this.held.release(operationId);
    this.#parts?.limits.release(operationId);
  }
}
