import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bookableStarts,
  type StartQuestion,
  type StartWindow,
} from '../../../internal/leases/bookable-starts.ts';
import { policyProblem, type LeasePolicy } from '../../../internal/leases/policy.ts';
import { policyPresets } from '../../../internal/leases/policy-settings.ts';
import { hourMs, offsetChanges, slotAfter } from '../../../internal/leases/zone-time.ts';
import { demand, gpus } from './hosts.ts';

const owner = 'a'.repeat(32);
const minute = 60_000;
/** Two days before clocks in Rome are put back, and before a week ends. */
const friday = Date.parse('2026-10-23T10:00:00Z');

const policies: fc.Arbitrary<LeasePolicy> = fc
  .record({
    zone: fc.constantFrom('UTC', 'Europe/Rome', 'Australia/Lord_Howe'),
    granularityMs: fc.constantFrom(30 * minute, hourMs, 2 * hourMs, 6 * hourMs),
    ownOverlap: fc.boolean(),
    futureLeases: fc.constantFrom(null, null, 2),
    cpus: fc.constantFrom(null, 8),
    gpuCount: fc.constantFrom(null, 2),
    gpuHoursPerWeek: fc.constantFrom(null, 10, 30.5),
  })
  .map(({ cpus, gpuCount, gpuHoursPerWeek, ...rest }) => ({
    ...policyPresets.default,
    ...rest,
    maxima: { default: { cpus, memoryMib: null, gpus: gpuCount, gpuHoursPerWeek }, custom: {} },
  }));

const hours = (most: number) => fc.integer({ min: -20, max: most }).map((half) => half * 30 * minute);

const owned = fc.array(
  fc
    .record({ at: hours(200), length: fc.integer({ min: 1, max: 60 }), cards: fc.nat(2), slots: fc.nat(8) })
    .map(({ at, length, cards, slots }) => ({
      interval: { start: friday + at, end: friday + at + length * 30 * minute },
      demand: demand({ slots, devices: gpus(cards) }),
    })),
  { maxLength: 4 },
);

it('finds each start that the policy allows, and no other', () => {
  fc.assert(
    fc.property(
      policies,
      owned,
      fc.record({ half: fc.integer({ min: 1, max: 60 }), cards: fc.nat(2), slots: fc.nat(8) }),
      fc.array(fc.tuple(hours(200), fc.nat(40 * hourMs)), { minLength: 1, maxLength: 2 }),
      (policy, leases, { half, cards, slots }, free) => {
        const question: StartQuestion = {
          owner,
          demand: demand({ slots, devices: gpus(cards) }),
          lengthMs: half * 30 * minute,
          now: friday,
          owned: leases,
          gpuClasses: new Set(['10de:2489']),
        };
        const windows = free
          .map(([at, length]) => ({
            start: friday + 20 * hourMs + at,
            latestStart: friday + 20 * hourMs + at + length,
          }))
          .sort((a, b) => a.start - b.start)
          .filter((window, place, all) => place === 0 || (all[0]?.latestStart ?? 0) < window.start);
        const starts = (of: StartWindow): readonly number[] => {
          const found: number[] = [];
          for (let at = slotAfter(of.start, policy.granularityMs, policy.zone); at <= of.latestStart;) {
            found.push(at);
            at = slotAfter(at + 1, policy.granularityMs, policy.zone);
          }
          return found;
        };
        const allowed = windows
          .flatMap(starts)
          .filter(
            (start) =>
              policyProblem(policy, { ...question, interval: { start, end: start + question.lengthMs } }) ===
              null,
          );
        const found = [...bookableStarts(policy, question, windows)];
        expect(found.flatMap(starts)).toEqual(allowed);
      },
    ),
    { numRuns: 300 },
  );
});

it('knows when the clocks of a zone change', () => {
  const year = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2027-01-01T00:00:00Z') };
  expect(offsetChanges(year, 'Europe/Rome').map((at) => new Date(at).toISOString())).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
  ]);
  expect(offsetChanges(year, 'UTC')).toEqual([]);
});
