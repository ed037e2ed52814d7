import { InvalidArgumentError } from 'commander';
import { Failure } from './failure.ts';

/** 90s, 30m, 8h, 2d, 1w, and sums of them (1d12h), in seconds. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d{1,9})([smhdw])/g)];
  const seconds = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
  if (parts.map(([whole]) => whole).join('') !== text || seconds < 1 || seconds > 100 * 366 * 86_400) {
    throw new InvalidArgumentError('It is a time such as 90s, 30m, 8h, 2d, 1w or 1d12h.');
  }
  return seconds;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };

/** For options that may be repeated, or list several: 1h,10m. */
export function collectDurations(text: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), ...text.split(',').map(parseDuration)];
}

/** A time as options say it; null: now. */
export function timeGiven(text: string, option: string): Date | null {
  if (text === 'now') return null;
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new Failure('usage', `--${option}: "${text}" is no time.`, { exit: 'usage' });
}
