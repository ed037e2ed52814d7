import { beforeEach, describe, expect, it } from 'vitest';
import { createBookingStore } from '../../../internal/booking/booking-store.ts';
import type { Bookings } from '../../../internal/booking/booking.ts';
import { createBookings } from '../../../internal/booking/create-bookings.ts';
import { leasesOfBookings } from '../../../internal/booking/leases-of-bookings.ts';
import type { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { hour, leaseWorld, t0, type LeaseWorld } from '../leases/world.ts';
import { card, machine } from '../placement/hosts.ts';

const users = ['ann', 'ben', 'cay', 'dan', 'eve', 'fay'];
const capability = `
max: {cpus: 16, ram: 40, swap_size: 0, gpus: 4, memory: ram + swap_size, work_space: 0}
allow_userIDs: [${users.join(', ')}]
max_default_capability: {cpus: 16, memory: 40, gpus: 4, work_space: 0, backup_space: 0}
`;

let world: LeaseWorld;
let bookings: Bookings;

/** AIVC's host of four cards, with the room of leases as it is. */
beforeEach(async () => {
  const pci = [1, 2, 3, 4].flatMap((bus) => card(`0000:0${bus}:00`, 10 + bus));
  world = leaseWorld(machine({ coresPerNode: 8, memoryMib: 64 * 1024, pci }));
  const { leases, host } = world;
  bookings = createBookings({
    locks: host.operations.locks,
    store: createBookingStore(openFor(databasePath())),
    // What is launched is another matter: no image is here.
    leases: leasesOfBookings({
      create: (request) => leases.create({ ...request, launch: false }),
      cancel: (request) => leases.cancel(request),
      get: (id) => leases.get(id),
      list: (query) => leases.list(query),
    }),
    cards: () =>
      Promise.resolve([
        { vendor: '10de', model: '2489', addresses: [1, 2, 3, 4].map((bus) => `0000:0${bus}:00.0`) },
      ]),
    images: () => ['ubuntu'],
    hashForGuest: () => Promise.resolve('$6$a$b'),
    dataset: null,
    userVolume: () => Promise.reject(new Error('not asked')),
    restart: () => Promise.resolve(),
    now: () => world.host.leases.time.now,
  });
  await bookings.import({ 'capability_config.yaml': capability }, { validateOnly: false });
  for (const user of users) {
    await bookings.register({ user, password: `${user}-secret`, forwardPort: null, validateOnly: false });
  }
});

type Wish = readonly [user: string, from: number, to: number, cpus: number, memoryGb: number, gpus: number];

const book = ([user, from, to, cpus, memoryGb, gpus]: Wish): Promise<string> =>
  bookings
    .book({
      user,
      password: `${user}-secret`,
      start: t0 + from * hour,
      end: t0 + to * hour,
      cpus,
      memoryGb,
      gpus,
      forwardPort: null,
      image: null,
      extraCommand: null,
      validateOnly: false,
    })
    .then(
      () => 'booked',
      (error: unknown) => (error as ProtiumError).code,
    );

describe('what AIVC answers, and what is answered here', () => {
  it.each<{ what: string; theirs: string; before: readonly Wish[]; wish: Wish; ours: string }>([
    {
      what: 'the processors of the host are booked already',
      theirs: 'booked: only GPUs are counted',
      before: [['ann', 1, 3, 16, 4, 0]],
      wish: ['ben', 2, 4, 1, 4, 0],
      ours: 'lease-conflict',
    },
    {
      what: 'the memory of the host is booked already',
      theirs: 'booked: only GPUs are counted',
      before: [['ann', 1, 3, 1, 40, 0]],
      wish: ['ben', 2, 4, 1, 40, 0],
      ours: 'lease-conflict',
    },
    {
      what: 'two cards are free in every slot, and they can be the same two all the time',
      theirs: 'booked, on cards that are booked already: chosen when it is booked',
      before: [
        ['ann', 1, 2, 1, 1, 1],
        ['ben', 1, 2, 1, 1, 1],
        ['cay', 2, 3, 1, 1, 1],
        ['dan', 2, 3, 1, 1, 1],
      ],
      wish: ['eve', 1, 3, 1, 1, 2],
      ours: 'booked',
    },
    {
      what: 'one card too few in one of many slots',
      theirs: 'refused',
      before: [
        ['ann', 1, 2, 1, 1, 2],
        ['ben', 3, 4, 1, 1, 3],
      ],
      wish: ['eve', 1, 5, 1, 1, 2],
      ours: 'lease-conflict',
    },
    {
      what: 'it begins when another user’s ends',
      theirs: 'booked',
      before: [['ann', 1, 2, 1, 1, 4]],
      wish: ['ben', 2, 3, 1, 1, 4],
      ours: 'booked',
    },
    {
      what: 'it begins when one of the same user ends',
      theirs: 'refused: ends count',
      before: [['ann', 1, 2, 1, 1, 4]],
      wish: ['ann', 2, 3, 1, 1, 4],
      ours: 'booked',
    },
    {
      what: 'it meets one of the same user',
      theirs: 'refused',
      before: [['ann', 1, 3, 1, 1, 0]],
      wish: ['ann', 2, 4, 1, 1, 0],
      ours: 'resource-in-use',
    },
    {
      what: 'a number that is none',
      theirs: 'booked',
      before: [],
      wish: ['ann', 1, 2, Number.NaN, 1, 0],
      ours: 'argument-invalid',
    },
    {
      what: 'no GPU is wanted of a host whose GPUs are all booked',
      theirs: 'booked',
      before: [['ann', 1, 2, 1, 1, 4]],
      wish: ['ben', 1, 2, 1, 1, 0],
      ours: 'booked',
    },
    {
      what: 'more than the user may have',
      theirs: 'refused: RequireError',
      before: [],
      wish: ['ann', 1, 2, 17, 1, 0],
      ours: 'argument-invalid',
    },
  ])('$what', async ({ before, wish, ours }) => {
    for (const each of before) expect(await book(each)).toBe('booked');
    expect(await book(wish)).toBe(ours);
  });

  it('two sessions at once: as many win as there are cards', async () => {
    const answers = await Promise.all(users.map((user) => book([user, 1, 2, 1, 1, 1])));
    expect(answers.filter((answer) => answer === 'booked')).toHaveLength(4);
    expect(bookings.list({})).toHaveLength(4);
  });

  it('a card that the host no longer has does not stop others from booking', async () => {
    const row = 'start,end,user_id,cpus,memory,gpus,forward_port,image,extra_command\n';
    const at = (hours: number): string => {
      const date = new Date(t0 + hours * hour);
      const two = (number: number): string => String(number).padStart(2, '0');
      return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:00`;
    };
    const files = { 'booking.csv': `${row}${at(1)},${at(2)},ann,1,1,"[9]",10001,,\n` };
    expect((await bookings.import(files, { validateOnly: false })).skipped).toEqual([]);
    expect(await book(['ben', 1, 2, 1, 1, 3])).toBe('booked');
    expect(await book(['cay', 1, 2, 1, 1, 1])).toBe('lease-conflict');
  });

  it.each(['first', 'second'])(
    'an import and bookings at once, the import %s: never over capacity',
    async (order) => {
      const header = 'start,end,user_id,cpus,memory,gpus,forward_port,image,extra_command';
      const start = new Date(t0 + 2 * hour);
      const two = (number: number): string => String(number).padStart(2, '0');
      const text = (date: Date): string =>
        `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:00`;
      const rows = ['ann', 'ben', 'cay'].map(
        (user, index) =>
          `${text(start)},${text(new Date(t0 + 4 * hour))},${user},1,1,"[0, 1]",${10_001 + index},,`,
      );
      const files = { 'booking.csv': `${[header, ...rows].join('\n')}\n` };
      const imported = () => bookings.import(files, { validateOnly: false });
      const booked = () => ['dan', 'eve', 'fay'].map((user) => book([user, 3, 5, 1, 1, 2]));
      if (order === 'first') {
        const report = imported();
        await Promise.all([report, ...booked()]);
      } else {
        const answers = booked();
        await Promise.all([...answers, imported()]);
      }
      const { capacity, steps } = await world.leases.calendar({ start: t0, end: t0 + 6 * hour });
      expect(Math.max(...steps.map(({ devices }) => devices['10de:2489'] ?? 0))).toBe(4);
      expect(capacity.devices.filter(({ model }) => model === '2489')).toHaveLength(4);
      expect(bookings.list({}).filter(({ lease }) => lease !== null)).toHaveLength(
        world.leases.list({ states: ['pending', 'active'], limit: 100 }).length,
      );
    },
  );
});
