import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContentVolumes } from '../../../internal/images/content-volumes.ts';
import { cleaningFailed } from '../../../internal/images/clean/clean-failure.ts';
import { deleteImage } from '../../../internal/images/delete/operation.ts';
import { createImageHolds } from '../../../internal/images/holds.ts';
import { unknownOs, type ImageVolume } from '../../../internal/images/image.ts';
import { createImageStore } from '../../../internal/images/image-store.ts';
import { importImage } from '../../../internal/images/import/operation.ts';
import type { ImportInput } from '../../../internal/images/import/shape.ts';
import { openIncomingDirectory } from '../../../internal/images/incoming/incoming-directory.ts';
import { userSearch } from '../../../internal/images/look-for-users.ts';
import { createStoring } from '../../../internal/images/storing.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import type { LiveView } from '../../../internal/libvirt/live-view/live-view.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { databasePath, engine, gate, openFor } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';
import { temporaryDirectory } from '../store/state.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { StorageGuard } from '../../../internal/subscriptions/storage-guard.ts';

/** A pool in memory, the engine, and the operations on it. */
function room(require: StorageGuard['require'] = () => Promise.resolve()) {
  const stored = new Map<string, Buffer>();
  const uploads: string[] = [];
  let beforeUpload: () => Promise<void> = () => Promise.resolve();
  let clean = (file: string): Promise<void> => writeFile(file, cleaned);
  const content = Buffer.alloc(4096, 'x');
  content.writeUInt16LE(0xaa55, 510);
  const cleaned = Buffer.from(content).fill('y', 1024);
  const volumes: ContentVolumes = {
    find: ({ name }) => Promise.resolve(stored.has(name) ? { pool: 'p', name, key: name } : null),
    async upload({ name }, file) {
      uploads.push(name);
      stored.set(name, Buffer.from('half'));
      await beforeUpload();
      stored.set(name, await readFile(file));
    },
    digest: ({ name }) =>
      Promise.resolve(
        createHash('sha256')
          .update(stored.get(name) ?? '')
          .digest('hex'),
      ),
    remove: ({ name }) => Promise.resolve(void stored.delete(name)),
  };
  const view = {
    pools: () => [],
    volumes: () => [],
    domains: () => [],
    refresh: () => Promise.resolve(),
  } as unknown as LiveView;
  const client = {
    pools: {
      lookupByName: (name: string) => Promise.resolve({ name, uuid: 'u' }),
      isActive: () => Promise.resolve(true),
    },
  } as unknown as LibvirtClient;
  const locks = createKeyedLock();
  const store = createImageStore(openFor(':memory:'));
  const holds = createImageHolds();
  const directory = temporaryDirectory();
  const definitions = {
    import: importImage({
      client,
      view,
      store,
      volumes,
      locks,
      incoming: openIncomingDirectory(path.join(directory, 'incoming')),
      storing: createStoring(),
      guard: { require, creatorOfImage: (name) => `who made ${name}` },
      fetchContent: (_plan, file) => file.write(content),
      readExpectedChecksum: () => Promise.reject(new Error('not asked')),
      cleaner: { clean: (file) => clean(file) },
      maxBytes: 2 ** 20,
      maxVirtualBytes: 2 ** 20,
    }),
    delete: deleteImage({
      client,
      view,
      store,
      volumes,
      holds,
      locks,
      lookForUsers: userSearch({ client, view, holds, log: silent }),
    }),
  };
  const operations = engine(databasePath(), [definitions.import, definitions.delete], { locks });
  return {
    stored,
    uploads,
    store,
    holds,
    volume: { pool: 'p', name: `${createHash('sha256').update(content).digest('hex')}.raw` } as ImageVolume,
    onUpload: (wait: () => Promise<void>) => (beforeUpload = wait),
    start: (name: string) => operations.start(definitions.import, inputFor(name)),
    /** Of an instance, which is cleaned or not. */
    startFrom: (name: string, how: { clean: boolean; domain?: string }) =>
      operations.start(definitions.import, {
        ...inputFor(name),
        fetch: { kind: 'instance', uuid: 'u', domain: 'web', pool: 'p', volume: 'web', ...how },
      }),
    content,
    cleaned,
    onClean: (task: typeof clean) => (clean = task),
    incoming: () => readdirSync(path.join(directory, 'incoming')),
    remove: async (name: string) => {
      const image = store.byName(name);
      if (image === undefined) throw new Error('no such image');
      const { id: imageId, volume } = image;
      await (
        await operations.start(definitions.delete, { imageId, name, volume })
      ).done;
    },
  };
}

const inputFor = (name: string): ImportInput => ({
  name,
  source: { kind: 'file', location: '/x' },
  fetch: { kind: 'file', path: '/x' },
  checksum: null,
  format: null,
  os: unknownOs,
  pool: { name: 'p', directory: '/p' },
});

