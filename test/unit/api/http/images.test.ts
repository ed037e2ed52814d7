import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { CatalogueEntry } from '../../../../internal/images/catalogue/entry.ts';
import { unknownOs, type Image, type Images } from '../../../../internal/images/image.ts';
import type { UploadRequest } from '../../../../internal/images/request.ts';
import { fakeInstances, serveAll, type TestServer } from './atomos/support.ts';
import { noImages } from './no-images.ts';

const image: Image = {
  id: randomUUID(),
  name: 'base',
  digest: `sha256:${'a'.repeat(64)}`,
  format: 'qcow2',
  virtualSizeBytes: 2 ** 31,
  sizeBytes: 123_456,
  os: { ...unknownOs, loginUser: 'debian' },
  source: { kind: 'upload', location: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  volume: { pool: 'p', name: 'v' },
};

/** The same as the contract's JSON has it. */
const shown = {
  id: image.id,
  name: 'base',
  digest: image.digest,
  format: 'qcow2',
  virtualSizeBytes: String(2 ** 31),
  sizeBytes: '123456',
  os: { loginUser: 'debian' },
  source: { kind: 'upload' },
  createTime: '2026-01-01T00:00:00Z',
  volume: { pool: 'p', name: 'v' },
};

const entries: readonly CatalogueEntry[] = [
  {
    name: 'base',
    description: 'ours',
    architecture: 'x86_64',
    os: unknownOs,
    source: { kind: 'guest-build' },
    origin: 'user',
  },
];

let asked: unknown[];
let images: Images;
let server: TestServer;
/** What an upload does with the content. */
let take: (content: Readable, request: UploadRequest) => Promise<unknown>;

const operation = <T>(result: T, done: Promise<unknown> = Promise.resolve()) => {
  const handle = { id: '11111111-1111-4111-8111-111111111111', done: done.then(() => result) };
  handle.done.catch(() => undefined);
  return Promise.resolve(handle);
};

beforeEach(async () => {
  asked = [];
  take = async (content) => {
    for await (const chunk of content) asked.push((chunk as Buffer).length);
  };
  const imported = { imageId: image.id, name: 'x', digest: image.digest };
  images = {
    ...noImages,
    list: () => [image],
    get: (id) => (id === image.id || id === image.name ? image : undefined),
    usersOf: () => [{ kind: 'volume', name: 'p/top' }],
    checkImport: (request) => {
      asked.push(['check', request.name]);
      return Promise.resolve();
    },
    checkDelete: (id) => {
      asked.push(['check', id]);
      return Promise.resolve();
    },
    catalogue: () => Promise.resolve(entries),
    import: (request, options) => {
      asked.push(request, options);
      return operation(imported);
    },
    upload: (content, request) => operation(imported, take(content, request)),
    delete: (id) => {
      asked.push(id);
      return operation({ imageId: image.id });
    },
  };
  server = await serveAll(fakeInstances(), images);
});
afterEach(() => server.close());

const place = '/v1/operations/11111111-1111-4111-8111-111111111111';

describe('images over HTTP', () => {
  it('are listed, and one is shown with its users', async () => {
    expect((await server.call('GET', '/v1/images')).json()).toEqual({ images: [shown], nextPageToken: '' });
    expect((await server.call('GET', '/v1/images?osFlavour=fedora')).json()).toMatchObject({ images: [] });
    const one = await server.call('GET', '/v1/images/base');
    expect(one.json()).toEqual({ image: shown, users: [{ kind: 'volume', name: 'p/top' }] });
    const none = await server.call('GET', '/v1/images/none');
    expect([none.status, none.json()['code']]).toEqual([404, 'not-found']);
    expect((await server.call('GET', '/v1/image-catalogue')).json()).toEqual({
      images: [
        {
          name: 'base',
          description: 'ours',
          architecture: 'x86_64',
          os: {},
          origin: 'user',
          imported: true,
        },
      ],
    });
  });

  it('are imported by an operation', async () => {
    const body = { source: { kind: 'catalogue', location: 'debian-12' } };
    const answer = await server.call('POST', '/v1/images', body, {
      'Content-Type': 'application/json',
      'Idempotency-Key': 'k1',
    });
    expect([answer.status, answer.headers.location]).toEqual([202, place]);
    expect(asked).toEqual([
      { name: 'debian-12', source: body.source, checksum: null, format: null, os: null, asIs: false },
      { idempotencyKey: 'k1' },
    ]);
  });

  it('of an instance are cleaned unless they are wanted as they are; others are never', async () => {
    const body = { name: 'x', source: { kind: 'instance', location: 'web' } };
    await server.call('POST', '/v1/images', body);
    await server.call('POST', '/v1/images', { ...body, asIs: true });
    expect(asked).toMatchObject([{ asIs: false }, {}, { asIs: true }, {}]);
    const url = { kind: 'url', location: 'https://example.org/x' };
    const refused = await server.call('POST', '/v1/images', { name: 'x', source: url, asIs: true });
    expect([refused.status, refused.json()]).toMatchObject([
      400,
      { code: 'argument-invalid', detail: expect.stringContaining('asIs') as string },
    ]);
  });

  it('are listed in pages, by name', async () => {
    images = { ...images, list: () => ['a', 'b', 'c'].map((name) => ({ ...image, name })) };
    const paged = await serveAll(fakeInstances(), images);
    const page = async (token: string) => {
      const answer = await paged.call('GET', `/v1/images?pageSize=2&pageToken=${token}`);
      const { images: some, nextPageToken } = answer.json() as {
        images: { name: string }[];
        nextPageToken: string;
      };
      return [some.map(({ name }) => name), nextPageToken];
    };
    expect(await page('')).toEqual([['a', 'b'], 'b']);
    expect(await page('b')).toEqual([['c'], '']);
    await paged.close();
  });

  it('are checked and left alone by a dry run', async () => {
    const source = { kind: 'catalogue', location: 'debian-12' };
    const dry = await server.call('POST', '/v1/images', { source, validateOnly: true });
    expect([dry.status, dry.json()]).toEqual([200, {}]);
    const gone = await server.call('DELETE', '/v1/images/base?validateOnly=true');
    expect([gone.status, gone.json()]).toEqual([200, {}]);
    expect(asked).toEqual([
      ['check', 'debian-12'],
      ['check', 'base'],
    ]);
  });

  it.each([
    [undefined, 'argument-invalid'],
    ['{', 'argument-invalid'],
    [{ name: 'x' }, 'argument-invalid'],
    [{ source: { kind: 'url', location: 'https://x.example/x' } }, 'argument-invalid'],
    [{ name: '../x', source: { kind: 'file', location: '/x' } }, 'argument-invalid'],
    [{ name: 'x', source: { kind: 'ftp', location: '/x' } }, 'argument-invalid'],
    [{ name: 'x', source: { kind: 'file', location: '/x' }, more: 1 }, 'argument-invalid'],
    [{ name: 'x', source: { kind: 'file', location: '/x' }, checksum: 'md5:1' }, 'argument-invalid'],
    [{ name: 'x', source: { kind: 'file', location: '/x' }, format: 'dmg' }, 'argument-invalid'],
  ])('are not imported by %j', async (body, code) => {
    const answer = await server.call('POST', '/v1/images', body);
    expect([answer.status, answer.json()['code']]).toEqual([400, code]);
    expect(asked).toEqual([]);
  });

  it('are uploaded in a stream', async () => {
    const query = `?format=raw&checksum=sha256:${'a'.repeat(64)}`;
    const answer = await server.call('PUT', `/v1/images/x/content${query}`, Buffer.alloc(3_000_000));
    expect([answer.status, answer.headers.location]).toEqual([202, place]);
    expect((asked as number[]).reduce((sum, bytes) => sum + bytes, 0)).toBe(3_000_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('are refused while they are uploaded, when that is clear', async () => {
    take = () => Promise.reject(new ProtiumError('image-too-large', 'It is too large.'));
    const answer = await server.call('PUT', '/v1/images/x/content', Buffer.alloc(3_000_000));
    expect([answer.status, answer.json()['code']]).toEqual([413, 'image-too-large']);
    expect(answer.headers.connection).toBe('close');
    const wrong = await server.call('PUT', '/v1/images/X/content', Buffer.alloc(10));
    expect(wrong.json()['code']).toBe('argument-invalid');
    const unknown = await server.call('PUT', '/v1/images/x/content?size=1', Buffer.alloc(10));
    expect(unknown.json()['code']).toBe('argument-invalid');
  });

  it('are deleted by an operation', async () => {
    const answer = await server.call('DELETE', '/v1/images/base');
    expect([answer.status, answer.headers.location]).toEqual([202, place]);
    expect(asked).toEqual(['base']);
  });
});
