import type { Interval, Lease, LeaseDemand } from './lease.ts';
import type { CreateLease } from './leases.ts';

/** The operator's rules of leases, as they are at this moment. */
export interface LeaseRules {
  /** Starts are multiples of it since 1970. */
  readonly granularityMs: number;
  /** The last moment at which a lease of the owner may start. */
  horizonOf(owner: string, now: number): number;
  /** What stands against it, in sentences, each with what would be possible; empty: nothing. */
  problems(request: {
    readonly owner: string;
    readonly intervals: readonly Interval[];
    readonly demand: LeaseDemand;
    readonly now: number;
    /** The owner's other leases, ended ones too. */
    readonly own: readonly Lease[];
    /** It is there already, and gets another time. */
    readonly moved: boolean;
  }): readonly string[];
  /** Throws `argument-invalid`. */
  occurrences(first: Interval, repeat: NonNullable<CreateLease['repeat']>, now: number): readonly Interval[];
}
