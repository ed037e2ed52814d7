import { DateTime } from 'luxon';
import { dayMs, hourMs, minuteMs } from './zone-time.ts';

/** `2026-12-01 14:00 Europe/Rome (13:00 UTC)`; in UTC once. Seconds where there are some. */
export function timeText(instant: number, zone: string): string {
  const local = DateTime.fromMillis(instant, { zone });
  const utc = local.toUTC();
  const clock = instant % minuteMs === 0 ? 'HH:mm' : 'HH:mm:ss';
  if (zone === 'UTC') return utc.toFormat(`yyyy-MM-dd ${clock} 'UTC'`);
  const date = local.toISODate() === utc.toISODate() ? '' : 'yyyy-MM-dd ';
  return `${local.toFormat(`yyyy-MM-dd ${clock}`)} ${zone} (${utc.toFormat(`${date}${clock}`)} UTC)`;
}

/** `2 days 3 h`, `90 min`, `45 s`. */
export function durationText(ms: number): string {
  if (ms < minuteMs) return `${Number((ms / 1000).toFixed(3))} s`;
  if (ms < 2 * hourMs && ms % hourMs !== 0) return `${Number((ms / minuteMs).toFixed(2))} min`;
  const [days, hours, minutes] = [
    Math.floor(ms / dayMs),
    Math.floor((ms % dayMs) / hourMs),
    Math.round((ms % hourMs) / minuteMs),
  ];
  return [
    days > 0 ? (days === 1 ? '1 day' : `${days} days`) : '',
    hours > 0 ? `${hours} h` : '',
    minutes > 0 ? `${minutes} min` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