it('an image is not stored in what is held for others, and leaves nothing', async () => {
  const asked: unknown[] = [];
  const { start, uploads, stored, store, incoming, content } = room((wanted) => {
    asked.push(wanted);
    return Promise.reject(new ProtiumError('storage-full', 'held'));
  });
  await expect((await start('a')).done).rejects.toMatchObject({ code: 'storage-full' });
  const operation = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
  const bytes = BigInt(content.length);
  expect(asked).toEqual([{ pool: 'p', bytes, owner: null, creator: 'who made a', operation }]);
  expect([uploads, [...stored], store.all(), incoming()]).toEqual([[], [], [], []]);
});

describe('two imports of the same content', () => {
  it('write it once', async () => {
    const { start, uploads, stored, store } = room();
    const both = await Promise.all([start('a'), start('b')]);
    await Promise.all(both.map(({ done }) => done));
    expect(uploads).toHaveLength(1);
    expect(stored.size).toBe(1);
    expect(store.all().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('do not share the fate of the one that fails while it writes', async () => {
    const { start, uploads, stored, store, onUpload, volume } = room();
    const failure = gate();
    onUpload(() => failure.passed.then(() => Promise.reject(new Error('the pool is gone for a moment'))));
    const first = await start('a');
    await expect.poll(() => uploads.length).toBe(1);
    const second = await start('b');
    // Long enough for the second to come to the same volume.
    await new Promise((resolve) => setTimeout(resolve, 300));
    onUpload(() => Promise.resolve());
    failure.open();
    await expect(first.done).rejects.toMatchObject({ code: 'internal' });
    await second.done;
    expect(uploads).toHaveLength(2);
    expect(stored.get(volume.name)).toHaveLength(4096);
    expect(store.all().map(({ name }) => name)).toEqual(['b']);
  });
});

describe('an image of an instance', () => {
  it('is what is left when it was cleaned, and is named by that', async () => {
    const { startFrom, stored, store, cleaned, incoming } = room();
    const { digest } = await (await startFrom('a', { clean: true })).done;
    expect(digest).toBe(`sha256:${createHash('sha256').update(cleaned).digest('hex')}`);
    expect(store.byName('a')).toMatchObject({ digest, sizeBytes: cleaned.length });
    expect([...stored.values()]).toEqual([cleaned]);
    expect(incoming()).toEqual([]);
  });

  it('is the disk as it is when that is asked for', async () => {
    const { startFrom, stored, content, onClean } = room();
    onClean(() => Promise.reject(new Error('not asked')));
    await (
      await startFrom('a', { clean: false })
    ).done;
    expect([...stored.values()]).toEqual([content]);
  });

  it('is not there when it cannot be cleaned, or has become too large', async () => {
    const { startFrom, stored, store, incoming, onClean } = room();
    onClean(() => Promise.reject(cleaningFailed('no operating systems were found in the guest image', 1)));
    await expect((await startFrom('a', { clean: true })).done).rejects.toMatchObject({ code: 'unsupported' });
    onClean((file) => writeFile(file, Buffer.alloc(2 ** 20 + 1)));
    await expect((await startFrom('a', { clean: true })).done).rejects.toMatchObject({
      code: 'image-too-large',
    });
    expect([stored.size, store.all(), incoming()]).toEqual([0, [], []]);
  });

  it('is cleaned one after the other', async () => {
    const { startFrom, onClean } = room();
    let [now, most] = [0, 0];
    onClean(async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    });
    const all = await Promise.all(
      ['a', 'b', 'c'].map((name) => startFrom(name, { clean: true, domain: name })),
    );
    await Promise.all(all.map(({ done }) => done));
    expect(most).toBe(1);
  });
});

describe('a volume that nobody vouches for', () => {
  it('is used when it is what its name says', async () => {
    const { start, uploads, stored, store, volume, remove } = room();
    await (
      await start('a')
    ).done;
    store.remove(store.byName('a')?.id ?? '');
    await (
      await start('b')
    ).done;
    expect(uploads).toHaveLength(1);
    await remove('b');
    expect(stored.has(volume.name)).toBe(false);
  });

  it('is written anew when it is not', async () => {
    const { start, stored, volume } = room();
    stored.set(volume.name, Buffer.from('half'));
    await (
      await start('a')
    ).done;
    expect(stored.get(volume.name)).toHaveLength(4096);
  });
});

describe('a deletion', () => {
  it('takes the volume with the last image that has it', async () => {
    const { start, stored, remove } = room();
    await (
      await start('a')
    ).done;
    await (
      await start('b')
    ).done;
    await remove('a');
    expect(stored.size).toBe(1);
    await remove('b');
    expect(stored.size).toBe(0);
  });

  it('is refused while an operation holds the image', async () => {
    const { start, stored, store, holds, volume, remove } = room();
    await (
      await start('a')
    ).done;
    const release = holds.hold(volume, 'creation of "web"');
    await expect(remove('a')).rejects.toMatchObject({
      code: 'resource-in-use',
      message: expect.stringContaining('creation of "web"') as string,
    });
    expect(store.byName('a')).toMatchObject({ name: 'a' });
    release();
    await remove('a');
    expect(stored.size).toBe(0);
  });
});

it('a name is taken by the first', async () => {
  const { start, store } = room();
  const both = await Promise.all([start('a'), start('a')]);
  const outcomes = await Promise.allSettled(both.map(({ done }) => done));
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'already-exists' } },
  ]);
  expect(store.all()).toHaveLength(1);
});
