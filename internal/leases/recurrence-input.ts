import { invalidArgument } from '../errors/invalid-argument.ts';
import { mostOccurrences, type RecurrenceRule } from './recurrence.ts';
import { instantOf } from './zone-time.ts';

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

const forms =
  'Write "daily", "every 2 days", "weekly", "weekly on MO,WE" or "every 2 weeks on FR", and after it "until 2026-12-31" or "count 10".';

/** More days or weeks than that between two leases are rather a slip. */
const longestPause = 366;

const longestRule = 100;

const form =
  /^(?:(daily|weekly)|every (\d{1,6}) (days?|weeks?))(?: on ([a-z]+(?: ?, ?[a-z]+)*))?(?: until (\d{4})-(\d\d)-(\d\d)| count (\d{1,6}))$/i;

/**
 * A rule as people write it: `daily count 5`, `weekly on MO,WE until 2026-12-31`, `every 2 weeks count 10`.
 *
 * @throws ProtiumError `argument-invalid`: says what is wrong with it
 */
export function readRecurrence(text: string): RecurrenceRule {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  const match = trimmed.length > longestRule ? null : form.exec(trimmed);
  if (match === null) {
    const endless = trimmed.length <= longestRule && form.test(`${trimmed} count 1`);
    throw refuse(endless ? `${quoted} has no end. ${forms}` : `${quoted} is no rule. ${forms}`);
  }
  const [, word, number, unit, days, year, month, day, times] = match;
  const frequency = (word ?? unit ?? '').toLowerCase().startsWith('w') ? 'weekly' : 'daily';
  const every = frequencyOf(number, word);
  if (days !== undefined && frequency === 'daily') {
    throw refuse(`${quoted}: only a rule of weeks has days of the week.`);
  }
  const count = times === undefined ? null : Number(times);
  if (count !== null && (count < 1 || count > mostOccurrences)) {
    throw refuse(`${quoted}: the count is from 1 to ${mostOccurrences}.`);
  }
  const until = year === undefined ? null : { year: Number(year), month: Number(month), day: Number(day) };
  if (until !== null && instantOf({ ...until, hour: 0, minute: 0, second: 0 }, 'UTC') === null) {
    throw refuse(`${quoted}: there is no such day.`);
  }
  return { frequency, every, weekdays: weekdaysOf(days ?? ''), count, until };
}

/** The rule as `readRecurrence` reads it. */
export function recurrenceText({ frequency, every, weekdays: days, count, until }: RecurrenceRule): string {
  const unit = frequency === 'daily' ? 'days' : 'weeks';
  const two = (number: number): string => String(number).padStart(2, '0');
  return [
    every === 1 ? frequency : `every ${every} ${unit}`,
    ...(days.length === 0 ? [] : [`on ${days.map((day) => weekdays[day - 1] ?? '').join(',')}`]),
    ...(until === null ? [] : [`until ${until.year}-${two(until.month)}-${two(until.day)}`]),
    ...(count === null ? [] : [`count ${count}`]),
  ].join(' ');
}

function frequencyOf(number: string | undefined, word: string | undefined): number {
  const every = word === undefined ? Number(number) : 1;
  if (every < 1 || every > longestPause) {
    throw refuse(`A lease comes again after 1 to ${longestPause} days or weeks, not after ${every}.`);
  }
  return every;
}

function weekdaysOf(text: string): readonly number[] {
  const found = new Set<number>();
  for (const word of text.split(',').map((part) => part.trim().toUpperCase())) {
    if (word === '') continue;
    const place = weekdays.indexOf(word);
    if (place < 0)
      throw refuse(`${JSON.stringify(word)} is no day of the week; they are ${weekdays.join(', ')}.`);
    found.add(place + 1);
  }
  return [...found].sort((a, b) => a - b);
}

function refuse(message: string): Error {
  return invalidArgument('recurrence', message);
}
