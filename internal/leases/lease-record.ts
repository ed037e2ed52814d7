import type { Plan } from '../placement/plan.ts';
import type { Lease, LeaseDemand } from './lease.ts';

/** A warning that was given: of which end, and how long before it. */
export interface GivenWarning {
  readonly end: number;
  readonly beforeMs: number;
}

/** A lease with what only those who run it need. */
export interface LeaseRecord extends Lease {
  /** Where on the host it is, from its start on; null: nowhere yet. */
  readonly held: Pick<Plan, 'cpu' | 'memory' | 'pci'> | null;
  /** The last one; null: none. */
  readonly warned: GivenWarning | null;
  /** How often it could not be started or ended. */
  readonly attempts: number;
  /** Not tried again before. */
  readonly retryAt: number;
  /** Of the run of the host in which its instance was started last; null: none was. */
  readonly bootId: string | null;
}

/** An instance that does not hold its part of the host for ever. */
export interface TimedInstance {
  /** uuid */
  readonly instance: string;
  /** `backfill`: on room that is leased later. `released`: its lease is over; it holds nothing while it is off. */
  readonly kind: 'backfill' | 'released';
  readonly owner: string;
  readonly name: string;
  readonly demand: LeaseDemand;
  readonly devices: readonly string[];
  readonly since: number;
  /** Of a backfill: it is off by then. */
  readonly until: number | null;
  readonly warned: GivenWarning | null;
}

/** It has a part of the host, or will. */
export function isLive({ state }: Pick<Lease, 'state'>): boolean {
  return state === 'pending' || state === 'active' || state === 'ending';
}
