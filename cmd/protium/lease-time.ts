import { InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import { readDuration } from '../../internal/leases/duration-input.ts';
import { readTime } from '../../internal/leases/time-input.ts';
import { Failure } from './failure.ts';

/** 90s, 30m, 8h, 2d, 1d12h, PT8H, in seconds. */
export function parseDuration(text: string): number {
  try {
    return Math.max(1, Math.round(readDuration(text, 'duration') / 1000));
  } catch (error) {
    throw error instanceof ProtiumError ? new InvalidArgumentError(error.message) : error;
  }
}

/** For options that may be repeated, or list several: 1h,10m. */
export function collectDurations(text: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), ...text.split(',').map(parseDuration)];
}

/**
 * A time as options say it, in the zone of whoever says it.
 *
 * @param base from which `2-day` counts; left out: now
 * @returns null: now
 */
export function timeGiven(text: string, option: string, base?: Date | null): Date | null {
  if (text.trim().toLowerCase() === 'now') return null;
  const now = Date.now();
  try {
    const zone = DateTime.local().zoneName;
    return new Date(readTime(text, { field: option, now, base: base?.getTime() ?? now, zone }));
  } catch (error) {
    if (!(error instanceof ProtiumError)) throw error;
    throw new Failure('usage', `--${option}: ${error.message}`, { exit: 'usage', cause: error });
  }
}
