import { bookableStarts, type StartWindow } from './bookable-starts.ts';
import type { Interval, Lease, LeaseDemand } from './lease.ts';
import type { CreateLease } from './leases.ts';
import { policyProblem, type LeasePolicy } from './policy.ts';
import { occurrences } from './recurrence.ts';
import { readRecurrence } from './recurrence-input.ts';
import { userPolicy, userProblems } from './user-policy.ts';
import { requireZone, slotBefore, wallTimeOf } from './zone-time.ts';

/** The operator's rules of leases, as they are at this moment. */
export interface LeaseRules {
  /** When a lease starts that starts now: the slot that it is. */
  startNow(now: number): number;
  /** The last moment at which a lease may start. */
  horizon(now: number): number;
  /** What stands against it, in sentences, each with what would be possible; empty: nothing. */
  problems(request: {
    readonly owner: string;
    readonly intervals: readonly Interval[];
    readonly demand: LeaseDemand;
    readonly now: number;
    /** The owner's other leases, ended ones too. */
    readonly own: readonly Pick<Lease, 'interval' | 'demand'>[];
    /** Who makes it, and their other leases in all projects. */
    readonly creator?: string | undefined;
    readonly made: readonly Pick<Lease, 'interval' | 'demand'>[];
    /** It has begun: its start is not judged. */
    readonly begun: boolean;
  }): readonly string[];
  /** Of starts at which there is room those at which nothing stands against it. */
  starts(
    request: {
      readonly owner: string;
      readonly demand: LeaseDemand;
      readonly lengthMs: number;
      readonly now: number;
      readonly own: readonly Pick<Lease, 'interval' | 'demand'>[];
      readonly creator?: string | undefined;
      readonly made: readonly Pick<Lease, 'interval' | 'demand'>[];
    },
    windows: Iterable<StartWindow>,
  ): Iterable<StartWindow>;
  /** Throws `argument-invalid`. */
  occurrences(first: Interval, repeat: NonNullable<CreateLease['repeat']>): readonly Interval[];
}

/** @param gpuClasses classes of devices that are GPUs: "10de:2489" */
export function leaseRules(policy: LeasePolicy, gpuClasses: ReadonlySet<string>): LeaseRules {
  const { granularityMs, zone, horizonMs } = policy;
  const startNow = (now: number): number => slotBefore(now, granularityMs, zone);
  return {
    startNow,
    horizon: (now) => startNow(now) + horizonMs,
    problems({ owner, intervals, demand, now, own, creator, made, begun: started }) {
      const ofUser = userPolicy(policy, creator);
      const found = intervals.flatMap((interval, index) => {
        const before = intervals.slice(0, index).map((each) => ({ interval: each, demand }));
        const question = { owner, interval, demand, now, owned: [...own, ...before], gpuClasses, started };
        const found = (policyProblem(policy, question) ?? []).map(({ message }) => message);
        if (ofUser === null) return found;
        return [
          ...found,
          ...userProblems(policyProblem(ofUser, { ...question, owned: [...made, ...before] })),
        ];
      });
      return [...new Set(found)];
    },
    starts({ own: owned, creator, made, ...request }, windows) {
      const allowed = bookableStarts(policy, { ...request, owned, gpuClasses }, windows);
      const ofUser = userPolicy(policy, creator);
      if (ofUser === null) return allowed;
      return bookableStarts(ofUser, { ...request, owned: made, gpuClasses }, allowed);
    },
    occurrences: (first, repeat) => repeated(first, repeat, zone),
  };
}

/** `weekly:MO,WE` is `weekly on MO,WE`; a last moment beside it is the last day in its zone. */
function repeated(
  first: Interval,
  { rule, until, timeZone }: NonNullable<CreateLease['repeat']>,
  policyZone: string,
): readonly Interval[] {
  const zone = timeZone === null ? policyZone : requireZone(timeZone, 'time_zone');
  const text = rule.trim().replace(/^(weekly|every \d+ weeks?):/i, '$1 on ');
  const day = until === null ? null : wallTimeOf(until, zone);
  const two = (number: number): string => String(number).padStart(2, '0');
  const last = day === null ? '' : ` until ${day.year}-${two(day.month)}-${two(day.day)}`;
  return occurrences(readRecurrence(text + last), first, zone);
}
