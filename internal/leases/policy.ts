import type { Interval, LeaseDemand } from './lease.ts';
import { mostAtOnce } from './most-at-once.ts';
import { durationText, timeText } from './time-text.ts';
import { gpuHoursByWeek } from './gpu-weeks.ts';
import { hourMs, slotAfter, slotBefore } from './zone-time.ts';

/** Who may book how far ahead, how long and how much. */
export interface LeasePolicy {
  /** An IANA zone: on its clocks slots and weeks begin. */
  readonly zone: string;
  /** Leases start and end at whole multiples of it since midnight. */
  readonly granularityMs: number;
  /** How far ahead a lease may start. */
  readonly horizonMs: number;
  readonly minimumMs: number;
  /** null: no limit. */
  readonly maximumMs: number | null;
  /** How many leases an owner may have that have not started; null: no limit. */
  readonly futureLeases: number | null;
  /** Whether leases of one owner may be at the same time. */
  readonly ownOverlap: boolean;
  readonly maxima: {
    readonly default: OwnerMaxima;
    /** By owner; what is not said is as for all. */
    readonly custom: Readonly<Record<string, Partial<OwnerMaxima>>>;
  };
  /** The quota of an owner's project, which holds beside the maxima; absent: there are none. */
  readonly quotaOf?: (owner: string) => LeaseQuota;
  /** The quota of a user, of all leases that they made; absent: there are none. */
  readonly quotaOfUser?: (creator: string) => LeaseQuota;
}

/** What a quota limits of leases. */
export interface LeaseQuota {
  readonly cores: number | null;
  readonly memoryMib: number | null;
  readonly gpuHoursPerWeek: number | null;
}

/** What an owner may have at once, of all leases together; null: no limit but the host's. */
export interface OwnerMaxima {
  readonly cpus: number | null;
  readonly memoryMib: number | null;
  readonly gpus: number | null;
  /** In each week from Monday on, in the zone. */
  readonly gpuHoursPerWeek: number | null;
}

export interface PolicyQuestion {
  readonly owner: string;
  readonly interval: Interval;
  readonly demand: LeaseDemand;
  readonly now: number;
  /** The owner's other leases, also ended ones of weeks that this one touches; not the one that it takes the place of. */
  readonly owned: readonly { readonly interval: Interval; readonly demand: LeaseDemand }[];
  /** Classes of devices that are GPUs: "10de:2489". */
  readonly gpuClasses: ReadonlySet<string>;
  /** It has started: its start is as it was, and not judged again. */
  readonly started?: boolean;
}

export interface PolicyProblem {
  readonly rule:
    | 'granularity'
    | 'past'
    | 'horizon'
    | 'minimum-length'
    | 'maximum-length'
    | 'future-leases'
    | 'own-overlap'
    | 'cpus'
    | 'memory'
    | 'gpus'
    | 'gpu-hours';
  /** What is wrong, and what would be possible. */
  readonly message: string;
}

/** Everything that the policy has against the lease; null: nothing. Pure. */
export function policyProblem(
  policy: LeasePolicy,
  question: PolicyQuestion,
): readonly PolicyProblem[] | null {
  const problems = [...timeProblems(policy, question), ...ownerProblems(policy, question)];
  return problems.length === 0 ? null : problems;
}

function* timeProblems(
  policy: LeasePolicy,
  { interval, now, started }: PolicyQuestion,
): Generator<PolicyProblem> {
  const { zone, granularityMs, horizonMs, minimumMs, maximumMs } = policy;
  const { start, end } = interval;
  const slot = slotBefore(now, granularityMs, zone);
  const length = end - start;
  if (started !== true) {
    if (slotBefore(start, granularityMs, zone) !== start) yield offSlot('start', start, policy);
    if (start < slot) {
      yield {
        rule: 'past',
        message: `The start, ${timeText(start, zone)}, is past. The earliest is ${timeText(slot, zone)}.`,
      };
    }
    if (start > slot + horizonMs) {
      const last = timeText(slot + horizonMs, zone);
      yield {
        rule: 'horizon',
        message: `The start, ${timeText(start, zone)}, is more than ${durationText(horizonMs)} ahead. The latest is ${last}.`,
      };
    }
  }
  if (slotBefore(end, granularityMs, zone) !== end) yield offSlot('end', end, policy);
  if (length < minimumMs) {
    const message =
      length <= 0
        ? `The end, ${timeText(end, zone)}, is not after the start.`
        : `The lease is ${durationText(length)} long.`;
    yield { rule: 'minimum-length', message: `${message} The shortest lease is ${durationText(minimumMs)}.` };
  }
  if (maximumMs !== null && length > maximumMs) {
    const last = timeText(start + maximumMs, zone);
    yield {
      rule: 'maximum-length',
      message: `The lease is ${durationText(length)} long; at most ${durationText(maximumMs)} are allowed. The latest end is ${last}.`,
    };
  }
}

