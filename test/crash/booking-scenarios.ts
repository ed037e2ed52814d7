import type { Bench } from './bench.ts';
import { publicKey } from './other-scenarios.ts';
import { done, inOrder, request, type Scenario } from './scenario.ts';
import { importImage } from './scenarios.ts';
import { at, day, tomorrow } from './times.ts';

const bookingUser = { user: 'alice', password: 'horse staple' };
const capability = (space: number): string =>
  `max: {cpus: 1, ram: 1, swap_size: 0, gpus: 0, memory: ram + swap_size, work_space: ${space}, backup_space: ${space}}\n` +
  'allow_userIDs: [alice, bob]\n' +
  `max_default_capability: {cpus: 1, memory: 1, gpus: 0, work_space: ${space}, backup_space: ${space}}\n`;
const importFiles = (files: Readonly<Record<string, string>>) =>
  request('POST', '/v1/booking-import', { files });
const mayBook = importFiles({ 'capability_config.yaml': capability(0) });
const registered = done('POST', '/v1/booking-users/alice/register', bookingUser);
const withImage = async (bench: Bench) => {
  const answer = await importImage(bench);
  await bench.call('GET', `${answer.headers.location ?? ''}/wait?timeoutSeconds=60`);
};
const booking = {
  ...bookingUser,
  startTime: at(tomorrow),
  endTime: at(tomorrow + day),
  cpus: 1,
  memoryGb: 1,
  gpus: 0,
};
const cancelBooking = async ({ call }: Bench) => {
  const { body } = await call('GET', '/v1/bookings');
  const [found] = (body['bookings'] as { id: string; state: string }[]).filter(
    ({ state }) => state !== 'used',
  );
  return call('POST', `/v1/bookings/${found?.id ?? ''}/cancel`, bookingUser);
};

const wish = {
  name: 'vm',
  source: 'needs.txt',
  text: 'The software needs Linux, 1 CPU core and 1 GB RAM. No GPU is needed.\n',
  slots: 1,
  memoryMib: '64',
  diskBytes: '1048576',
  image: 'small',
  sshKeys: [publicKey],
  endAction: 'delete',
  durationSeconds: '7200',
};
const provision = (more: object) => async (bench: Bench) => {
  const asked = { wish: { ...wish, ...more } };
  const planned = await bench.done('POST', '/v1/provision-plan', asked);
  const { etag } = planned['plan'] as { etag: string };
  return bench.call('POST', '/v1/provisions', { ...asked, planEtag: etag });
};

/** AIVC's bookings, and provisions. */
export const bookingScenarios: readonly Scenario[] = [
  // An import is a change for each thing that it brings: what is there already is left out when it comes again.
  {
    kind: 'booking setting',
    variant: 'that is imported',
    drives: ['booking_setting'],
    prepare: mayBook,
    act: importFiles({ 'capability_config.yaml': capability(2) }),
  },
  {
    kind: 'booking user',
    variant: 'that is imported',
    drives: ['booking_user'],
    prepare: mayBook,
    act: importFiles({ 'users_config.yaml': 'bob: {password: battery, forward_port: 10002}\n' }),
  },
  {
    kind: 'booking user',
    variant: 'that changes the port',
    drives: ['booking_user'],
    prepare: inOrder(
      mayBook,
      registered,
      request('PATCH', '/v1/booking-users/alice', { ...bookingUser, forwardPort: 10_010 }),
    ),
    act: request('PATCH', '/v1/booking-users/alice', { ...bookingUser, forwardPort: 10_011 }),
  },
  {
    kind: 'booking',
    drives: ['booking', 'lease'],
    prepare: inOrder(mayBook, registered, withImage),
    act: request('POST', '/v1/bookings', booking),
  },
  {
    kind: 'booking',
    variant: 'that is given up',
    drives: ['lease'],
    prepare: inOrder(mayBook, registered, withImage, done('POST', '/v1/bookings', booking)),
    act: cancelBooking,
  },
  {
    kind: 'provision',
    variant: 'of tomorrow',
    drives: ['provision', 'lease'],
    prepare: withImage,
    act: provision({ startTime: at(tomorrow) }),
  },
  {
    kind: 'provision',
    variant: 'that is given up',
    drives: ['provision', 'lease'],
    prepare: inOrder(withImage, provision({ startTime: at(tomorrow) })),
    act: async ({ call }) => call('POST', '/v1/provisions/vm/cancel', {}),
  },
];
