import { DateTime } from 'luxon';
import type { Interval } from './lease.ts';
import type { CreateLease } from './leases.ts';
import type { LeaseRules } from './lease-rules.ts';
import { occurrences } from './recurrence.ts';
import { readRecurrence } from './recurrence-input.ts';
import { requireZone, wallTimeOf } from './zone-time.ts';

/** Until the policy is there. */
export function leaseRules(_policy: unknown): LeaseRules {
  return {
    granularityMs: 1000,
    horizonOf: (_owner, now) => now + 14 * 86_400_000,
    problems: () => [],
    occurrences: (first, repeat) => repeated(first, repeat),
  };
}

/** `weekly:MO,WE` is `weekly on MO,WE`; a last moment beside it is the last day in its zone. */
function repeated(
  first: Interval,
  { rule, until, timeZone }: NonNullable<CreateLease['repeat']>,
): readonly Interval[] {
  const zone = requireZone(timeZone ?? DateTime.local().zoneName, 'time_zone');
  const text = rule.trim().replace(/^(weekly|every \d+ weeks?):/i, '$1 on ');
  const day = until === null ? null : wallTimeOf(until, zone);
  const two = (number: number): string => String(number).padStart(2, '0');
  const last = day === null ? '' : ` until ${day.year}-${two(day.month)}-${two(day.day)}`;
  return occurrences(readRecurrence(text + last), first, zone);
}