function offSlot(
  which: 'start' | 'end',
  instant: number,
  { granularityMs, zone }: LeasePolicy,
): PolicyProblem {
  const [before, after] = [
    slotBefore(instant, granularityMs, zone),
    slotAfter(instant, granularityMs, zone),
  ].map((slot) => timeText(slot, zone));
  return {
    rule: 'granularity',
    message: `The ${which}, ${timeText(instant, zone)}, is between slots of ${durationText(granularityMs)}. Take ${before ?? ''} or ${after ?? ''}.`,
  };
}

/** What holds for the owner: his own limits before those for all. */
export function maximaOf({ maxima, quotaOf }: LeasePolicy, owner: string): OwnerMaxima {
  const own = { ...maxima.default, ...(Object.hasOwn(maxima.custom, owner) ? maxima.custom[owner] : {}) };
  const quota = quotaOf?.(owner);
  if (quota === undefined) return own;
  return {
    ...own,
    cpus: lesser(own.cpus, quota.cores),
    memoryMib: lesser(own.memoryMib, quota.memoryMib),
    gpuHoursPerWeek: lesser(own.gpuHoursPerWeek, quota.gpuHoursPerWeek),
  };
}

function lesser(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function* ownerProblems(policy: LeasePolicy, question: PolicyQuestion): Generator<PolicyProblem> {
  const { owner, interval, demand, now, owned, gpuClasses, started } = question;
  const { futureLeases, ownOverlap, zone } = policy;
  if (!(interval.start < interval.end)) return;
  const future = owned.filter((other) => other.interval.start > now).length;
  if (futureLeases !== null && started !== true && future >= futureLeases) {
    yield {
      rule: 'future-leases',
      message: `There are ${future} leases that have not started; at most ${futureLeases} are allowed. Cancel one, or wait until one starts.`,
    };
  }
  const same = owned.filter(
    (other) => other.interval.start < interval.end && interval.start < other.interval.end,
  );
  const [first] = [...same].sort((a, b) => a.interval.start - b.interval.start);
  if (!ownOverlap && first !== undefined) {
    const { start, end } = first.interval;
    yield {
      rule: 'own-overlap',
      message: `Another lease of the same owner is from ${timeText(start, zone)} to ${timeText(end, zone)}. Start when it has ended, or end before it starts.`,
    };
  }
  const maxima = maximaOf(policy, owner);
  const gpus = (of: LeaseDemand): number => gpusOf(of, gpuClasses);
  const kinds: readonly (readonly [
    PolicyProblem['rule'],
    number | null,
    string,
    (of: LeaseDemand) => number,
  ])[] = [
    ['cpus', maxima.cpus, 'cpus', (of) => of.slots],
    ['memory', maxima.memoryMib, 'MiB of memory', (of) => of.memoryMib],
    ['gpus', maxima.gpus, 'GPUs', gpus],
  ];
  for (const [rule, limit, what, amountOf] of kinds) {
    const own = amountOf(demand);
    if (limit === null || own === 0) continue;
    const others = mostAtOnce(
      interval,
      same.map((other) => ({ ...other.interval, amount: amountOf(other.demand) })),
    );
    if (own + others <= limit) continue;
    const had = others === 0 ? '' : `; other leases of the owner have ${others} in that time`;
    yield {
      rule,
      message: `${own} ${what} are wanted; at most ${limit} are allowed${had}. ${Math.max(0, limit - others)} would be possible.`,
    };
  }
  const hours = maxima.gpuHoursPerWeek;
  if (hours === null || gpus(demand) === 0) return;
  const spent = owned.map((other) => ({ interval: other.interval, gpus: gpus(other.demand) }));
  for (const week of gpuHoursByWeek({ interval, gpus: gpus(demand) }, spent, zone)) {
    if (week.wanted + week.others <= hours) continue;
    const left = Math.max(0, hours - week.others);
    const length = durationText(Math.floor((left / gpus(demand)) * hourMs));
    yield {
      rule: 'gpu-hours',
      message: `In the week of ${timeText(week.start, zone)} the lease takes ${rounded(week.wanted)} GPU-hours, of ${hours} allowed ${rounded(week.others)} are booked. ${rounded(left)} are left in it${left > 0 ? `: ${length} with these GPUs` : ''}.`,
    };
  }
}

/** How many of the devices are GPUs. */
export function gpusOf({ devices }: LeaseDemand, gpuClasses: ReadonlySet<string>): number {
  return devices.reduce(
    (sum, { vendor, model, quantity }) => sum + (gpuClasses.has(`${vendor}:${model}`) ? quantity : 0),
    0,
  );
}

function rounded(hours: number): string {
  return String(Number(hours.toFixed(2)));
}
