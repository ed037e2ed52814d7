/** A stretch of time in which a domain was active without a break. All times in milliseconds. */
export interface Run {
  readonly id: string;
  readonly owner: string;
  /** uuid */
  readonly instance: string;
  readonly name: string;
  readonly tag: string | null;
  readonly flavor: string | null;
  /** The subscription that pays for it; null: none does. */
  readonly subscription: string | null;
  /** As it was at launch; null: not known yet. */
  readonly pricePerHour: number | null;
  /** Since 1970. Never before the end of the instance's run before. */
  readonly startedAt: number;
  /** null: it is open. */
  readonly endedAt: number | null;
  /** How long it is known to have run: by the clock that nobody sets. */
  readonly ran: number;
  /** When that was known last, and of which start of the domain. */
  readonly seen: Sighting;
}

/** When a domain was seen running. */
export interface Sighting {
  readonly moment: Moment;
  /** libvirt's running id: another one after each start. */
  readonly domainId: number;
}

/** One moment, by two clocks. */
export interface Moment {
  /** Since 1970; it may be set. */
  readonly wall: number;
  /** Since the host was booted; nobody sets it, and it stands still while the host sleeps. */
  readonly uptime: number;
  readonly bootId: string;
}

/** What is seen of the domain of a run. */
export interface Seen {
  /** libvirt's running id; null: it does not run. */
  readonly domainId: number | null;
  /** Nothing can have happened unseen since it was seen before. */
  readonly followed: boolean;
}

/** The wall clock and the host's uptime may drift apart by this much before the clock counts as set. */
const toleranceMs = 10_000;

/**
 * An open run, by what is seen of its domain now. One whose domain stopped while nobody looked ended when it was last known to
 * run. When the clock is set, the run moves along, as if it had been right from the start: what was measured stays.
 *
 * @param earliest when the run of the instance before ended; null: this is the first
 */
export function settle(run: Run, { domainId, followed }: Seen, now: Moment, earliest: number | null): Run {
  const elapsed = elapsedSince(run.seen.moment, now);
  if (elapsed === null) return ended(run);
  if (domainId !== run.seen.domainId) return ended(followed ? { ...run, ran: run.ran + elapsed } : run);
  const jump = now.wall - run.seen.moment.wall - elapsed;
  const startedAt =
    Math.abs(jump) > toleranceMs ? Math.max(run.startedAt + jump, earliest ?? 0) : run.startedAt;
  return { ...run, startedAt, ran: run.ran + elapsed, seen: { moment: now, domainId } };
}

/** The same, ended when it was seen last. */
export function ended(run: Run): Run {
  return { ...run, endedAt: run.startedAt + run.ran };
}

/** How long it has run by now, if its domain still does: for showing it. */
export function ranBy(run: Run, now: Moment): number {
  return run.ran + (run.endedAt === null ? (elapsedSince(run.seen.moment, now) ?? 0) : 0);
}

/** A run that begins now, after all earlier ones of its instance. */
export function begun(
  what: Omit<Run, 'startedAt' | 'endedAt' | 'ran' | 'seen'>,
  seen: Sighting,
  lastEndedAt: number | null,
): Run {
  const startedAt = Math.max(seen.moment.wall, lastEndedAt ?? 0);
  return { ...what, startedAt, endedAt: null, ran: 0, seen };
}

/** null: the host was booted since. */
function elapsedSince(before: Moment, now: Moment): number | null {
  const elapsed = now.uptime - before.uptime;
  return before.bootId === now.bootId && elapsed >= 0 ? elapsed : null;
}
