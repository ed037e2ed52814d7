import { expect, it } from 'vitest';
import { snapshotFunctions } from '../../../../../internal/api/http/gpueater/snapshots/functions.ts';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';
import type { Instance } from '../../../../../internal/instances/instance.ts';
import type { Snapshot } from '../../../../../internal/instances/snapshots/read-snapshots.ts';
import { caller, mine, theirs } from './call.ts';

const uuid = '11111111-2222-4333-8444-555555555555';
const other = '99999999-2222-4333-8444-555555555555';

function group(failing: ProtiumError | null = null) {
  const instances = [
    { uuid, domain: 'one', owner: mine },
    { uuid: other, domain: 'two', owner: mine },
  ] as Instance[];
  const kept = new Map<string, Snapshot[]>(instances.map((instance) => [instance.uuid, []]));
  const done: string[] = [];
  const changes = { createSnapshot: 'create', revertSnapshot: 'revert', deleteSnapshot: 'delete' };
  const of = (id: string) => kept.get(id) ?? [];
  const functions = snapshotFunctions({
    instances: {
      get: (id) => instances.find((instance) => instance.uuid === id),
      list: (owner) => instances.filter((instance) => instance.owner === owner),
    },
    operations: {
      wait: () => Promise.resolve({}),
      get: () => ({ state: failing === null ? 'succeeded' : 'failed', error: failing }),
    } as never,
    changes: changes as never,
    begin: ((
      change: string,
      id: string,
      input: (target: object) => { name: string; description?: string },
    ) => {
      const { name, description = null } = input({});
      done.push(`${change} ${id === uuid ? 'one' : 'two'}`);
      if (change === 'create') {
        of(id).push({ name, description, createdAt: String(of(id).length), state: 'off' } as Snapshot);
      }
      if (change === 'delete')
        kept.set(
          id,
          of(id).filter((each) => each.name !== name),
        );
      return Promise.resolve({ operation: 'op', notices: [] });
    }) as never,
    snapshots: {
      list: (id) => Promise.resolve(of(id)),
      get: (id, name) => {
        const found = of(id).find((each) => each.name === name);
        return found === undefined
          ? Promise.reject(new ProtiumError('not-found', 'no'))
          : Promise.resolve(found);
      },
    },
    describe: ({ uuid: id }, name, description) => {
      kept.set(
        id,
        of(id).map((each) => (each.name === name ? { ...each, description } : each)),
      );
      return Promise.resolve();
    },
  });
  return { ...caller(functions), done };
}

it('are taken, listed by instance and over all, tagged, restored and deleted', async () => {
  const { call, done } = group();
  const { snapshot_id: first } = (await call('snapshot_instance', { instance_id: uuid })) as {
    snapshot_id: string;
  };
  await call('take_snapshot', { instance_id: other, tag: 'before' });
  expect(await call('snapshot_list', { instance_id: uuid })).toMatchObject([
    { snapshot_id: first, instance_id: uuid, tag: '', state: 'READY' },
  ]);
  expect(await call('snapshots')).toMatchObject([
    { instance_id: uuid },
    { instance_id: other, tag: 'before' },
  ]);
  expect(await call('snapshots', {}, theirs)).toEqual([]);
  await call('change_snapshot_tag', { snapshot_id: first, tag: 'after' });
  expect(await call('snapshot_list', { instance_id: uuid })).toMatchObject([{ tag: 'after' }]);
  expect(await call('restore_from_snapshot', { instance_id: uuid, snapshot_id: first })).toEqual({
    transaction_id: 'op',
  });
  await call('delete_snapshot', { snapshot_id: first });
  await call('delete_snapshot', { instance_id: other });
  expect(await call('snapshots')).toEqual([]);
  expect(done).toEqual(['create one', 'create two', 'revert one', 'delete one', 'delete two']);
});

it('are only the user’s own, and only of the instance that is named', async () => {
  const { call, refused, done } = group();
  const { snapshot_id: id } = (await call('snapshot_instance', { instance_id: uuid })) as {
    snapshot_id: string;
  };
  done.length = 0;
  expect(await refused('restore_from_snapshot', { instance_id: other, snapshot_id: id })).toBe(
    'argument-invalid',
  );
  expect(await refused('restore_from_snapshot', { instance_id: uuid, snapshot_id: id }, theirs)).toBe(
    'not-found',
  );
  expect(await refused('delete_snapshot', { snapshot_id: id }, theirs)).toBe('not-found');
  expect(await refused('delete_snapshot', { snapshot_id: `${uuid}.none` })).toBe('not-found');
  expect(await refused('delete_snapshot', { snapshot_id: '../x' })).toBe('not-found');
  expect(await refused('delete_snapshot', { instance_id: other })).toBe('not-found');
  expect(await refused('change_snapshot_tag', { snapshot_id: id, tag: 'x'.repeat(256) })).toBe(
    'argument-invalid',
  );
  expect(done).toEqual([]);
});

it('that fail say why', async () => {
  const { refused } = group(new ProtiumError('storage-full', 'The disk is full.'));
  expect(await refused('snapshot_instance', { instance_id: uuid })).toBe('storage-full');
});
