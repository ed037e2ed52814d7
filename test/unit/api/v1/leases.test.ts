import { describe, expect, it } from 'vitest';
import { leasesService } from '../../../../internal/api/v1/leases.ts';
import type { Flavor } from '../../../../internal/flavors/flavor.ts';
import { gpu, hour, leaseWorld, plain, t0 } from '../../leases/world.ts';
import { administrator, contextOf } from './context.ts';

const context = contextOf(administrator);
const gpuFlavor: Flavor = {
  ...{ id: 'n1.card', name: 'n1.card', vcpus: 1, memoryMib: 1024, rootStorageGib: 1, pricePerHour: 0 },
  ...{
    devices: [{ vendorId: '10de', deviceId: '2489', count: 1 }],
    deviceDescription: 'a card',
    limited: false,
  },
};
const wish = (config: object) => ({ config, flavor: '', image: '', namedDevices: [] });

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly config?: object;
  readonly [key: string]: unknown;
}

function service() {
  const world = leaseWorld();
  const { methods } = leasesService({
    leases: world.leases,
    flavors: {
      get: (name) =>
        Promise.resolve(
          [gpuFlavor, { ...gpuFlavor, name: 'kept', limited: true }].find((each) => each.name === name),
        ),
    },
    images: { get: () => undefined, list: () => [] },
    keyPairs: { publicKeys: (_owner, names) => names.map((name) => `ssh-ed25519 AAAA ${name}`) },
  });
  const call = async (method: string, request: object) =>
    (await methods[method]?.(request as never, context)) as {
      leases: Shown[];
      lease: Shown;
      nextPageToken: string;
      windows: { devices: string[] }[];
      shortages: string[];
      steps: object[];
    };
  const create = (more: object = {}) =>
    call('createLease', {
      ...{ name: 'a', owner: '', wish: wish(plain), startTime: new Date(t0 + hour), durationSeconds: 3600n },
      ...{
        holdOnly: false,
        keyPairs: [],
        endAction: '',
        warnBeforeSeconds: [],
        noWarning: false,
        repeat: '',
      },
      ...{ timeZone: '', idempotencyKey: '', validateOnly: false },
      ...more,
    });
  return { world, call, create };
}

