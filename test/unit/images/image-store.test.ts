import { expect, it } from 'vitest';
import type { Image } from '../../../internal/images/image.ts';
import { createImageStore } from '../../../internal/images/image-store.ts';
import { openFor } from '../operations/fixture.ts';

const image = (id: string, name: string): Image => ({
  id,
  name,
  digest: `sha256:${'a'.repeat(64)}`,
  format: 'qcow2',
  virtualSizeBytes: 2 ** 40,
  sizeBytes: 5_000_000_000,
  os: { family: 'linux', flavour: null, version: '12', libosinfoId: null, loginUser: 'me' },
  source: { kind: 'url', location: 'https://example.org/a' },
  createdAt: '2026-01-01T00:00:00.000Z',
  volume: { pool: 'p', name: 'v' },
});

it('keeps images as they were given', () => {
  const store = createImageStore(openFor(':memory:'));
  store.insert(image('2', 'b'));
  store.insert(image('1', 'a'));
  expect(store.all()).toEqual([image('1', 'a'), image('2', 'b')]);
  expect(store.byId('1')).toEqual(image('1', 'a'));
  expect(store.byName('b')).toEqual(image('2', 'b'));
  expect(store.byName('c')).toBeUndefined();
  expect(store.countOf({ pool: 'p', name: 'v' })).toBe(2);
  store.remove('1');
  store.remove('1');
  expect(store.countOf({ pool: 'p', name: 'v' })).toBe(1);
});

it('has a name once', () => {
  const store = createImageStore(openFor(':memory:'));
  store.insert(image('1', 'a'));
  expect(() => store.insert(image('2', 'a'))).toThrow(
    expect.objectContaining({ code: 'already-exists' }) as Error,
  );
});
