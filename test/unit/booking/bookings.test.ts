import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bookingConfig } from '../../../internal/booking/booking-config.ts';
import type { BookedState, BookingLeases, LeaseOfBooking } from '../../../internal/booking/booking-leases.ts';
import { createBookingStore, type BookingStore } from '../../../internal/booking/booking-store.ts';
import type { Bookings } from '../../../internal/booking/booking.ts';
import { createBookings } from '../../../internal/booking/create-bookings.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { readBackupList } from '../../../internal/booking/formats/backup-list.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { databasePath, openFor } from '../operations/fixture.ts';

const hour = 3_600_000;
const capability = `
max: {cpus: 64, ram: 100, swap_size: 28, gpus: 2, memory: ram + swap_size, work_space: 100}
allow_userIDs: [alice, bob, carol, dave]
max_default_capability: {cpus: 8, memory: 32, gpus: 2, work_space: 50}
`;

/** Leases of a host with two cards of one model and one of another. */
function fakeLeases() {
  const leases = new Map<string, LeaseOfBooking & BookedState>();
  const room = new Map([
    ['10de:2489', 2],
    ['10de:1eb1', 1],
  ]);
  const fake: BookingLeases = {
    async create(request) {
      const { pci } = request.config as { pci: { vendor: string; model: string; quantity: number }[] };
      for (const { vendor, model, quantity } of pci) {
        const then = [...leases.values()].filter(
          ({ start, end }) => start < request.end && request.start < end,
        );
        const busy = then
          .flatMap(({ config }) => (config as { pci: { model: string; quantity: number }[] }).pci)
          .filter((device) => device.model === model)
          .reduce((sum, device) => sum + device.quantity, 0);
        if (busy + quantity > (room.get(`${vendor}:${model}`) ?? 0))
          throw new ProtiumError('lease-conflict', 'too few cards');
      }
      await Promise.resolve();
      const id = randomUUID();
      if (!request.validateOnly) leases.set(id, { ...request, phase: 'before', instance: null, devices: [] });
      return { id };
    },
    cancel(id, { validateOnly }) {
      const lease = leases.get(id);
      if (lease !== undefined && !validateOnly) leases.set(id, { ...lease, phase: 'over' });
      return Promise.resolve();
    },
    get: (id) => leases.get(id),
    named: (owner, name) =>
      [...leases].find(([, lease]) => lease.owner === owner && lease.name === name)?.[0],
  };
  return { leases, fake };
}

let now: number;
let images: string[];
let leases: ReturnType<typeof fakeLeases>['leases'];
let store: BookingStore;
let bookings: Bookings;
let restarted: string[];
const worked: string[] = [];

beforeEach(async () => {
  now = new Date(2026, 2, 10, 14, 47).getTime();
  images = ['debian-12', 'ubuntu-24.04'];
  restarted = [];
  const made = fakeLeases();
  leases = made.leases;
  store = createBookingStore(openFor(databasePath()));
  bookings = createBookings({
    locks: createKeyedLock(),
    store,
    leases: made.fake,
    cards: () =>
      Promise.resolve([
        { vendor: '10de', model: '2489', addresses: ['0000:01:00.0', '0000:02:00.0'] },
        { vendor: '10de', model: '1eb1', addresses: ['0000:03:00.0'] },
      ]),
    images: () => images,
    hashForGuest: (password) => Promise.resolve(`$6$salt$${password.length}`),
    dataset: 'data/imagenet.qcow2',
    userVolume: (kind, user) => {
      worked.push(`${kind} ${user.user}`);
      return Promise.resolve(
        kind === 'work' ? '6d1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77' : '0c1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77',
      );
    },
    restart: (instance) => {
      restarted.push(instance);
      return Promise.resolve();
    },
    now: () => now,
  });
  await bookings.import({ 'capability_config.yaml': capability }, { validateOnly: false });
});

const register = (user: string) =>
  bookings.register({ user, password: `${user}-secret`, forwardPort: null, validateOnly: false });
const book = (user: string, from: number, to: number, more: object = {}) =>
  bookings.book({
    user,
    password: `${user}-secret`,
    start: now + from * hour,
    end: now + to * hour,
    cpus: 2,
    memoryGb: 4,
    gpus: 1,
    forwardPort: null,
    image: null,
    extraCommand: null,
    validateOnly: false,
    ...more,
  });
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as ProtiumError).code,
  );

