import { ProtiumError } from '../errors/protium-error.ts';
import type { LeaseBook, LeaseCapacity, LeaseDemand, LeaseShortage, Interval } from './lease.ts';
import { shownTime } from './shown-time.ts';

const units = {
  cores: 'cores',
  memory: 'MiB of memory',
  hugepages: 'MiB of huge pages',
  devices: '',
} as const;

/** A shortage as a sentence. */
export function shownShortage({ resource, device, at, wanted, available }: LeaseShortage): string {
  const what = device === null ? units[resource] : `devices ${device}`;
  return `From ${shownTime(at)} on ${available} of ${wanted} ${what} are free.`;
}

export function shownInterval({ start, end }: Interval): string {
  return `${shownTime(start)} to ${shownTime(end)}`;
}

/**
 * What is told of a booking that does not fit: each shortage, and the next start at which it would; or that it never would.
 *
 * @param next the next start at which it can be booked; undefined: there is none
 * @param empty a book in which nothing is: what does not fit there never does
 */
export function conflict(parts: {
  readonly shortages: readonly LeaseShortage[];
  readonly interval: Interval;
  readonly demand: LeaseDemand;
  readonly next: () => number | undefined;
  readonly empty: Pick<LeaseBook, 'check'>;
  readonly capacity: LeaseCapacity;
}): ProtiumError {
  const { shortages, interval, demand, capacity } = parts;
  const never = parts.empty.check({ interval, demand }, { ...capacity, standing: [] });
  if (never !== null) {
    const most = never.map(
      ({ resource, device, wanted, available }) =>
        `${device === null ? units[resource] : `devices ${device}`}: ${wanted} asked for, ${available} at most`,
    );
    return new ProtiumError('host-incapable', `This host never has that much to lease. ${most.join('; ')}.`, {
      details: { reasons: most },
    });
  }
  const next = parts.next();
  const texts = shortages.map(shownShortage);
  const way =
    next === undefined
      ? 'No time as long as that is free as far ahead as may be booked: ask for less, or for a shorter time.'
      : `The next start at which it fits: ${shownTime(next)}.`;
  return new ProtiumError(
    'lease-conflict',
    `It does not fit from ${shownInterval(interval)}. ${texts.join(' ')} ${way}`,
    {
      details: {
        shortages: texts,
        start: shownTime(interval.start),
        end: shownTime(interval.end),
        ...(next === undefined ? {} : { nextStart: shownTime(next) }),
      },
    },
  );
}
