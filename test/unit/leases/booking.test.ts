import { describe, expect, it } from 'vitest';
import { card, machine } from '../placement/hosts.ts';
import { gpu, hour, leaseWorld, minute, owner, plain, specOf, t0 } from './world.ts';

const at = { lease: '', start: null, end: null, etag: '', validateOnly: false };

describe('booking', () => {
  it('of 100 clients for three cards at once three get one, and a bystander sees nothing else', async () => {
    const cards = ['0000:01:00', '0000:02:00', '0000:03:00'].flatMap((slot, index) => card(slot, 10 + index));
    const world = leaseWorld(machine({ coresPerNode: 8, memoryMib: 262_144, pci: cards }));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => world.book(`race-${index}`, gpu, [t0 + hour, t0 + 2 * hour])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'lease-conflict' });
    }
    expect(world.host.leases.store.live()).toHaveLength(3);
  });

  it('tells every shortage, and the next start that fits', async () => {
    const world = leaseWorld();
    await world.book('a', { ...gpu, slots: 4 }, [t0 + hour, t0 + 3 * hour]);
    await expect(world.book('b', gpu, [t0 + 2 * hour, t0 + 4 * hour])).rejects.toMatchObject({
      code: 'lease-conflict',
      message: expect.stringMatching(
        /0 of 1 devices 10de:2489 are free\. .*next start at which it fits: 2026-01-01T03:00:00Z/,
      ) as string,
      details: { nextStart: '2026-01-01T03:00:00Z' },
    });
    await world.book('b', gpu, [t0 + 3 * hour, t0 + 4 * hour]);
  });

  it('of what the host never has says so', async () => {
    const world = leaseWorld();
    const two = { ...gpu, pci: [{ vendor: '10de', model: '2489', quantity: 2 }] };
    await expect(world.book('a', two, [t0 + hour, t0 + 3 * hour], { launch: false })).rejects.toMatchObject({
      code: 'host-incapable',
      message: expect.stringContaining('10de:2489: 2 asked for, 1 at most') as string,
    });
    const imageless = { ...plain, volumes: [{ image: 'no-such-image' }] };
    await expect(world.book('b', imageless, [t0 + hour, t0 + 3 * hour])).rejects.toMatchObject({
      code: 'host-incapable',
      message: expect.stringContaining('image-missing') as string,
    });
  });

  it.each([
    ['an end before its start', [t0 + 2 * hour, t0 + hour], 'end_time'],
    ['no length', [t0 + hour, t0 + hour], 'end_time'],
    ['a start in the past', [t0 - hour, t0 + hour], 'start_time'],
    ['an end in the past', [null, t0 - hour], 'end_time'],
  ] as const)('refuses %s', async (_, [start, end], field) => {
    const world = leaseWorld();
    await expect(world.book('a', plain, [start, end])).rejects.toMatchObject({
      code: 'argument-invalid',
      details: { field },
    });
  });

  it('by the same key means the same lease, also when it is long begun', async () => {
    const world = leaseWorld();
    const key = { idempotencyKey: 'k1' };
    const first = await world.book('a', plain, [null, t0 + 2 * hour], key);
    world.host.leases.time.now = t0 + hour;
    expect((await world.book('a', plain, [null, t0 + 2 * hour], key)).id).toBe(first.id);
    await expect(world.book('a', gpu, [null, t0 + 2 * hour], key)).rejects.toMatchObject({
      code: 'definition-conflict',
    });
    const both = await Promise.all(
      [1, 2].map(() => world.book('b', plain, [null, t0 + 2 * hour], { idempotencyKey: 'k2' })),
    );
    expect(both[0]?.id).toBe(both[1]?.id);
  });

  it('under a name that is taken is refused until that lease is over', async () => {
    const world = leaseWorld();
    const { id } = await world.book('a', plain, [t0 + hour, t0 + 2 * hour]);
    await expect(world.book('a', plain, [t0 + 3 * hour, t0 + 4 * hour])).rejects.toMatchObject({
      code: 'already-exists',
    });
    await world.book('a', plain, [t0 + 3 * hour, t0 + 4 * hour], { owner: 'e'.repeat(32) });
    expect(() => world.leases.get('a')).toThrow(/Several leases/);
    await world.leases.cancel({ lease: id, etag: '', validateOnly: false });
    await world.book('a', plain, [t0 + 3 * hour, t0 + 4 * hour]);
  });

  it('only to try changes nothing', async () => {
    const world = leaseWorld();
    await world.book('a', gpu, [t0 + hour, t0 + 2 * hour], { validateOnly: true });
    expect(world.leases.list({ states: [], limit: 10 })).toEqual([]);
    expect(world.events).toEqual([]);
    await world.book('a', gpu, [t0 + hour, t0 + 2 * hour]);
    await expect(
      world.book('b', gpu, [t0 + hour, t0 + 2 * hour], { validateOnly: true }),
    ).rejects.toMatchObject({
      code: 'lease-conflict',
    });
  });
});

