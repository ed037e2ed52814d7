import fc from 'fast-check';
import { parseDuration } from '../../../cmd/protium/lease-time.ts';
import { parseTime } from '../../../cmd/protium/commands/parse-time.ts';
import { readDuration } from '../../../internal/leases/duration-input.ts';
import { readRecurrence, recurrenceText } from '../../../internal/leases/recurrence-input.ts';
import { parseLeaseSettings } from '../../../internal/leases/settings.ts';
import { readTime } from '../../../internal/leases/time-input.ts';
import { endTime, startTime } from '../../../internal/booking/booking-times.ts';
import { mutatedText } from '../generators/mutation.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';

const now = Date.UTC(2026, 10, 29, 12);
const times = [
  'now',
  '3-day',
  '1-week 2-day',
  '2026-12-01 14:30',
  '2026 12 01 14 30',
  '2026-12-01T14:30:00+01:00',
  '2026-03-29T02:30',
];
const durations = ['8h', '2d', '90m', '1d12h', '1.5h', 'PT8H', 'P1DT2H', 'P2W'];
const recurrences = ['daily count 5', 'weekly on MO,WE until 2026-12-31', 'every 2 weeks on FR count 10'];
const zones = ['UTC', 'Europe/Berlin', 'Asia/Taipei', 'America/St_Johns'];

export const timeTargets: readonly FuzzTarget[] = [
  target('times: instants', fc.tuple(mutatedText(times), fc.constantFrom(...zones)), ([text, zone]) =>
    mayRefuse(() => readTime(text, { field: 'starts_at', now, base: now, zone })),
  ),
  target('times: lengths', mutatedText(durations), (text) => mayRefuse(() => readDuration(text, 'length'))),
  target('times: what comes again', mutatedText(recurrences), async (text) => {
    const rule = await mayRefuse(() => readRecurrence(text));
    if (rule !== undefined) readRecurrence(recurrenceText(rule));
  }),
  target('times: of bookings', mutatedText(times), (text) =>
    mayRefuse(() => [startTime(text, now), endTime(text, now)]),
  ),
  target('times: of the command line', mutatedText([...times, ...durations]), async (text) => {
    await mayRefuse(() => parseTime(text));
    await mayRefuse(() => parseDuration(text));
  }),
  target(
    'settings of leases',
    mutatedText(['limits:\n  most: 4\nbackfill: true\n', '{"zone": "Europe/Berlin"}']),
    (text) => mayRefuse(() => parseLeaseSettings(text, 'leases.yaml')),
  ),
];
