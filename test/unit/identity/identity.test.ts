import { expect, it } from 'vitest';
import { createIdentity } from '../../../internal/identity/create-identity.ts';
import { openFor } from '../operations/fixture.ts';

const plain = { validateOnly: false, idempotencyKey: '' };
const day = 24 * 3_600_000;

function fixture() {
  const database = openFor(':memory:');
  let now = Date.parse('2026-01-01T00:00:00Z');
  const open = () => createIdentity({ database, clock: () => new Date(now) });
  const identity = open();
  const issue = (user: string) => {
    const issued = identity.issue(user, plain);
    if (typeof issued?.secret !== 'string') throw new Error('no secret');
    return { key: issued.key, secret: issued.secret };
  };
  return { database, identity, open, issue, later: (ms: number) => (now += ms) };
}

it('lets in by an access key, and by nothing else', () => {
  const { identity, issue } = fixture();
  const { key, secret } = issue('anna');
  expect(key.id).toMatch(/^[A-Za-z0-9_-]{20}$/);
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(key.user.owner).toMatch(/^[0-9a-f]{32}$/);
  expect(identity.authenticate(key.id, secret)).toMatchObject({ id: key.id, user: key.user });
  const other = issue('berta');
  for (const [id, wrong] of [
    [key.id, ''],
    [key.id, `${secret} `],
    [key.id, other.secret],
    ['nobody', secret],
  ] as const)
    expect(identity.authenticate(id, wrong)).toBeNull();
});

it('gives a user one owner, whatever the number of keys', () => {
  const { identity, issue } = fixture();
  const [first, second] = [issue('anna'), issue('anna')];
  expect(second.key.user).toEqual(first.key.user);
  issue('berta');
  expect(identity.list('anna').map(({ id }) => id)).toEqual([first.key.id, second.key.id]);
  expect(identity.list()).toHaveLength(3);
});

it('keeps no secret and no cookie', () => {
  const { database, identity, issue } = fixture();
  const { key, secret } = issue('anna');
  const cookie = identity.openSession(key, null);
  const rows = [
    ...database.prepare<Record<string, unknown>>('SELECT * FROM access_key').all(),
    ...database.prepare<Record<string, unknown>>('SELECT * FROM session').all(),
  ];
  const kept = rows.flatMap((row) =>
    Object.values(row).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
    ),
  );
  for (const text of kept) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(cookie);
  }
});

it('a dry run and a refused name make nobody', () => {
  const { identity } = fixture();
  expect(identity.issue('anna', { ...plain, validateOnly: true })).toBeNull();
  for (const name of ['', 'Anna', 'a/b', '-a', 'a'.repeat(64)]) {
    expect(() => identity.issue(name, plain)).toThrow(expect.objectContaining({ code: 'argument-invalid' }));
  }
  expect(identity.list()).toEqual([]);
});

it('the same idempotency key means the same access key, without its secret', () => {
  const { identity } = fixture();
  const first = identity.issue('anna', { ...plain, idempotencyKey: 'k' });
  expect(identity.issue('anna', { ...plain, idempotencyKey: 'k' })).toEqual({
    key: first?.key,
    secret: null,
  });
  expect(() => identity.issue('berta', { ...plain, idempotencyKey: 'k' })).toThrow(
    expect.objectContaining({ code: 'definition-conflict' }),
  );
  expect(identity.list()).toHaveLength(1);
});

it('revoking ends the key and its sessions, not those of others', () => {
  const { identity, issue } = fixture();
  const [anna, berta] = [issue('anna'), issue('berta')];
  const cookies = [identity.openSession(anna.key, null), identity.openSession(berta.key, null)] as const;
  identity.openSession(anna.key, 1000);
  expect(identity.revoke(anna.key.id, { validateOnly: true })).toMatchObject({ revokedAt: null });
  expect(identity.session(cookies[0])).toEqual(anna.key.user);
  expect(identity.revoke(anna.key.id, { validateOnly: false }).revokedAt).not.toBeNull();
  expect(identity.authenticate(anna.key.id, anna.secret)).toBeNull();
  expect(identity.session(cookies[0])).toBeNull();
  expect(identity.sessionOfPeer(1000)).toBeNull();
  expect(identity.session(cookies[1])).toEqual(berta.key.user);
  expect(() => identity.revoke(anna.key.id, { validateOnly: false })).toThrow(
    expect.objectContaining({ code: 'state-conflict' }),
  );
  expect(() => identity.revoke('nobody', { validateOnly: false })).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
});

it('a session lasts 90 days from its last use, over restarts', () => {
  const { identity, open, issue, later } = fixture();
  const { key } = issue('anna');
  const cookie = identity.openSession(key, null);
  later(89 * day);
  expect(open().session(cookie)).toEqual(key.user);
  later(89 * day);
  expect(open().session(cookie)).toEqual(key.user);
  later(90 * day);
  expect(open().session(cookie)).toBeNull();
  expect(identity.session('x'.repeat(43))).toBeNull();
});

it('a local user has the session that it has opened last', () => {
  const { identity, issue } = fixture();
  const [anna, berta] = [issue('anna'), issue('berta')];
  identity.openSession(anna.key, 1000);
  identity.openSession(berta.key, 1001);
  expect(identity.sessionOfPeer(1000)).toEqual(anna.key.user);
  identity.openSession(berta.key, 1000);
  expect(identity.sessionOfPeer(1000)).toEqual(berta.key.user);
  expect(identity.sessionOfPeer(0)).toBeNull();
});

it('notes the last use, to the minute', () => {
  const { identity, issue, later } = fixture();
  const { key, secret } = issue('anna');
  const lastUsed = () => identity.list()[0]?.lastUsedAt;
  expect(lastUsed()).toBeNull();
  identity.authenticate(key.id, secret);
  const first = lastUsed();
  later(30_000);
  identity.authenticate(key.id, secret);
  expect(lastUsed()).toBe(first);
  later(30_000);
  identity.authenticate(key.id, secret);
  expect(lastUsed()).not.toBe(first);
});