describe('changes', () => {
  it('extend and shrink it, and a refused one leaves it as it was', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0 + hour, t0 + 2 * hour]);
    await world.book('b', gpu, [t0 + 4 * hour, t0 + 5 * hour]);
    const longer = await world.leases.update({ ...at, lease: 'a', end: t0 + 4 * hour });
    expect(longer).toMatchObject({ version: 2, interval: { start: t0 + hour, end: t0 + 4 * hour } });
    await expect(
      world.leases.update({ ...at, lease: id, end: t0 + 4 * hour + 1000 * minute }),
    ).rejects.toMatchObject({
      code: 'lease-conflict',
    });
    await expect(
      world.leases.update({ ...at, lease: id, end: t0 + 3 * hour, etag: '1' }),
    ).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    await world.until(t0 + hour);
    expect(world.lease(id)).toMatchObject({ state: 'active', interval: { end: t0 + 4 * hour } });
    await expect(world.leases.update({ ...at, lease: id, start: t0 + 2 * hour })).rejects.toMatchObject({
      code: 'state-conflict',
    });
    await expect(world.leases.update({ ...at, lease: id, end: t0 + hour })).rejects.toMatchObject({
      code: 'argument-invalid',
    });
    await world.leases.update({ ...at, lease: id, end: t0 + hour + minute });
    await world.book('c', gpu, [t0 + hour + minute, t0 + 2 * hour]);
    await world.until(t0 + hour + minute);
    expect(world.state(id)).toBe('ended');
    await expect(world.leases.update({ ...at, lease: id, end: t0 + 9 * hour })).rejects.toMatchObject({
      code: 'state-conflict',
    });
  });

  it('give it up: one that has not begun is cancelled, one that runs ends now', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const a = await world.book('a', gpu, [t0, t0 + 2 * hour]);
    const b = await world.book('b', gpu, [t0 + 2 * hour, t0 + 3 * hour]);
    await world.until(t0 + hour);
    const cancel = (lease: string, more: object = {}) =>
      world.leases.cancel({ lease, etag: '', validateOnly: false, ...more });
    expect(await cancel(a.id, { validateOnly: true })).toMatchObject([{ state: 'active' }]);
    expect(await cancel(a.id)).toMatchObject([{ state: 'ending', interval: { start: t0, end: t0 + hour } }]);
    expect(await cancel(b.id)).toMatchObject([{ state: 'cancelled' }]);
    await world.settle();
    expect(world.state(a.id)).toBe('ended');
    await expect(cancel(a.id)).rejects.toMatchObject({ code: 'state-conflict' });
    await expect(cancel('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await world.book('c', gpu, [t0 + hour, t0 + 3 * hour]);
  });

  it('that give it up while it is launched leave nothing', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0 + hour, t0 + 2 * hour], { endAction: 'delete' });
    const goOn = world.host.holdStarts();
    world.host.leases.time.now = t0 + hour;
    world.keeper.poke();
    const settled = world.settle();
    while (world.lease(id).instance === null) await new Promise((resolve) => setTimeout(resolve, 1));
    await world.leases.cancel({ lease: id, etag: '', validateOnly: false });
    goOn();
    await settled;
    expect(world.state(id)).toBe('ended');
    expect(world.host.domains.size).toBe(0);
    expect(world.host.instances.situation().claims).toEqual([]);
  });
});