describe('users', () => {
  it('are those that the file names, each with a port and an owner', async () => {
    expect(() => bookings.user('mallory')).toThrow('may not book here');
    expect(bookings.user(' Alice ')).toMatchObject({
      known: null,
      maximum: { cpus: 8, memoryGb: 32, gpus: 2 },
    });
    expect(await register('alice')).toMatchObject({
      user: 'alice',
      forwardPort: 10_001,
      owner: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect(await register('bob')).toMatchObject({ forwardPort: 10_002 });
    expect(await code(register('alice'))).toBe('already-exists');
    expect(await code(register('mallory'))).toBe('not-found');
    expect(
      await code(
        bookings.register({ user: 'carol', password: '1234', forwardPort: null, validateOnly: false }),
      ),
    ).toBe('argument-invalid');
    expect(
      await code(
        bookings.register({ user: 'carol', password: 'secret', forwardPort: 10_002, validateOnly: false }),
      ),
    ).toBe('resource-in-use');
    await bookings.register({ user: 'carol', password: 'secret', forwardPort: null, validateOnly: true });
    expect(bookings.users().map(({ user }) => user)).toEqual(['alice', 'bob']);
  });

  it('have a password that is kept as a hash, and is not guessed', async () => {
    await register('alice');
    expect(JSON.stringify(store.users())).not.toContain('alice-secret');
    expect(await bookings.login('alice', 'alice-secret')).toMatchObject({ user: 'alice' });
    for (let tries = 0; tries < 5; tries += 1)
      expect(await code(bookings.login('alice', 'x'))).toBe('credentials-wrong');
    expect(await code(bookings.login('alice', 'alice-secret'))).toBe('credentials-wrong');
    now += 60_000;
    expect(await code(bookings.login('alice', 'alice-secret'))).toBe('done');
    expect(await code(bookings.login('bob', 'never-registered'))).toBe('credentials-wrong');
  });

  it('change what they book with', async () => {
    await register('alice');
    const change = {
      user: 'alice',
      password: 'alice-secret',
      newPassword: null,
      forwardPort: null,
      image: null,
      extraCommand: null,
      validateOnly: false,
    };
    await bookings.change({
      ...change,
      image: 'ubuntu-24.04',
      forwardPort: 10_500,
      extraCommand: 'nvidia-smi',
    });
    expect(await book('alice', 1, 2)).toMatchObject({
      image: 'ubuntu-24.04',
      forwardPort: 10_500,
      extraCommand: 'nvidia-smi',
    });
    expect(await code(bookings.change({ ...change, image: 'windows' }))).toBe('argument-invalid');
    await bookings.change({ ...change, newPassword: 'another one' });
    expect(await code(bookings.login('alice', 'alice-secret'))).toBe('credentials-wrong');
    expect(await code(bookings.login('alice', 'another one'))).toBe('done');
  });
});

describe('a booking', () => {
  beforeEach(async () => {
    for (const user of ['alice', 'bob', 'carol', 'dave']) await register(user);
  });

  it('is a lease of a VM', async () => {
    const booking = await book('alice', 1, 3, { extraCommand: 'touch "$HOME/x"; true' });
    expect(booking).toMatchObject({
      user: 'alice',
      forwardPort: 10_001,
      image: null,
      lease: expect.any(String) as string,
    });
    const [lease] = [...leases.values()];
    expect(lease).toMatchObject({
      start: now + hour,
      end: now + 3 * hour,
      name: expect.stringMatching(/^booking-alice-[0-9a-f]{8}$/) as string,
    });
    const read = readSpec(lease?.config);
    expect(read).toMatchObject({
      ok: true,
      spec: {
        cpu: { slots: 2, allowSmt: true, overprovision: 1 },
        memory: { mib: 4096 },
        pci: [{ vendor: '10de', model: '2489', quantity: 1 }],
        volumes: [
          { image: 'debian-12' },
          { id: '6d1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77' },
          { name: 'data/imagenet.qcow2', readonly: true },
        ],
        guest: { userData: expect.stringContaining('touch') as string },
      },
    });
    expect(bookings.list({})).toMatchObject([{ state: 'booking' }]);
  });

  it('of a moment ago begins now', async () => {
    await bookings.book({ ...request('alice'), start: now - 17 * 60_000, end: now + hour });
    expect([...leases.values()]).toMatchObject([{ start: now }]);
    expect(bookings.list({})).toMatchObject([{ user: 'alice' }]);
  });

  it('gets cards of another model where those of the first are booked', async () => {
    await book('alice', 1, 2, { gpus: 2 });
    await book('bob', 1, 2, { gpus: 1 });
    expect([...leases.values()].at(-1)?.config).toMatchObject({ pci: [{ model: '1eb1' }] });
    expect(await code(book('carol', 1, 2, { gpus: 1 }))).toBe('lease-conflict');
    expect(await code(book('carol', 2, 3, { gpus: 2 }))).toBe('done');
    expect(store.all()).toHaveLength(3);
  });

  it('is never given twice, whoever asks at once', async () => {
    const codes = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((user) => code(book(user, 1, 2))));
    expect(codes.sort()).toEqual(['done', 'done', 'done', 'lease-conflict']);
    expect(await Promise.all([code(book('alice', 5, 7)), code(book('alice', 6, 8))])).toEqual(
      expect.arrayContaining(['done', 'resource-in-use']) as string[],
    );
  });

  it('meets no other of its user; one after the other is right', async () => {
    await book('alice', 1, 3);
    expect(await code(book('alice', 2, 4))).toBe('resource-in-use');
    expect(await code(book('alice', 3, 4))).toBe('done');
    expect(await code(book('bob', 1, 2, { forwardPort: 10_001 }))).toBe('resource-in-use');
    expect(await code(book('bob', 1, 2, { forwardPort: 10_700 }))).toBe('done');
    expect(await code(book('carol', 1, 2, { forwardPort: 10_700 }))).toBe('resource-in-use');
  });

  it.each([
    ['too many cpus', { cpus: 9 }],
    ['no memory', { memoryGb: 0 }],
    ['more GPUs than there are', { gpus: 3 }],
    ['an image that is none', { image: 'rober5566a/aivc-server:latest' }],
    ['a port of others', { forwardPort: 22 }],
  ])('of %s is refused, and leaves nothing', async (_what, more) => {
    expect(await code(book('alice', 1, 2, more))).toBe('argument-invalid');
    expect([store.all(), leases.size]).toEqual([[], 0]);
  });

  it('needs the password', async () => {
    expect(await code(bookings.book({ ...request('alice'), password: 'wrong' }))).toBe('credentials-wrong');
    const booking = await book('alice', 1, 2);
    const cancel = { id: booking.id, user: 'bob', password: 'bob-secret', validateOnly: false };
    expect(await code(bookings.cancel(cancel))).toBe('not-found');
    expect(await code(bookings.cancel({ ...cancel, user: 'alice' }))).toBe('credentials-wrong');
  });

  it('is given up once', async () => {
    const { id } = await book('alice', 1, 2);
    const cancel = { id, user: 'alice', password: 'alice-secret', validateOnly: true };
    await bookings.cancel(cancel);
    expect(bookings.list({})).toMatchObject([{ state: 'booking' }]);
    await bookings.cancel({ ...cancel, validateOnly: false });
    expect(bookings.list({})).toMatchObject([{ state: 'used' }]);
    expect(await code(bookings.cancel(cancel))).toBe('state-conflict');
    // Its time is free.
    expect(await code(book('alice', 1, 2))).toBe('done');
  });

  it('that has begun has numbers of its cards, a port, and is restarted', async () => {
    const { lease } = await book('alice', 1, 2, { gpus: 2 });
    const kept = leases.get(lease ?? '');
    expect(await code(bookings.restart({ user: 'alice', password: 'alice-secret' }))).toBe('state-conflict');
    if (kept !== undefined) {
      leases.set(lease ?? '', {
        ...kept,
        phase: 'running',
        instance: 'the-vm',
        devices: ['0000:03:00.0', '0000:01:00.0'],
      });
    }
    expect(bookings.list({ state: 'using' })).toMatchObject([{ gpuNumbers: [2, 0] }]);
    expect(bookings.ports()).toEqual([{ instance: 'the-vm', forwardPort: 10_001 }]);
    expect(await bookings.restart({ user: 'alice', password: 'alice-secret' })).toEqual({
      instance: 'the-vm',
    });
    expect(restarted).toEqual(['the-vm']);
  });

  it('of which a crash left one half is put together, or taken back', async () => {
    const one = await book('alice', 1, 2);
    const two = await book('bob', 1, 2);
    const half = { ...one, lease: null };
    store.remove(one.id);
    store.insert(half);
    leases.delete(two.lease ?? '');
    store.remove(two.id);
    store.insert({ ...two, lease: null });
    bookings.mend();
    expect(store.all()).toEqual([one]);
  });

  function request(user: string) {
    const none = { forwardPort: null, image: null, extraCommand: null };
    return {
      user,
      password: `${user}-secret`,
      start: now + hour,
      end: now + 2 * hour,
      cpus: 1,
      memoryGb: 1,
      gpus: 0,
      ...none,
      validateOnly: false,
    };
  }
});

describe('AIVC’s files', () => {
  const local = (time: number) => {
    const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
    return date.toISOString().slice(0, 19).replace('T', ' ');
  };
  const row = (user: string, from: number, to: number, gpus: string, port: number, image = '') =>
    `${local(now + from * hour)},${local(now + to * hour)},${user},4.0,8,"${gpus}",${port},${image},`;
  const header = 'start,end,user_id,cpus,memory,gpus,forward_port,image,extra_command';
  const files = () => ({
    'users_config.yaml':
      'alice: {password: horse, forward_port: 10007}\nbob: {password: 1234, forward_port: 10007, image: gone}\ncarol: {password: staple, forward_port: 10009, image: gone}',
    'booking.csv': [
      header,
      row('alice', 2, 4, '[0, 1]', 10_007),
      row('carol', 3, 5, '[0, 1]', 10_009),
      row('nobody', 3, 5, '[]', 10_010),
    ].join('\n'),
    'using.csv': [header, row('alice', -2, 1, '[0]', 10_007), row('carol', -5, -1, '[0]', 10_009)].join('\n'),
    'used.csv': [header, row('carol', -50, -40, '[3]', 10_009)].join('\n'),
    'host_deploy.yaml':
      'volume_work_dir: /mnt/Users\nvolume_dataset_dir: /mnt/Dataset\nvolume_backup_dir: /mnt/Backup\nimages: [debian-12, gone]',
  });

  it('are taken over, and what cannot be is told', async () => {
    const dry = await bookings.import(files(), { validateOnly: true });
    expect([store.users(), store.all()]).toEqual([[], []]);
    const report = await bookings.import(files(), { validateOnly: false });
    // Alone, each row could be booked.
    expect([dry.imported.length, dry.skipped.length]).toEqual([7, 4]);
    expect(report.imported).toEqual([
      'The directories and images of host_deploy.yaml.',
      'The user alice.',
      'The user carol.',
      expect.stringContaining('The booking of alice') as string,
      expect.stringContaining('The booking of alice') as string,
      '2 bookings that are over.',
    ]);
    expect(report.skipped).toEqual([
      expect.stringContaining('no images of these names: gone') as string,
      "The user bob: the port 10007 is another user's.",
      'The image of carol, gone: there is none of that name.',
      // AIVC has booked the cards twice.
      expect.stringMatching(/^The booking of carol .*too few cards$/) as string,
      expect.stringContaining('does not know that user') as string,
    ]);
    expect(await bookings.login('alice', 'horse')).toMatchObject({ forwardPort: 10_007 });
    expect(
      bookings
        .list({})
        .map(({ user, state }) => `${user} ${state}`)
        .sort(),
    ).toEqual(['alice booking', 'alice booking', 'carol used', 'carol used']);

    // The same again is nothing new.
    const again = await bookings.import(
      {
        'booking.csv': files()['booking.csv'].split('\n').slice(0, 2).join('\n'),
        'used.csv': files()['used.csv'],
      },
      { validateOnly: false },
    );
    expect(again).toEqual({ imported: [], skipped: [] });
  });

  it('come out as they went in', async () => {
    const kept = { 'backup.yaml': 'Dir:\n  - [models, /root/models]\nFile: []\n' };
    const report = await bookings.import({ ...files(), ...kept }, { validateOnly: false });
    expect(report.imported).toContain('What is kept of a machine: 1 paths (backup.yaml).');
    const out = bookings.export();
    expect(out['backup.yaml']).toContain('/root/models');
    expect(Object.keys(out).sort()).toEqual([
      'backup.yaml',
      'booking.csv',
      'capability_config.yaml',
      'host_deploy.yaml',
      'used.csv',
      'users_config.yaml',
      'using.csv',
    ]);
    expect(out['booking.csv']).toContain(
      `${local(now + 2 * hour)},${local(now + 4 * hour)},alice,4,8,"[0, 1]",10007`,
    );
    expect(out['users_config.yaml']).not.toContain('horse');
    expect(out['used.csv']).toContain(',[3],');
    const { 'users_config.yaml': _users, ...rest } = out;
    const before = store.all();
    await bookings.import(rest, { validateOnly: false });
    expect(store.all()).toEqual(before);
    expect(bookings.export()).toEqual(out);
  });

  it.each([
    ['a file that is none of them', { passwd: 'root' }],
    ['one that is broken', { 'booking.csv': 'start,end\n1' }],
  ])('with %s change nothing', async (_what, bad) => {
    expect(await code(bookings.import({ ...files(), ...bad }, { validateOnly: false }))).toBe(
      'argument-invalid',
    );
    expect([store.users(), store.all()]).toEqual([[], []]);
  });
});

it('the guest’s set-up cannot be led astray by what users type', () => {
  const extraCommand = "'; reboot #\n- [sh, -c, evil]";
  const config = bookingConfig({
    ...{
      user: 'alice',
      cpus: 1.5,
      memoryGb: 2,
      gpus: 0,
      image: 'debian-12',
      guestHash: '$6$a$b',
      gpu: null,
      workVolume: null,
      backupVolume: null,
      kept: null,
      dataset: null,
    },
    extraCommand,
  });
  const read = readSpec(config);
  expect(read).toMatchObject({
    ok: true,
    spec: { cpu: { slots: 2 }, memory: { mib: 2048 }, pci: [], volumes: [{ image: 'debian-12' }] },
  });
  expect(config).toMatchSnapshot();
});

it('Work, Backup and Dataset are disks of the guest, the last to be read only', () => {
  const config = bookingConfig({
    user: 'alice',
    cpus: 1,
    memoryGb: 2,
    gpus: 0,
    image: 'debian-12',
    guestHash: '$6$a$b',
    gpu: null,
    extraCommand: null,
    workVolume: '6d1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77',
    backupVolume: '0c1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77',
    kept: [
      { kind: 'directory', kept: 'models', guest: '/root/models' },
      { kind: 'directory', kept: 'ssh', guest: '/etc/ssh' },
    ],
    dataset: 'data/imagenet.qcow2',
  });
  expect(readSpec(config)).toMatchObject({
    ok: true,
    spec: {
      volumes: [
        { image: 'debian-12', bootable: true },
        { id: '6d1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77', readonly: false },
        { id: '0c1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77', readonly: false },
        { name: 'data/imagenet.qcow2', readonly: true },
      ],
    },
  });
  const { cloudinit } = config as { cloudinit: string };
  const data = parse(cloudinit) as {
    mounts: string[][];
    fs_setup: { device: string }[];
    write_files: { path: string; content: string }[];
    runcmd: string[][];
  };
  expect(data.fs_setup.map(({ device }) => device)).toEqual(['/dev/vdb', '/dev/vdc']);
  expect(data.mounts).toEqual([
    ['LABEL=work', '/root/Work', 'auto', 'defaults,nofail'],
    ['LABEL=backup', '/root/Backup', 'auto', 'defaults,nofail'],
    ['/dev/vdd', '/root/Dataset', 'auto', 'ro,nofail'],
  ]);
  expect(data.runcmd).toContainEqual(['systemctl', 'enable', '--now', 'booking-keep.service']);
  const list = data.write_files.find(({ path }) => path === '/etc/booking-keep.yaml');
  expect(readBackupList(list?.content ?? '')).toContainEqual({
    kind: 'directory',
    kept: 'ssh',
    guest: '/etc/ssh',
  });
});
