import { expect, it } from 'vitest';
import { createOwnership } from '../../../internal/ownership/ownership.ts';
import { databasePath, openFor } from '../operations/fixture.ts';

const mine = 'a'.repeat(32);
const theirs = 'b'.repeat(32);

it('remembers whose a thing is, oldest first, and shows nobody the things of another', () => {
  const path = databasePath();
  const times = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
  const ownership = createOwnership(openFor(path), () => new Date(times.shift() ?? ''));
  ownership.record({ kind: 'volume', id: 'default/a', owner: mine, label: 'data' });
  ownership.record({ kind: 'volume', id: 'default/b', owner: mine, label: 'older' });
  ownership.record({ kind: 'volume', id: 'default/c', owner: theirs, label: 'data' });
  expect(ownership.list('volume', mine).map(({ id }) => id)).toEqual(['default/b', 'default/a']);
  expect(ownership.list('image', mine)).toEqual([]);
  // As after a restart.
  expect(createOwnership(openFor(path)).ownerOf('volume', 'default/c')).toEqual({
    kind: 'volume',
    id: 'default/c',
    creator: null,
    owner: theirs,
    label: 'data',
    createdAt: '2026-01-03T00:00:00.000Z',
  });
});

it('gives nothing to two, and an image and a volume of one id are two things', () => {
  const ownership = createOwnership(openFor(databasePath()));
  ownership.record({ kind: 'image', id: 'x', owner: mine, label: 'x' });
  for (const owner of [mine, theirs]) {
    expect(() => ownership.record({ kind: 'image', id: 'x', owner, label: 'y' })).toThrow(
      expect.objectContaining({ code: 'already-exists' }),
    );
  }
  ownership.record({ kind: 'volume', id: 'x', owner: theirs, label: 'x' });
  ownership.forget('image', 'x');
  ownership.forget('image', 'x');
  expect(ownership.ownerOf('image', 'x')).toBeUndefined();
  expect(ownership.ownerOf('volume', 'x')?.owner).toBe(theirs);
});

it('moves a thing to another id, never over another thing', () => {
  const ownership = createOwnership(openFor(databasePath()));
  ownership.record({ kind: 'volume', id: 'a/v', owner: mine, label: 'data' });
  ownership.record({ kind: 'volume', id: 'b/v', owner: theirs, label: 'data' });
  const { createdAt } = ownership.ownerOf('volume', 'a/v') ?? {};
  expect(() => ownership.rename('volume', 'a/v', 'b/v')).toThrow(
    expect.objectContaining({ code: 'already-exists' }),
  );
  ownership.rename('volume', 'a/v', 'c/v');
  expect(ownership.ownerOf('volume', 'a/v')).toBeUndefined();
  expect(ownership.ownerOf('volume', 'c/v')).toMatchObject({ owner: mine, createdAt });
  expect(() => ownership.rename('volume', 'a/v', 'd/v')).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
});
