import { expect, vi } from 'vitest';
import type { Bench } from './bench.ts';
import { config, done, request, withDisk, type Scenario } from './scenario.ts';
import { at, day, tomorrow } from './times.ts';

const booked = { name: 'vm', wish: { config }, startTime: at(tomorrow), durationSeconds: '7200' };
const lease = (more: object = {}) => done('POST', '/v1/leases', { ...booked, ...more });
/** One that has begun, with its VM. */
const running = (more: object) => async (bench: Bench) => {
  await bench.done('POST', '/v1/leases', {
    name: 'vm',
    wish: { config },
    durationSeconds: '7200',
    graceSeconds: 0,
    ...more,
  });
  await vi.waitFor(
    async () => {
      const { body } = await bench.call('GET', '/v1/leases/vm');
      expect(body).toMatchObject({ lease: { state: 'active' } });
    },
    { timeout: 30_000, interval: 100 },
  );
};
const cancel = request('POST', '/v1/leases/vm/cancel', {});

/** What is promised for a time. */
export const leaseScenarios: readonly Scenario[] = [
  {
    kind: 'lease',
    variant: 'that begins at once, with a VM',
    drives: ['lease', 'usage_run'],
    everyWrite: true,
    act: request('POST', '/v1/leases', { name: 'vm', wish: { config }, durationSeconds: '7200' }),
  },
  { kind: 'lease', variant: 'of tomorrow', drives: ['lease'], act: request('POST', '/v1/leases', booked) },
  {
    kind: 'lease',
    variant: 'that is repeated',
    drives: ['lease'],
    act: request('POST', '/v1/leases', { ...booked, repeat: 'daily count 3' }),
  },
  {
    kind: 'lease',
    variant: 'that is made longer',
    drives: ['lease'],
    prepare: lease(),
    act: request('PATCH', '/v1/leases/vm', { endTime: at(tomorrow + day) }),
  },
  { kind: 'lease', variant: 'that is given up before', drives: ['lease'], prepare: lease(), act: cancel },
  {
    kind: 'lease',
    variant: 'that ends: its VM is stopped',
    drives: ['lease', 'timed_instance'],
    prepare: running({ endAction: 'stop' }),
    act: cancel,
  },
  {
    kind: 'lease',
    variant: 'that ends: its VM is kept as a snapshot',
    drives: ['lease', 'timed_instance'],
    prepare: running({ endAction: 'snapshot', wish: { config: withDisk } }),
    act: cancel,
  },
  {
    kind: 'lease',
    variant: 'that ends: its VM is deleted',
    drives: ['lease'],
    prepare: running({ endAction: 'delete', wish: { config: withDisk } }),
    act: cancel,
  },
  {
    kind: 'subscription',
    drives: ['subscription'],
    act: request('POST', '/v1/subscriptions', { plan: 'floating-address', owner: 'f'.repeat(32) }),
  },
];
