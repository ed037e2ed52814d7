import { gpuHoursByWeek, mondayOf } from './gpu-weeks.ts';
import type { Interval } from './lease.ts';
import { gpusOf, maximaOf, policyProblem, type LeasePolicy, type PolicyQuestion } from './policy.ts';
import { hourMs, minuteMs, offsetChanges, slotAfter, slotBefore } from './zone-time.ts';

/** Starts from the first to the last of them. */
export interface StartWindow {
  readonly start: number;
  readonly latestStart: number;
}

/** A lease that is looked for: all but its time is known. */
export type StartQuestion = Omit<PolicyQuestion, 'interval' | 'started'> & { readonly lengthMs: number };

/**
 * Of starts at which there is room, those that the policy allows too, on its slots: whatever is answered can be booked. Pure.
 *
 * Where a start moves on, what the policy says changes only where the lease begins or ends to meet another one, a week or
 * another offset of the clocks, but for the hours in a week, which grow and shrink in step with it. So it is cut there, and
 * asked once for each piece.
 */
export function* bookableStarts(
  policy: LeasePolicy,
  question: StartQuestion,
  windows: Iterable<StartWindow>,
): Generator<StartWindow> {
  for (const window of windows) {
    let open: StartWindow | null = null;
    for (const piece of piecesOf(policy, question, window)) {
      if (open !== null && slotAfter(open.latestStart + 1, policy.granularityMs, policy.zone) === piece.start)
        open = { start: open.start, latestStart: piece.latestStart };
      else {
        if (open !== null) yield open;
        open = piece;
      }
    }
    if (open !== null) yield open;
  }
}

function* piecesOf(
  policy: LeasePolicy,
  question: StartQuestion,
  { start, latestStart }: StartWindow,
): Generator<StartWindow> {
  const { granularityMs, zone } = policy;
  const cuts = cutsIn(policy, question, { start, end: latestStart + question.lengthMs });
  const inside = [...new Set(cuts)].filter((cut) => start < cut && cut <= latestStart).sort((a, b) => a - b);
  const begins = [start, ...inside];
  for (const [place, begin] of begins.entries()) {
    const piece = {
      start: slotAfter(begin, granularityMs, zone),
      latestStart: slotBefore((begins[place + 1] ?? latestStart + 1) - 1, granularityMs, zone),
    };
    if (piece.start > piece.latestStart) continue;
    const allowed = withinHours(policy, question, piece);
    if (allowed === null) continue;
    if (isAllowed(policy, question, allowed.start) && isAllowed(policy, question, allowed.latestStart))
      yield allowed;
  }
}

/** The first starts of pieces in which the policy says the same of all. */
function cutsIn(policy: LeasePolicy, question: StartQuestion, within: Interval): readonly number[] {
  const { zone, granularityMs, ownOverlap } = policy;
  const { lengthMs, owned, owner } = question;
  const { cpus, memoryMib, gpus, gpuHoursPerWeek } = maximaOf(policy, owner);
  const cuts: number[] = [];
  const meets = (instant: number): number => cuts.push(instant, instant - lengthMs + 1);
  if (!ownOverlap || [cpus, memoryMib, gpus, gpuHoursPerWeek].some((maximum) => maximum !== null)) {
    for (const { interval } of owned) {
      if (interval.start < within.end && within.start < interval.end) {
        meets(interval.start);
        meets(interval.end);
      }
    }
  }
  if (gpuHoursPerWeek !== null) {
    for (let week = mondayOf(within.start, zone, 7); week < within.end; week = mondayOf(week, zone, 7)) {
      meets(week);
    }
  }
  // Zones change by half an hour or whole ones: shorter slots stay where they are.
  if ((30 * minuteMs) % granularityMs !== 0) {
    for (const change of offsetChanges(within, zone)) cuts.push(change, change - lengthMs);
  }
  return cuts;
}

/** The part of the piece in which no week has more GPU-hours than the owner may have; null: there is none. */
function withinHours(
  policy: LeasePolicy,
  { owner, demand, owned, gpuClasses, lengthMs }: StartQuestion,
  piece: StartWindow,
): StartWindow | null {
  const limit = maximaOf(policy, owner).gpuHoursPerWeek;
  const gpus = gpusOf(demand, gpuClasses);
  if (limit === null || gpus === 0) return piece;
  const { zone, granularityMs } = policy;
  const spent = owned.map((other) => ({ interval: other.interval, gpus: gpusOf(other.demand, gpuClasses) }));
  const weeksAt = (start: number) =>
    gpuHoursByWeek({ interval: { start, end: start + lengthMs }, gpus }, spent, zone);
  const last = new Map(weeksAt(piece.latestStart).map((week) => [week.start, week.wanted]));
  let [least, most] = [piece.start, piece.latestStart];
  for (const { start, wanted, others } of weeksAt(piece.start)) {
    const room = limit - others;
    const change = (last.get(start) ?? 0) - wanted;
    const at = piece.start + ((room - wanted) / gpus) * hourMs;
    if (change > 0) most = Math.min(most, slotBefore(Math.floor(at + tinyMs), granularityMs, zone));
    else if (change < 0) {
      const from = piece.start + ((wanted - room) / gpus) * hourMs;
      least = Math.max(least, slotAfter(Math.ceil(from - tinyMs), granularityMs, zone));
    } else if (wanted > room) return null;
  }
  return least <= most ? { start: least, latestStart: most } : null;
}

/** Sums of hours are no more wrong than that. */
const tinyMs = 1e-3;

function isAllowed(policy: LeasePolicy, question: StartQuestion, start: number): boolean {
  const interval = { start, end: start + question.lengthMs };
  return policyProblem(policy, { ...question, interval }) === null;
}
