import { expect, it } from 'vitest';
import { migrationFunctions } from '../../../../../internal/api/http/gpueater/migration/functions.ts';
import { requireHere, shownMoved } from '../../../../../internal/api/http/gpueater/migration/moved.ts';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';
import type { Instance } from '../../../../../internal/instances/instance.ts';
import type { MovedInstance } from '../../../../../internal/migration/moved-instance.ts';
import type { OperationRecord } from '../../../../../internal/operations/model.ts';
import { caller, mine, theirs } from './call.ts';

const uuid = '11111111-2222-4333-8444-555555555555';
const gone = '99999999-2222-4333-8444-555555555555';

const moved: MovedInstance = {
  uuid: gone,
  name: 'gone',
  owner: mine,
  target: 'other',
  hostUuid: '7a000000-0000-4000-8000-000000000002',
  offline: false,
  movedAt: '2026-01-02T00:00:00.000Z',
  createdAt: '2026-01-01T00:00:00.000Z',
  description: 'my tag',
  tags: [],
  vcpus: 2,
  memoryMib: 512,
  rootBytes: 10 * 2 ** 30,
};

function group(
  options: { readonly refusal?: ProtiumError; readonly latest?: Partial<OperationRecord> } = {},
) {
  const { refusal, latest } = options;
  const begun: unknown[] = [];
  const functions = migrationFunctions({
    instances: {
      get: (id) => (id === uuid ? ({ uuid, domain: 'one', owner: mine } as Instance) : undefined),
    },
    migrate: 'migrate' as never,
    migrations: { list: (owner) => [moved].filter((each) => each.owner === owner) },
    operations: {
      list: () => ({ operations: latest === undefined ? [] : [latest as OperationRecord], next: null }),
    },
    begin: ((_change: unknown, id: string, input: (target: object) => object) => {
      if (refusal !== undefined) return Promise.reject(refusal);
      begun.push(input({ uuid: id, domain: 'one' }));
      return Promise.resolve({ operation: 'op', notices: [] });
    }) as never,
  });
  return { begun, ...caller(functions) };
}
const form = { instance_id: uuid, region_id: 'other' };

it('a move is begun, and answered with its transaction', async () => {
  const { call, begun } = group();
  expect(await call('live_migration', form)).toEqual({ transaction_id: 'op' });
  expect(await call('live_migration', { ...form, offline: 'true' })).toEqual({ transaction_id: 'op' });
  expect(begun).toEqual([
    { uuid, domain: 'one', target: 'other', offline: false },
    { uuid, domain: 'one', target: 'other', offline: true },
  ]);
});

it('one that is sent twice is begun once', async () => {
  const latest = {
    id: 'first',
    state: 'running',
    cancelRequested: false,
    input: { target: 'other' },
  } as const;
  const twice = group({ latest });
  expect(await twice.call('live_migration', form)).toEqual({ transaction_id: 'first' });
  expect(twice.begun).toEqual([]);
  for (const more of [
    { state: 'failed' as const },
    { cancelRequested: true },
    { input: { target: 'elsewhere' } },
  ]) {
    expect(await group({ latest: { ...latest, ...more } }).call('live_migration', form)).toEqual({
      transaction_id: 'op',
    });
  }
});

it('is refused with the reason, and begins nothing', async () => {
  const { refused, begun } = group();
  expect(await refused('live_migration', form, theirs)).toBe('not-found');
  expect(await refused('live_migration', { ...form, instance_id: '../x' })).toBe('not-found');
  expect(await refused('live_migration', { ...form, offline: 'perhaps' })).toBe('argument-invalid');
  expect(await refused('live_migration', { ...form, instance_id: gone })).toBe('state-conflict');
  expect(await refused('live_migration', { ...form, instance_id: gone }, theirs)).toBe('not-found');
  for (const name of Object.keys(form)) {
    expect(await refused('live_migration', { ...form, [name]: '' }), name).toBe('argument-invalid');
  }
  expect(begun).toEqual([]);
  const incapable = group({ refusal: new ProtiumError('host-incapable', 'It has devices of this host.') });
  expect(await incapable.refused('live_migration', form)).toBe('host-incapable');
});

it('one that went is told where it is, to its owner', () => {
  expect(shownMoved(moved, 'op')).toMatchObject({
    instance_id: gone,
    machine_resource_id: moved.hostUuid,
    region_id: 'other',
    tag: 'my tag',
    state: 'MIGRATED',
    root_storage: 10,
    transaction_id: 'op',
  });
  const migrations = { list: (owner?: string) => (owner === mine ? [moved] : []) };
  expect(() => requireHere(migrations, mine, gone.toUpperCase())).toThrow('It went to the host "other"');
  expect(() => requireHere(migrations, theirs, gone)).not.toThrow();
  expect(() => requireHere(migrations, mine, uuid)).not.toThrow();
});
