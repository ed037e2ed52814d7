import { expect, it } from 'vitest';
import { formOf } from '../../../../../internal/api/http/gpueater/form.ts';
import { volumeFunctions } from '../../../../../internal/api/http/gpueater/volumes/functions.ts';
import type { VolumeFunctionParts } from '../../../../../internal/api/http/gpueater/volumes/parts.ts';
import type { User } from '../../../../../internal/identity/identity.ts';
import { createOwnership } from '../../../../../internal/ownership/ownership.ts';
import { databasePath, openFor } from '../../../operations/fixture.ts';

const ann: User = { name: 'ann', owner: 'a'.repeat(32), createdAt: '' };
const bob: User = { name: 'bob', owner: 'b'.repeat(32), createdAt: '' };
const uuids = { ann: '00000000-0000-4000-8000-00000000000a', bob: '00000000-0000-4000-8000-00000000000b' };
const gib = 2n ** 30n;

/** The functions over pools in memory; what was done, in order. */
function room() {
  const ownership = createOwnership(openFor(databasePath()));
  const stored = new Map<
    string,
    { pool: string; name: string; format: string; capacityBytes: bigint; path: string }
  >();
  const domains: { uuid: string; diskPaths: string[] }[] = [];
  const done: string[] = [];
  const parts = {
    regions: [
      { id: 'local', pool: 'fast' },
      { id: 'archive', pool: 'slow' },
    ],
    ownership,
    instances: {
      get: (uuid: string) => {
        const [name] = Object.entries(uuids).find(([, known]) => known === uuid) ?? [];
        return name === undefined ? undefined : { uuid, owner: name === 'ann' ? ann.owner : bob.owner };
      },
    },
    volumes: {
      create: ({
        pool,
        name,
        sizeBytes,
        format,
        owned,
      }: Parameters<VolumeFunctionParts['volumes']['create']>[0]) => {
        done.push(`create ${pool} ${format ?? 'default'} ${sizeBytes / gib}`);
        const path = `/${pool}/${name}`;
        stored.set(`${pool}/${name}`, {
          pool,
          name,
          format: format ?? 'qcow2',
          capacityBytes: sizeBytes,
          path,
        });
        if (owned !== undefined) ownership.record({ kind: 'volume', id: `${pool}/${name}`, ...owned });
        return Promise.resolve('operation');
      },
      move: (source: { pool: string }, target: { pool: string }) => {
        done.push(`move ${source.pool} ${target.pool}`);
        return Promise.resolve('operation');
      },
      remove: ({ pool, name }: { pool: string; name: string }) => {
        done.push(`remove ${pool}`);
        stored.delete(`${pool}/${name}`);
        ownership.forget('volume', `${pool}/${name}`);
        return Promise.resolve('operation');
      },
    },
    operations: { wait: () => Promise.resolve(), get: () => ({ state: 'succeeded', error: null }) },
    view: { volumes: () => [...stored.values()], domains: () => domains },
    begin: (_change: unknown, uuid: string) => {
      done.push(`change ${uuid}`);
      return Promise.resolve({ operation: 'operation', notices: [] });
    },
    preparePool: () => Promise.resolve(),
  } as unknown as VolumeFunctionParts;
  const functions = new Map(volumeFunctions(parts).map((each) => [each.name, each]));
  const call = async (user: User, name: string, fields: Record<string, unknown> = {}) =>
    functions.get(name)?.handle({
      user,
      form: formOf(new Map(Object.entries(fields))),
      userAgent: '',
      signal: new AbortController().signal,
      setHeader: () => undefined,
    });
  const create = async (user: User, fields: Record<string, unknown> = { size: 1 }) =>
    (await call(user, 'create_volume', fields)) as { volume_id: string };
  return { call, create, done, domains, stored, ownership };
}

it.each([
  [{ volume: '3', region_id: 'archive', storage_type: 'raw' }, 'create slow raw 3'],
  [{ volume: 3, region_id: 'local', storage_type: 'default' }, 'create fast default 3'],
  [{ size: '3' }, 'create fast default 3'],
])('a volume of %j is made', async (fields, expected) => {
  const { create, done, call } = room();
  const made = await create(ann, fields);
  // Virtio tells a guest no more than 20 characters of it.
  expect(made.volume_id).toMatch(/^vol-[0-9a-f]{16}$/);
  expect(made).toMatchObject({ size: 3, state: 'AVAILABLE', instance_id: null, transaction_id: 'operation' });
  expect(done).toEqual([expected]);
  expect(await call(ann, 'volume_list')).toMatchObject([{ volume_id: made.volume_id }]);
});

