import { describe, expect, it } from 'vitest';
import { policyProblem, type LeasePolicy, type PolicyQuestion } from '../../../internal/leases/policy.ts';
import { leasePolicyOf, policyPresets } from '../../../internal/leases/policy-settings.ts';
import { demand, gpus } from './hosts.ts';

const at = (text: string): number => Date.parse(`2026-12-${text}:00Z`);
const now = at('01T09:41');
const owner = 'a'.repeat(32);

function ask(policy: LeasePolicy, start: string, end: string, more: Partial<PolicyQuestion> = {}) {
  return policyProblem(policy, {
    owner,
    interval: { start: at(start), end: at(end) },
    demand: demand({ slots: 4, memoryMib: 8192, devices: gpus(1) }),
    now,
    owned: [],
    gpuClasses: new Set(['10de:2489']),
    ...more,
  });
}

const rules = (answer: ReturnType<typeof ask>) => answer?.map(({ rule }) => rule) ?? [];

describe('a policy of leases', () => {
  const { aivc } = policyPresets;

  it('lets book from the slot that is now on, and names what would be possible', () => {
    expect(ask(aivc, '01T09:30', '01T10:00')).toBeNull();
    expect(ask(aivc, '15T09:30', '29T09:30')).toBeNull();
    expect(ask(aivc, '01T09:00', '01T10:00')).toEqual([
      {
        rule: 'past',
        message: 'The start, 2026-12-01 09:00 UTC, is past. The earliest is 2026-12-01 09:30 UTC.',
      },
    ]);
    expect(ask(aivc, '15T10:00', '15T11:00')).toEqual([
      {
        rule: 'horizon',
        message:
          'The start, 2026-12-15 10:00 UTC, is more than 14 days ahead. The latest is 2026-12-15 09:30 UTC.',
      },
    ]);
    expect(ask(aivc, '02T10:10', '02T11:20')?.map(({ message }) => message)).toEqual([
      'The start, 2026-12-02 10:10 UTC, is between slots of 30 min. Take 2026-12-02 10:00 UTC or 2026-12-02 10:30 UTC.',
      'The end, 2026-12-02 11:20 UTC, is between slots of 30 min. Take 2026-12-02 11:00 UTC or 2026-12-02 11:30 UTC.',
    ]);
    expect(ask(aivc, '02T10:00', '16T10:30')?.[0]?.message).toBe(
      'The lease is 14 days 30 min long; at most 14 days are allowed. The latest end is 2026-12-16 10:00 UTC.',
    );
    expect(ask(aivc, '02T10:00', '02T10:00')?.[0]?.message).toContain('is not after the start');
    expect(rules(ask(policyPresets.default, '02T10:00', '02T10:00'))).toEqual(['minimum-length']);
  });

  it('judges the start of a lease that goes on no more', () => {
    const long = { started: true };
    expect(ask(aivc, '01T08:00', '01T12:00', long)).toBeNull();
    expect(rules(ask(aivc, '01T08:00', '16T12:00', long))).toEqual(['maximum-length']);
  });

  it('finds slots on the clocks of its zone', () => {
    const nepal = { ...aivc, zone: 'Asia/Kathmandu' };
    expect(ask(nepal, '02T10:15', '02T10:45')).toBeNull();
    expect(rules(ask(nepal, '02T10:00', '02T10:45'))).toEqual(['granularity']);
  });

  it('keeps leases of one owner apart, back to back allowed', () => {
    const owned = [{ interval: { start: at('02T10:00'), end: at('02T12:00') }, demand: demand() }];
    expect(ask(aivc, '02T12:00', '02T13:00', { owned })).toBeNull();
    expect(ask(aivc, '02T11:30', '02T13:00', { owned })).toEqual([
      {
        rule: 'own-overlap',
        message:
          'Another lease of the same owner is from 2026-12-02 10:00 UTC to 2026-12-02 12:00 UTC. Start when it has ended, or end before it starts.',
      },
    ]);
    expect(ask(policyPresets.default, '02T11:30', '02T13:00', { owned })).toBeNull();
  });

  it('counts what an owner has at once', () => {
    const policy = leasePolicyOf(
      {
        maxima: {
          default: { cpus: 8, memoryGib: 16, gpus: 2 },
          custom: { [owner]: { gpus: 3, cpus: 'max' } },
        },
      },
      'here',
    );
    const one = demand({ slots: 6, memoryMib: 8192, devices: gpus(2) });
    const owned = [
      { interval: { start: at('02T10:00'), end: at('02T12:00') }, demand: one },
      { interval: { start: at('02T12:00'), end: at('02T14:00') }, demand: one },
    ];
    expect(ask(policy, '02T09:00', '02T15:00', { owned })).toBeNull();
    expect(
      ask(policy, '02T09:00', '02T15:00', { owned, owner: 'b'.repeat(32) })?.map(({ message }) => message),
    ).toEqual([
      '4 cpus are wanted; at most 8 are allowed; other leases of the owner have 6 in that time. 2 would be possible.',
      '1 GPUs are wanted; at most 2 are allowed; other leases of the owner have 2 in that time. 0 would be possible.',
    ]);
    const large = { demand: demand({ memoryMib: 20_000 }) };
    expect(rules(ask(policy, '02T09:00', '02T15:00', large))).toEqual(['memory']);
  });

  it('counts leases that have not started', () => {
    const policy = { ...policyPresets.default, futureLeases: 1 };
    const owned = [{ interval: { start: at('02T10:00'), end: at('02T12:00') }, demand: demand() }];
    expect(ask(policy, '03T10:00', '03T12:00')).toBeNull();
    expect(rules(ask(policy, '03T10:00', '03T12:00', { owned }))).toEqual(['future-leases']);
    expect(ask(policy, '01T09:00', '03T12:00', { owned, started: true })).toBeNull();
  });

  it('counts GPU-hours in each whole week of the zone that the lease touches', () => {
    const policy = leasePolicyOf(
      { zone: 'Europe/Rome', maxima: { default: { gpuHoursPerWeek: 40 } } },
      'here',
    );
    const two = demand({ devices: gpus(2) });
    // Monday, 7 December, begins at 23:00 UTC in Rome; of what was on Friday the week before knows.
    const owned = [{ interval: { start: at('04T00:00'), end: at('04T15:00') }, demand: two }];
    const sunday = { demand: two, owned };
    expect(ask(policy, '06T18:00', '07T18:00', sunday)).toBeNull();
    expect(ask(policy, '06T17:00', '07T18:00', sunday)).toEqual([
      {
        rule: 'gpu-hours',
        message:
          'In the week of 2026-11-30 00:00 Europe/Rome (2026-11-29 23:00 UTC) the lease takes 12 GPU-hours, of 40 allowed 30 are booked. 10 are left in it: 5 h with these GPUs.',
      },
    ]);
    expect(rules(ask(policy, '06T18:00', '08T18:00', sunday))).toEqual(['gpu-hours']);
    expect(ask(policy, '02T00:00', '06T00:00', { demand: demand({ slots: 1 }), owned })).toBeNull();
  });
});