describe('looking', () => {
  it('finds windows with the devices that it would get', async () => {
    const world = leaseWorld(machine({ pci: [...card('0000:01:00', 10), ...card('0000:02:00', 11)] }));
    await world.book('a', gpu, [t0 + hour, t0 + 2 * hour]);
    const two = { ...gpu, pci: [{ vendor: '10de', model: '2489', quantity: 2 }] };
    const wish = { spec: specOf(two), flavor: null, namedDevices: [] };
    const question = { owner, wish, durationMs: 2 * hour, from: null, until: null, limit: 2 };
    const answer = await world.leases.availability(question);
    expect(answer.windows).toEqual([
      expect.objectContaining({ start: t0 + 2 * hour, devices: ['0000:01:00.0', '0000:02:00.0'] }),
    ]);
    const three = { ...gpu, pci: [{ vendor: '10de', model: '2489', quantity: 3 }] };
    const never = await world.leases.availability({ ...question, wish: { ...wish, spec: specOf(three) } });
    expect(never).toMatchObject({
      windows: [],
      shortages: [expect.stringContaining('2 of 3 devices 10de:2489')],
    });
  });

  it('offers only what can be booked: within the limits of who asks, and on slots', async () => {
    const policy = { preset: 'aivc', maxima: { default: { cpus: 4, gpus: 1, gpuHoursPerWeek: 6 } } };
    const world = leaseWorld(undefined, { policy, now: t0 + 10 * minute });
    await world.book('mine', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    await world.book('other', gpu, [t0 + 5 * hour, t0 + 6 * hour], { owner: 'e'.repeat(32) });
    const wish = { spec: specOf(gpu), flavor: null, namedDevices: [] };
    const question = { owner, wish, durationMs: hour, from: null, until: t0 + 9 * hour, limit: 9 };
    const { windows } = await world.leases.availability(question);
    expect(windows.map(({ start, latestStart }) => [(start - t0) / hour, (latestStart - t0) / hour])).toEqual(
      [
        [0, 1],
        [4, 4],
        [6, 9],
      ],
    );
    for (const [index, at] of windows.flatMap(({ start, latestStart }) => [start, latestStart]).entries()) {
      const times = [at, at + hour] as const;
      await world.book(`try-${index}`, gpu, times, { validateOnly: true });
    }
    await expect(
      world.book('beside', gpu, [t0 + 1.5 * hour, t0 + 2.5 * hour], { validateOnly: true }),
    ).rejects.toMatchObject({ code: 'lease-refused' });
    // Two of six hours of the week are spent: five more do not go into it, though there is room.
    const long = await world.leases.availability({ ...question, durationMs: 5 * hour });
    expect(long.windows).toEqual([]);
    expect(long.shortages).toContainEqual(expect.stringContaining('GPU-hours'));
    const tooMany = { ...wish, spec: specOf({ ...gpu, slots: 5 }) };
    expect(await world.leases.availability({ ...question, wish: tooMany })).toMatchObject({
      windows: [],
      shortages: [expect.stringContaining('at most 4 are allowed')],
    });
    const refused = world.book('there', gpu, [t0 + 5 * hour, t0 + 6 * hour], { validateOnly: true });
    await expect(refused).rejects.toMatchObject({
      details: { nextStart: '2026-01-01T06:00:00Z' },
    });
  });

  it('pages by start, and filters', async () => {
    const world = leaseWorld();
    const made = [];
    for (let index = 5; index > 0; index -= 1) {
      made.push(await world.book(`l${index}`, plain, [t0 + index * hour, t0 + (index + 1) * hour]));
    }
    const [first, second] = world.leases.list({ states: [], limit: 2 });
    expect([first?.name, second?.name]).toEqual(['l1', 'l2']);
    const after = { start: second?.interval.start ?? 0, id: second?.id ?? '' };
    expect(world.leases.list({ states: [], limit: 9, after }).map(({ name }) => name)).toEqual([
      'l3',
      'l4',
      'l5',
    ]);
    expect(world.leases.list({ states: ['active'], limit: 9 })).toEqual([]);
    const middle = world.leases.list({
      states: ['pending'],
      from: t0 + 2 * hour,
      until: t0 + 3 * hour,
      limit: 9,
    });
    expect(middle.map(({ name }) => name)).toEqual(['l2']);
    expect(world.leases.list({ owner: 'e'.repeat(32), states: [], limit: 9 })).toEqual([]);
  });

  it('draws what is leased when', async () => {
    const world = leaseWorld();
    const { id } = await world.book('a', gpu, [t0 + hour, t0 + 2 * hour]);
    const { steps, leases, capacity } = await world.leases.calendar({ start: t0, end: t0 + 3 * hour });
    expect(steps.map((step) => [step.at, step.devices['10de:2489'] ?? 0, step.leases])).toEqual([
      [t0, 0, []],
      [t0 + hour, 1, [id]],
      [t0 + 2 * hour, 0, []],
    ]);
    expect(leases.map(({ name }) => name)).toEqual(['a']);
    expect(capacity.cores).toBe(4);
  });
});

describe('a repetition', () => {
  const repeat = { rule: 'weekly:MO,WE', until: Date.UTC(2026, 0, 14, 12), timeZone: 'UTC' };

  it('books all of it or nothing, is listed and given up as one', async () => {
    const world = leaseWorld();
    world.keeper.start();
    // The first of January of 2026 is a Thursday.
    const first = await world.book('class', gpu, [t0 + 9 * hour, t0 + 11 * hour], {
      repeat,
      idempotencyKey: 'k',
    });
    const { recurrence } = first;
    const series = world.leases.list({ states: [], recurrence: recurrence ?? '', limit: 100 });
    expect(series.map(({ name, interval }) => [name, new Date(interval.start).toISOString()])).toEqual([
      ['class-1', '2026-01-05T09:00:00.000Z'],
      ['class-2', '2026-01-07T09:00:00.000Z'],
      ['class-3', '2026-01-12T09:00:00.000Z'],
      ['class-4', '2026-01-14T09:00:00.000Z'],
    ]);
    const again = await world.book('class', gpu, [t0 + 9 * hour, t0 + 11 * hour], {
      repeat,
      idempotencyKey: 'k',
    });
    expect(again.id).toBe(first.id);
    // One of them meets it: none is booked.
    const other = { ...repeat, rule: 'weekly:TU,WE' };
    await expect(
      world.book('other', gpu, [t0 + 10 * hour, t0 + 12 * hour], { repeat: other }),
    ).rejects.toMatchObject({ code: 'lease-conflict', details: { start: '2026-01-07T10:00:00Z' } });
    expect(world.leases.list({ states: [], limit: 100 })).toHaveLength(4);
    world.host.leases.time.now = first.interval.start;
    world.keeper.poke();
    await world.settle();
    const given = await world.leases.cancel({ lease: recurrence ?? '', etag: '', validateOnly: false });
    expect(given.map(({ state }) => state)).toEqual(['ending', 'cancelled', 'cancelled', 'cancelled']);
    await expect(
      world.leases.cancel({ lease: first.id, etag: '', validateOnly: false }),
    ).resolves.toMatchObject([{ state: 'ending' }]);
    await world.settle();
    await expect(
      world.leases.cancel({ lease: recurrence ?? '', etag: '', validateOnly: false }),
    ).rejects.toMatchObject({ code: 'state-conflict' });
  });

  it('keeps to the clock on the wall', async () => {
    const world = leaseWorld(undefined, { now: Date.UTC(2026, 2, 27) });
    const start = Date.UTC(2026, 2, 28, 8);
    const daily = { rule: 'daily count 2', until: null, timeZone: 'Europe/Rome' };
    const { recurrence } = await world.book('night', plain, [start, start + hour], { repeat: daily });
    const series = world.leases.list({ states: [], recurrence: recurrence ?? '', limit: 9 });
    // Nine o'clock, before and after the clocks are put forward.
    expect(series.map(({ interval }) => interval.start - start)).toEqual([0, 23 * hour]);
  });

  it.each([
    ['no rule', { ...repeat, rule: 'sometimes' }],
    ['no end', { ...repeat, until: null }],
    ['no zone', { ...repeat, timeZone: 'Europe/Atlantis' }],
    ['one that meets itself', { ...repeat, rule: 'daily', until: Date.UTC(2026, 0, 3) }],
  ])('with %s is refused', async (_, wrong) => {
    const world = leaseWorld();
    await expect(
      world.book('a', plain, [t0 + hour, t0 + 26 * hour], { repeat: wrong }),
    ).rejects.toMatchObject({ code: 'argument-invalid' });
    expect(world.leases.list({ states: [], limit: 9 })).toEqual([]);
  });
});

describe('the rules', () => {
  const policy = {
    preset: 'aivc',
    futureLeases: 2,
    maxima: { default: { gpuHoursPerWeek: 3 }, custom: { ['e'.repeat(32)]: { gpuHoursPerWeek: 'max' } } },
  };
  const refused = (message: RegExp) => ({
    code: 'lease-refused',
    message: expect.stringMatching(message) as string,
  });

  it('refuse what is against them, and say what would be possible', async () => {
    const world = leaseWorld(undefined, { policy });
    await expect(world.book('a', plain, [t0 + 5 * minute, t0 + hour])).rejects.toMatchObject(
      refused(/between slots of 30 min\. Take 2026-01-01 00:00 UTC or 2026-01-01 00:30 UTC/),
    );
    await expect(
      world.book('a', plain, [t0 + 15 * 24 * hour, t0 + 15 * 24 * hour + hour]),
    ).rejects.toMatchObject(refused(/The latest is 2026-01-15 00:00 UTC/));
    await expect(world.book('a', gpu, [t0, t0 + 4 * hour])).rejects.toMatchObject(refused(/3 are left/));
    // For whom there is no such limit.
    await world.book('a', gpu, [t0, t0 + 4 * hour], { owner: 'e'.repeat(32), validateOnly: true });
    await world.book('a', gpu, [t0, t0 + 2 * hour]);
    await expect(world.book('b', gpu, [t0 + 2 * hour, t0 + 4 * hour])).rejects.toMatchObject(
      refused(/1 are left in it: 1 h /),
    );
    await expect(world.leases.update({ ...at, lease: 'a', end: t0 + 4 * hour })).rejects.toMatchObject(
      refused(/3 are left/),
    );
    await world.book('b', plain, [t0 + 2 * hour, t0 + 3 * hour]);
    await world.book('c', plain, [t0 + 3 * hour, t0 + 4 * hour]);
    await expect(world.book('d', plain, [t0 + 4 * hour, t0 + 5 * hour])).rejects.toMatchObject(
      refused(/at most 2 are allowed/),
    );
  });

  it('let a lease that starts now begin with the slot that it is', async () => {
    const world = leaseWorld(undefined, { policy, now: t0 + 10 * minute });
    world.keeper.start();
    const { id, interval } = await world.book('a', plain, [null, t0 + hour]);
    expect(interval.start).toBe(t0);
    await world.settle();
    expect(world.state(id)).toBe('active');
    const ended = await world.leases.cancel({ lease: id, etag: '', validateOnly: false });
    expect(ended).toMatchObject([{ state: 'ending', interval: { start: t0, end: t0 + 10 * minute } }]);
  });
});