describe('LeasesService', () => {
  it('books by config, with defaults, and shows no secrets', async () => {
    const { create, call } = service();
    const config = { ...plain, authentication: { username: 'ada', password: 'very-secret' } };
    const { leases } = await create({ wish: wish(config), keyPairs: ['ada'] });
    expect(leases).toMatchObject([
      {
        ...{
          name: 'a',
          owner: '0'.repeat(32),
          state: 'pending',
          endAction: 'stop',
          graceSeconds: 120,
          etag: '1',
        },
        ...{
          warnBeforeSeconds: [3600, 600],
          startTime: new Date(t0 + hour),
          endTime: new Date(t0 + 2 * hour),
        },
        demand: { slots: 1, memoryMib: 1024n },
        config: { slots: 1 },
      },
    ]);
    expect(JSON.stringify((await call('getLease', { lease: 'a' })).lease.config)).not.toMatch(
      /very-secret|AAAA/,
    );
  });

  it('leaves parts of a second out', async () => {
    const { create } = service();
    const ends = { durationSeconds: 0n, endTime: new Date(t0 + 2 * hour + 999) };
    expect((await create({ startTime: new Date(t0 + hour + 1), ...ends })).leases).toMatchObject([
      { startTime: new Date(t0 + hour), endTime: new Date(t0 + 2 * hour) },
    ]);
  });

  it('books by flavor, and only holds where that is asked for', async () => {
    const { create } = service();
    const flavor = { flavor: 'n1.card', image: '', namedDevices: ['01:00.0'] };
    const { leases } = await create({ wish: flavor, holdOnly: true, noWarning: true, graceSeconds: 0 });
    expect(leases).toMatchObject([
      {
        ...{ warnBeforeSeconds: [], graceSeconds: 0, config: undefined },
        demand: { devices: [{ vendor: '10de', model: '2489', quantity: 1 }], namedDevices: ['0000:01:00.0'] },
      },
    ]);
  });

  it.each([
    ['nothing wanted', { wish: undefined }, 'wish'],
    ['both config and flavor', { wish: { ...wish(plain), flavor: 'n1.card' } }, 'wish'],
    ['an image beside a config', { wish: { ...wish(plain), image: 'x' } }, 'wish.image'],
    ['an unknown flavor', { wish: { flavor: 'no', image: '', namedDevices: [] } }, 'wish.flavor'],
    ['a flavor that is kept back', { wish: { flavor: 'kept', image: '', namedDevices: [] } }, 'wish.flavor'],
    ['an unknown image', { wish: { flavor: 'n1.card', image: 'no', namedDevices: [] } }, 'wish.image'],
    ['no address', { wish: { ...wish(plain), namedDevices: ['../..'] } }, 'wish.named_devices'],
    ['no length', { durationSeconds: 0n }, 'duration_seconds'],
    ['two ends', { endTime: new Date(t0 + 9 * hour) }, 'duration_seconds'],
    ['a name that is none', { name: '../a' }, 'name'],
    ['an action that is none', { endAction: 'explode' }, 'end_action'],
    ['a grace without an end', { graceSeconds: 3601 }, 'grace_seconds'],
    [
      'too many warnings',
      { warnBeforeSeconds: Array.from({ length: 17 }, (_, n) => n + 1) },
      'warn_before_seconds',
    ],
    ['warnings and none', { warnBeforeSeconds: [1], noWarning: true }, 'no_warning'],
    ['an end of no repetition', { repeatUntil: new Date(t0) }, 'repeat'],
    [
      'a repetition without an end',
      { repeat: 'daily' },
      expect.stringMatching(/repeat|recurrence/) as string,
    ],
    ['a key for nobody', { holdOnly: true, keyPairs: ['ada'] }, 'key_pairs'],
    ['a long key', { idempotencyKey: 'k'.repeat(256) }, 'idempotency_key'],
    ['a date that is none', { startTime: new Date(8.6e15) }, 'start_time'],
  ])('refuses %s', async (_, request, field) => {
    const { create } = service();
    await expect(create(request)).rejects.toMatchObject({ code: 'argument-invalid', details: { field } });
  });

  it('lists in pages by start', async () => {
    const { create, call } = service();
    for (const [name, at] of [
      ['c', 5],
      ['a', 1],
      ['b', 3],
    ] as const) {
      await create({ name, startTime: new Date(t0 + at * hour) });
    }
    const list = (more: object) =>
      call('listHostLeases', { owner: '', states: [], recurrence: '', pageSize: 2, pageToken: '', ...more });
    const first = await list({});
    expect(first.leases.map(({ name }) => name)).toEqual(['a', 'b']);
    const rest = await list({ pageToken: first.nextPageToken });
    expect(rest).toMatchObject({ leases: [{ name: 'c' }], nextPageToken: '' });
    expect((await list({ states: ['ACTIVE'] })).leases).toEqual([]);
    const refused = { code: 'argument-invalid' };
    await expect(list({ states: ['lost'] })).rejects.toMatchObject(refused);
    await expect(list({ pageToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject(refused);
  });

  it('moves, cancels, looks for room, and draws', async () => {
    const { create, call } = service();
    await create({ wish: wish(gpu) });
    const update = { lease: 'a', etag: '', validateOnly: false };
    expect(await call('updateLease', { ...update, endTime: new Date(t0 + 3 * hour) })).toMatchObject({
      lease: { etag: '2', endTime: new Date(t0 + 3 * hour) },
    });
    await expect(call('updateLease', update)).rejects.toMatchObject({ code: 'argument-invalid' });
    await expect(call('getLease', { lease: '' })).rejects.toMatchObject({ code: 'argument-invalid' });
    const question = {
      owner: '',
      wish: wish(gpu),
      durationSeconds: 7200n,
      limit: 1,
    };
    expect(await call('findLeaseAvailability', question)).toMatchObject({
      windows: [{ startTime: new Date(t0 + 3 * hour), devices: ['0000:01:00.0'] }],
      shortages: [],
    });
    await expect(call('findLeaseAvailability', { ...question, limit: 101 })).rejects.toMatchObject({
      code: 'argument-invalid',
    });
    const week = { fromTime: new Date(t0), untilTime: new Date(t0 + 4 * hour) };
    expect(await call('getLeaseCalendar', week)).toMatchObject({
      capacity: { cores: 4, devices: { '10de:2489': 1 } },
      steps: [{ leased: { devices: {} } }, { leased: { devices: { '10de:2489': 1 } } }, {}],
    });
    await expect(
      call('getLeaseCalendar', { ...week, untilTime: new Date(t0 + 93 * 24 * hour) }),
    ).rejects.toMatchObject({
      code: 'argument-invalid',
    });
    expect(await call('cancelLease', { lease: 'a', etag: '', validateOnly: false })).toMatchObject({
      leases: [{ state: 'cancelled' }],
    });
  });
});
