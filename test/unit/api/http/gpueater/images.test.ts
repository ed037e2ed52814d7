import { expect, it } from 'vitest';
import { imageFunctions } from '../../../../../internal/api/http/gpueater/images/functions.ts';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';
import type { Image } from '../../../../../internal/images/image.ts';
import type { ImportRequest } from '../../../../../internal/images/request.ts';
import type { Instance } from '../../../../../internal/instances/instance.ts';
import type { OperationRecord } from '../../../../../internal/operations/model.ts';
import { createOwnership } from '../../../../../internal/ownership/ownership.ts';
import { databasePath, openFor } from '../../../operations/fixture.ts';
import { caller, mine, theirs } from './call.ts';

const uuid = '11111111-2222-4333-8444-555555555555';

const imageOf = (name: string, digit: string, flavour: string | null = null): Image => ({
  id: `id-${name}`,
  name,
  digest: `sha256:${digit.repeat(64)}`,
  format: 'qcow2',
  virtualSizeBytes: 2_000_000_000,
  sizeBytes: 1,
  os: { family: 'linux', flavour, version: '12', libosinfoId: null, loginUser: null },
  source: { kind: 'file', location: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  volume: { pool: 'p', name },
});

/** Images in memory whose imports the test ends. */
function group(existing: readonly Image[]) {
  const images = new Map(existing.map((image) => [image.name, image]));
  const asked: ImportRequest[] = [];
  const operations: OperationRecord[] = [];
  const ownership = createOwnership(openFor(databasePath()));
  let refuse: ProtiumError | null = null;
  const functions = imageFunctions({
    ownership,
    images: {
      list: () => [...images.values()],
      get: (name) => images.get(name),
      import: (request) => {
        if (refuse !== null) return Promise.reject(refuse);
        asked.push(request);
        const id = `operation-${String(asked.length)}`;
        operations.push({
          id,
          kind: 'image.import',
          owner: mine,
          state: 'running',
          input: { name: request.name },
          progress: { fraction: 0.256 },
          error: null,
        } as unknown as OperationRecord);
        return Promise.resolve({ id, done: new Promise(() => undefined) });
      },
      delete: (name) => {
        images.delete(name);
        return Promise.resolve({ id: 'deletion', done: Promise.resolve({ imageId: '' }) });
      },
    },
    instances: {
      get: (id) =>
        id === uuid ? ({ uuid, owner: mine, plan: { volumes: [] } } as unknown as Instance) : undefined,
    },
    operations: {
      list: ({ owner }: { owner?: string }) => ({
        operations: operations.filter((operation) => operation.owner === owner),
        next: null,
      }),
      wait: () => Promise.resolve({}),
      get: () => ({ state: 'succeeded', error: null }),
    } as never,
  });
  const change = (index: number, to: Partial<OperationRecord>) => {
    operations[index] = { ...operations[index], ...to } as OperationRecord;
  };
  return {
    ...caller(functions),
    images,
    asked,
    ownership,
    change,
    refuseWith: (error: ProtiumError) => (refuse = error),
  };
}

it('everybody’s images are there by alias, each name once', async () => {
  const { call } = group([imageOf('a', 'a', 'debian'), imageOf('b', 'b', 'debian'), imageOf('c', 'c')]);
  expect(await call('image_list')).toMatchObject({
    a: { name: 'Debian12 x64 (a)', alias: 'a', fingerprint: 'a'.repeat(64), volume: 2, user_defined: false },
    b: { name: 'Debian12 x64 (b)' },
    c: { name: 'c', status: 'READY', progress: 100 },
  });
});

it('an image of an instance is the user’s alone, from the first moment on', async () => {
  const { call, asked, images, change, refused } = group([]);
  expect(await call('create_image', { instance_id: uuid, image_name: 'Mine: ü' })).toEqual({
    transaction_id: 'operation-1',
  });
  const alias = asked[0]?.name ?? '';
  expect(asked[0]).toMatchObject({ source: { kind: 'instance', location: uuid } });
  expect(await call('registered_image_list')).toMatchObject([
    { name: 'Mine: ü', alias, status: 'CREATING', progress: 25, user_defined: true },
  ]);
  expect(await call('image_list')).toEqual({});
  expect(await refused('delete_image', { fingerprint: alias })).toBe('busy');
  expect(await refused('create_image', { instance_id: uuid, image_name: 'Mine: ü' })).toBe('already-exists');

  images.set(alias, imageOf(alias, 'd'));
  change(0, { state: 'succeeded' });
  expect(await call('image_list')).toMatchObject({
    [alias]: { name: 'Mine: ü', fingerprint: 'd'.repeat(64) },
  });
  expect(await call('image_list', {}, theirs)).toEqual({});
  expect(await call('registered_image_list', {}, theirs)).toEqual([]);
  expect(await refused('delete_image', { fingerprint: 'd'.repeat(64) }, theirs)).toBe('not-found');
  await call('delete_image', { fingerprint: 'd'.repeat(64) });
  expect(images.size).toBe(0);
  expect(await call('registered_image_list')).toEqual([]);
});

it('one that could not be made says why, and can be made again or forgotten', async () => {
  const { call, change } = group([]);
  await call('import_image', { url: 'https://example.org/x', image_name: 'x' });
  change(0, {
    state: 'failed',
    error: { code: 'download-failed', message: 'No such host.', details: {} },
  });
  expect(await call('registered_image_list')).toMatchObject([
    { status: 'ERROR', error_description: 'No such host.' },
  ]);
  await call('import_image', { url: 'https://example.org/y', image_name: 'x' });
  const both = (await call('registered_image_list')) as { status: string; fingerprint: string }[];
  const failed = both.find(({ status }) => status === 'ERROR');
  await call('delete_image', { fingerprint: failed?.fingerprint });
  expect(await call('registered_image_list')).toMatchObject([{ status: 'CREATING' }]);
});

it('what is refused leaves nothing', async () => {
  const { refused, refuseWith, ownership, asked, call } = group([imageOf('base', 'e')]);
  expect(await refused('create_image', { instance_id: uuid }).catch(() => 'thrown')).not.toBeNull();
  expect(await refused('create_image', { instance_id: uuid, image_name: 'x' }, theirs)).toBe('not-found');
  expect(await refused('import_image', { url: 'file://host/x', image_name: 'x' })).toBe('argument-invalid');
  expect(await refused('import_image', { url: 'file:///%ff', image_name: 'x' })).toBe('argument-invalid');
  expect(await refused('import_image', { url: 'https://x/y', image_name: 'x'.repeat(300) })).toBe(
    'argument-invalid',
  );
  // Everybody's is nobody's to delete.
  expect(await refused('delete_image', { fingerprint: 'e'.repeat(64) })).toBe('not-found');
  refuseWith(new ProtiumError('path-forbidden', 'no'));
  expect(await refused('import_image', { url: 'file:///etc/passwd', image_name: 'x' })).toBe(
    'path-forbidden',
  );
  expect(ownership.list('image', mine)).toEqual([]);
  expect(asked).toEqual([]);
  expect(await call('registered_image_list')).toEqual([]);
});

it('a file’s URL is read as a path', async () => {
  const { call, asked } = group([]);
  await call('import_image', { url: 'file:///srv/my%20image', image_name: 'x' });
  expect(asked[0]?.source).toEqual({ kind: 'file', location: '/srv/my image' });
});
