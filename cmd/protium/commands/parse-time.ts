import { InvalidArgumentError } from 'commander';

/** An ISO time; without a zone it is local, a date alone is its beginning in UTC. */
export function parseTime(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('It must be a time like 2026-11-01T00:00Z.');
}