describe('settings of a policy', () => {
  it('change what the preset says', () => {
    expect(leasePolicyOf(undefined, 'here')).toEqual(policyPresets.default);
    expect(leasePolicyOf({ preset: 'aivc' }, 'here')).toEqual(policyPresets.aivc);
    expect(
      leasePolicyOf(
        {
          preset: 'aivc',
          granularity: '15m',
          maximumLength: 'max',
          maxima: { custom: { ann: { memoryGib: 64 } } },
        },
        'here',
      ),
    ).toMatchObject({
      granularityMs: 900_000,
      maximumMs: null,
      maxima: { default: { cpus: 8, gpus: 1 }, custom: { ann: { memoryMib: 65_536 } } },
    });
  });

  it.each([
    [{ granularity: '7m' }, /whole number of it/],
    [{ granularity: '30' }, /has no unit/],
    [{ zone: 'Mars/Olympus' }, /no time zone/],
    [{ colour: 'red' }, /colour/],
    [{ maxima: { default: { gpus: -1 } } }, /gpus/],
    ['nonsense', /expected object/],
  ])('refuse %j', (value, message) => {
    expect(() => leasePolicyOf(value, 'leases.yaml')).toThrow(message);
    expect(() => leasePolicyOf(value, 'leases.yaml')).toThrow(/leases\.yaml/);
  });
});
