/** A time that was asked for, or what AIVC's dialogue says instead. */
export type TimeAnswer =
  { readonly ok: true; readonly time: number } | { readonly ok: false; readonly message: string };

const form = /^(\d{4})\s+(\d{1,2})\s+(\d{1,2})\s+(\d{1,2})\s+(\d{1,2})$/;
const mostDays = 14;

/** The half hour that a time is in: its beginning, by this host's clock. */
export function halfHour(time: number): number {
  const date = new Date(time);
  date.setMinutes(date.getMinutes() < 30 ? 0 : 30, 0, 0);
  return date.getTime();
}

/**
 * The start that was asked for: `now` (the half hour that it is), `3-day`, `1-week 2-day`, or `YYYY MM DD hh mm` on the half hour;
 * after the half hour that it is, and at most two weeks from it. In this host's zone.
 */
export function startTime(answer: string, now: number): TimeAnswer {
  const current = halfHour(now);
  if (answer.trim() === 'now') return { ok: true, time: current };
  const asked = flagOrDate(answer, current);
  if (!asked.ok) return asked;
  if (current < asked.time && asked.time <= daysAfter(current, mostDays)) return asked;
  return refuse('ValueError: The start time must be within 2 weeks from now + 30min!!');
}

/** The end that was asked for, likewise: after the start, and at most two weeks from it. */
export function endTime(answer: string, start: number): TimeAnswer {
  if (answer.trim() === 'now') return refuse("InputError: end time can not user 'now' flag!!");
  const asked = flagOrDate(answer, start);
  if (!asked.ok) return asked;
  if (start < asked.time && asked.time <= daysAfter(start, mostDays)) return asked;
  return refuse('ValueError: The end time must be within 2 weeks from start time!!');
}

function flagOrDate(answer: string, from: number): TimeAnswer {
  const text = answer.trim();
  if (/(?:day|week|now)/i.test(text)) return byFlags(text, from);
  const match = form.exec(text);
  if (match === null)
    return refuse('ValueError: The form is YYYY MM DD hh mm, or a time flag: now, N-day, N-week.');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  if (minute !== 0 && minute !== 30) return refuse('ValueError: "mm" must be "00" or "30"');
  const date = new Date(year, month - 1, day, hour, minute);
  // Of an hour that daylight saving skips, the hour after.
  const isReal = hour < 24 && date.getMonth() === month - 1 && date.getDate() === day;
  return isReal ? { ok: true, time: date.getTime() } : refuse('ValueError: There is no such day or hour.');
}

function byFlags(text: string, from: number): TimeAnswer {
  let days = 0;
  for (const flag of text.split(/\s+/)) {
    const match = /^(\d{1,3})-(day|week)$/.exec(flag);
    if (match === null) return refuse('InputError: Time_Flag format is wrong!!');
    const count = Number(match[1]);
    if (match[2] === 'week' && (count < 1 || count > 2)) {
      return refuse('ValueError: The range of Time_Flag: week must be 1 ~ 2.');
    }
    if (match[2] === 'day' && (count < 1 || count > mostDays)) {
      return refuse(`ValueError: The range of Time_Flag: day must be 1 ~ ${mostDays}.`);
    }
    days += match[2] === 'week' ? 7 * count : count;
  }
  return { ok: true, time: daysAfter(from, days) };
}

/** The same hour so many days later, by this host's clock. */
function daysAfter(time: number, days: number): number {
  const date = new Date(time);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

function refuse(message: string): TimeAnswer {
  return { ok: false, message };
}
