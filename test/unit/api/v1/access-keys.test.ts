import { expect, it } from 'vitest';
import { accessKeysService } from '../../../../internal/api/v1/access-keys.ts';
import { createIdentity } from '../../../../internal/identity/create-identity.ts';
import { openFor } from '../../operations/fixture.ts';
import { administrator, contextOf } from './context.ts';

const context = contextOf(administrator);

function service(origin = 'http://127.0.0.1:9021') {
  const identity = createIdentity({ database: openFor(':memory:') });
  const { methods } = accessKeysService({ identity, httpOrigins: () => [origin] });
  const common = { user: '', idempotencyKey: '', validateOnly: false, pageSize: 0, pageToken: '' };
  const call = (method: string, request: object) =>
    Promise.resolve().then(() => methods[method]?.({ ...common, ...request } as never, context)) as Promise<
      Record<string, unknown>
    >;
  return { call, identity };
}

interface Made {
  readonly accessKey: { readonly id: string };
  readonly secret: string;
  readonly url: string;
}

it('makes, lists and revokes access keys', async () => {
  const { call, identity } = service();
  expect(await call('createAccessKey', { user: 'anna', validateOnly: true })).toEqual({
    accessKey: undefined,
    secret: '',
    url: '',
  });
  const made = (await call('createAccessKey', { user: 'anna' })) as unknown as Made;
  expect(made.url).toBe(`http://${made.accessKey.id}:${made.secret}@127.0.0.1:9021`);
  expect(identity.authenticate(made.accessKey.id, made.secret)?.user.name).toBe('anna');
  await call('createAccessKey', { user: 'berta' });
  const page = await call('listAccessKeys', { pageSize: 1 });
  expect(page['accessKeys']).toHaveLength(1);
  const rest = await call('listAccessKeys', { pageToken: page['nextPageToken'] });
  expect(rest).toMatchObject({ accessKeys: [{}], nextPageToken: '' });
  expect(await call('listAccessKeys', { user: 'anna' })).toMatchObject({
    accessKeys: [{ id: made.accessKey.id, user: 'anna', revokeTime: undefined }],
  });
  const accessKey = made.accessKey.id;
  await call('revokeAccessKey', { accessKey, validateOnly: true });
  expect(identity.authenticate(accessKey, made.secret)).not.toBeNull();
  expect(await call('revokeAccessKey', { accessKey })).toMatchObject({
    accessKey: { id: accessKey, revokeTime: expect.any(Date) as Date },
  });
  expect(identity.authenticate(accessKey, made.secret)).toBeNull();
});

it('a repeated request tells no secret', async () => {
  const { call } = service();
  const request = { user: 'anna', idempotencyKey: 'k' };
  const first = (await call('createAccessKey', request)) as unknown as Made;
  expect(await call('createAccessKey', request)).toEqual({ accessKey: first.accessKey, secret: '', url: '' });
});

it.each([
  ['createAccessKey', { user: 'A' }, 'argument-invalid'],
  ['createAccessKey', { user: 'a', idempotencyKey: 'k'.repeat(256) }, 'argument-invalid'],
  ['revokeAccessKey', { accessKey: 'x' }, 'not-found'],
  ['listAccessKeys', { pageSize: 1001 }, 'argument-invalid'],
  ['listAccessKeys', { pageToken: '%' }, 'argument-invalid'],
])('%s refuses %o', async (method, request, code) => {
  await expect(service().call(method, request)).rejects.toMatchObject({ code });
});

it.each([
  ['http://0.0.0.0:9021', '@127.0.0.1:9021'],
  ['https://[::]:9021', '@[::1]:9021'],
])('of a server on all addresses (%s) the URL is of loopback', async (origin, place) => {
  const { url } = (await service(origin).call('createAccessKey', { user: 'anna' })) as unknown as Made;
  expect(url.endsWith(place)).toBe(true);
});
