import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createContentVolumes } from '../../../internal/images/content-volumes.ts';
import { createOwnership } from '../../../internal/ownership/ownership.ts';
import { moveVolume } from '../../../internal/storage/volumes/move-volume.ts';
import type { VolumeUser } from '../../../internal/storage/volumes/volume-users.ts';
import { databasePath, engine, forEver, gate, openFor } from '../operations/fixture.ts';
import { storedVolumes } from './stored-volumes.ts';
import { noHolds } from '../subscriptions/no-holds.ts';

const source = { pool: 'fast', name: 'data' };
const target = { pool: 'slow', name: 'data' };
const content = randomBytes(4096);
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
const owner = 'a'.repeat(32);

function room(format: 'raw' | 'qcow2' = 'qcow2') {
  const store = storedVolumes();
  store.volumes.set('fast/data', { format, bytes: content });
  const path = databasePath();
  const users: VolumeUser[] = [];
  const ownership = createOwnership(openFor(databasePath()));
  ownership.record({ kind: 'volume', id: 'fast/data', owner, label: 'data' });
  const definition = moveVolume({
    client: store.client,
    view: { refresh: () => Promise.resolve() },
    contents: createContentVolumes(store.client),
    guard: noHolds,
    lookForUsers: () => Promise.resolve([...users]),
    ownership,
  });
  return {
    store,
    users,
    ownership,
    names: () => [...store.volumes.keys()],
    /** As after a start of the daemon. */
    engine: () => engine(path, [definition]),
    definition,
    move: async () => {
      const operation = await engine(path, [definition]).start(definition, { source, target });
      return operation.done;
    },
  };
}

it.each(['raw', 'qcow2'] as const)(
  'a %s volume moves with its bytes, and stays whose it is',
  async (format) => {
    const { store, names, ownership, move } = room(format);
    expect(await move()).toEqual({ ...target, digest });
    expect(names()).toEqual(['slow/data']);
    expect(store.volumes.get('slow/data')?.bytes.equals(content)).toBe(true);
    expect(ownership.ownerOf('volume', 'slow/data')).toMatchObject({ owner });
    expect(ownership.ownerOf('volume', 'fast/data')).toBeUndefined();
  },
);

it.each([
  ['other bytes', (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 1))],
  ['fewer bytes', (bytes: Buffer) => bytes.subarray(1)],
  ['more bytes', (bytes: Buffer) => Buffer.concat([Buffer.alloc(1), bytes])],
])('storage that keeps %s than it was given gets no volume', async (_what, keep) => {
  for (const format of ['raw', 'qcow2'] as const) {
    const { store, names, ownership, move } = room(format);
    store.keep = keep;
    await expect(move()).rejects.toMatchObject({ code: 'checksum-mismatch', details: { pool: 'slow' } });
    expect(names()).toEqual(['fast/data']);
    expect(ownership.ownerOf('volume', 'fast/data')).toMatchObject({ owner });
  }
});

it('what something needs stays, also when it is taken while it is copied', async () => {
  const { store, users, names, move } = room();
  users.push({ kind: 'volume', name: 'fast/layer' });
  await expect(move()).rejects.toMatchObject({ code: 'resource-in-use' });
  users.pop();
  store.keep = (bytes) => {
    users.push({ kind: 'domain', name: 'web' });
    return bytes;
  };
  await expect(move()).rejects.toMatchObject({ code: 'resource-in-use', message: /domain "web"/ });
  expect(names()).toEqual(['fast/data']);
});

it('nothing is copied over what is there, or where there is no room', async () => {
  const { store, names, move } = room();
  store.availableBytes = 4095n;
  await expect(move()).rejects.toMatchObject({ code: 'storage-full' });
  store.availableBytes = 2n ** 40n;
  store.volumes.set('slow/data', { format: 'raw', bytes: Buffer.from('theirs') });
  await expect(move()).rejects.toMatchObject({ code: 'already-exists' });
  expect(names()).toEqual(['fast/data', 'slow/data']);
  expect(String(store.volumes.get('slow/data')?.bytes)).toBe('theirs');
});

it('a cancel half way leaves it where it was', async () => {
  const { store, names, engine: start, definition } = room();
  const [reached, go] = [gate(), gate()];
  store.keep = async (bytes) => {
    reached.open();
    await go.passed;
    return bytes;
  };
  const operations = start();
  const { id, done } = await operations.start(definition, { source, target });
  const failure = expect(done).rejects.toMatchObject({ code: 'cancelled' });
  await reached.passed;
  expect(names()).toEqual(['fast/data', 'slow/data']);
  await operations.cancel(id);
  go.open();
  await failure;
  expect(names()).toEqual(['fast/data']);
});

it('a daemon killed while it copies takes the copy back; one killed while it deletes goes on', async () => {
  const { store, names, ownership, engine: start, definition } = room();
  const copying = gate();
  store.keep = () => {
    copying.open();
    return forEver;
  };
  await start().start(definition, { source, target });
  await copying.passed;
  store.keep = (bytes) => bytes;
  expect(await start().recover()).toMatchObject({ undone: [expect.any(String)], unresolved: [] });
  expect(names()).toEqual(['fast/data']);

  const deleting = gate();
  store.beforeDelete = () => {
    deleting.open();
    return forEver;
  };
  await start().start(definition, { source, target });
  await deleting.passed;
  store.beforeDelete = () => Promise.resolve();
  expect(await start().recover()).toMatchObject({ resumed: [expect.any(String)], unresolved: [] });
  expect(names()).toEqual(['slow/data']);
  expect(ownership.ownerOf('volume', 'slow/data')).toMatchObject({ owner });
});

it('what lies on a file by a relative name, or keeps its data in another, is not moved', async () => {
  const { store, names, move } = room();
  const header = Buffer.alloc(512);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(256n, 8);
  header.write('base.qcow2', 256);
  header.writeUInt32BE('base.qcow2'.length, 16);
  store.volumes.set('fast/data', { format: 'qcow2', bytes: header });
  await expect(move()).rejects.toMatchObject({ code: 'unsupported', message: /base\.qcow2/ });
  const external = Buffer.from(header);
  external.writeBigUInt64BE(0n, 8);
  external.writeBigUInt64BE(4n, 72);
  store.volumes.set('fast/data', { format: 'qcow2', bytes: external });
  await expect(move()).rejects.toMatchObject({ code: 'unsupported', message: /another file/ });
  const absolute = Buffer.from(header);
  absolute.write('/a/b.qcow2', 256);
  store.volumes.set('fast/data', { format: 'qcow2', bytes: absolute });
  await move();
  expect(names()).toEqual(['slow/data']);
});