it.each([
  {},
  { volume: '0' },
  { volume: '-1' },
  { volume: '1.5' },
  { volume: '99999' },
  { volume: 'x' },
  { volume: '1', region_id: 'moon' },
  { volume: '1', region_id: '../local' },
  { volume: '1', storage_type: 'vmdk' },
])('a volume of %j is refused, and nothing is made', async (fields) => {
  const { create, done } = room();
  await expect(create(ann, fields)).rejects.toMatchObject({ code: 'argument-invalid' });
  expect(done).toEqual([]);
});

it("another's volumes and instances are as if they were not there", async () => {
  const { call, create, done } = room();
  const { volume_id: hers } = await create(ann);
  const { volume_id: his } = await create(bob);
  done.length = 0;
  const attempts: [string, Record<string, string>][] = [
    ['attach_volume', { volume_id: hers, instance_id: uuids.bob }],
    ['attach_volume', { volume_id: his, instance_id: uuids.ann }],
    ['detach_volume', { volume_id: hers }],
    ['delete_volume', { volume_id: hers }],
    ['transfer_volume', { volume_id: hers, region_id: 'archive' }],
  ];
  for (const [name, fields] of attempts) {
    const refusal = await call(bob, name, fields).catch((error: unknown) => error as Error);
    const absent = await call(
      bob,
      name,
      fields['volume_id'] === hers
        ? { ...fields, volume_id: 'vol-none' }
        : { ...fields, instance_id: '00000000-0000-4000-8000-0000000000ff' },
    ).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ code: 'not-found' });
    const neutral = (error: unknown) => String(error).replace(/"[^"]*"/, '"…"');
    expect(neutral(refusal)).toBe(neutral(absent));
  }
  expect(await call(bob, 'volume_list')).toMatchObject([{ volume_id: his }]);
  expect(done).toEqual([]);
});

it('shows what has a volume, and never whose it is', async () => {
  const { call, create, domains, stored } = room();
  const { volume_id: id } = await create(ann);
  await expect(call(ann, 'detach_volume', { volume_id: id })).rejects.toMatchObject({
    code: 'state-conflict',
  });
  domains.push({ uuid: uuids.bob, diskPaths: [`/fast/${id}`] });
  expect(await call(ann, 'volume_list')).toMatchObject([{ state: 'ATTACHED', instance_id: null }]);
  await expect(call(ann, 'detach_volume', { volume_id: id })).rejects.toMatchObject({
    code: 'resource-in-use',
  });
  domains[0] = { uuid: uuids.ann, diskPaths: [`/fast/${id}`] };
  expect(await call(ann, 'volume_list')).toMatchObject([{ state: 'ATTACHED', instance_id: uuids.ann }]);
  // Deleted by hand, it is a volume no more.
  stored.clear();
  expect(await call(ann, 'volume_list')).toEqual([]);
});

it('moves between regions, not into its own, and is still seen where no region is', async () => {
  const { call, create, done, stored, ownership } = room();
  const { volume_id: id } = await create(ann);
  const transfer = (region_id: string) => call(ann, 'transfer_volume', { volume_id: id, region_id });
  expect(await transfer('archive')).toEqual({
    volume_id: id,
    region_id: 'archive',
    transaction_id: 'operation',
  });
  await expect(transfer('local')).rejects.toMatchObject({ code: 'argument-invalid' });
  await expect(transfer('moon')).rejects.toMatchObject({ code: 'argument-invalid' });
  expect(done).toEqual(['create fast default 1', 'move fast slow']);
  const [volume] = stored.values();
  stored.clear();
  if (volume !== undefined) stored.set(`cold/${id}`, { ...volume, pool: 'cold' });
  ownership.rename('volume', `fast/${id}`, `cold/${id}`);
  expect(await call(ann, 'volume_list')).toMatchObject([{ volume_id: id, region_id: 'cold' }]);
});
