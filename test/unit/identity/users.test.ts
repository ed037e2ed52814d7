import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { createIdentity } from '../../../internal/identity/create-identity.ts';
import { createUsers, type NewUser, type UserChange } from '../../../internal/identity/users/users.ts';
import { openFor } from '../operations/fixture.ts';

const really = { validateOnly: false };
const anna: NewUser = {
  name: 'anna',
  owner: null,
  administrator: false,
  localUids: [1000],
  oidcSubjects: ['https://id.example anna@example.org'],
};
const same: UserChange = { administrator: null, localUids: null, oidcSubjects: null };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtiumError) return error.code;
    throw error;
  }
  return 'none';
}

function room() {
  const database = openFor(':memory:');
  return { users: createUsers({ database }), identity: createIdentity({ database }) };
}

describe('users', () => {
  it('the administrator is there from the start, and stays', () => {
    const { users } = room();
    expect(users.list()).toMatchObject([
      { name: 'administrator', owner: '0'.repeat(32), administrator: true },
    ]);
    expect(codeOf(() => users.remove('administrator', really))).toBe('state-conflict');
    expect(codeOf(() => users.update('administrator', { ...same, administrator: false }, really))).toBe(
      'state-conflict',
    );
  });

  it('are known by user ids of this machine and by what an issuer calls them', () => {
    const { users } = room();
    const made = users.create(anna, really);
    expect(made.owner).toMatch(/^[0-9a-f]{32}$/);
    expect(users.get('anna')).toEqual(made);
    expect(users.ofLocalUid(1000)?.name).toBe('anna');
    expect(users.ofLocalUid(1001)).toBeNull();
    expect(users.ofOidcSubject('https://id.example anna@example.org')?.name).toBe('anna');
    users.update('anna', { ...same, localUids: [1001, 1001], oidcSubjects: [] }, really);
    expect(users.ofLocalUid(1000)).toBeNull();
    expect(users.get('anna')).toMatchObject({ localUids: [1001], oidcSubjects: [] });
    expect(users.update('anna', { ...same, administrator: true }, really).administrator).toBe(true);
  });

  it('an access key may have made one before', () => {
    const { users, identity } = room();
    const issued = identity.issue('berta', { validateOnly: false, idempotencyKey: '' });
    expect(users.get('berta')).toMatchObject({ owner: issued?.key.user.owner, administrator: false });
    expect(codeOf(() => users.create({ ...anna, name: 'berta' }, really))).toBe('already-exists');
  });

  it('one that is removed leaves no way in', () => {
    const { users, identity } = room();
    users.create(anna, really);
    const issued = identity.issue('anna', { validateOnly: false, idempotencyKey: '' });
    const key = issued?.key;
    if (key === undefined) throw new Error('no key');
    const cookie = identity.openSession(key, 5);
    users.remove('anna', really);
    expect(codeOf(() => users.get('anna'))).toBe('not-found');
    expect(identity.session(cookie)).toBeNull();
    expect(identity.sessionOfPeer(5)).toBeNull();
    expect(identity.authenticate(key.id, issued?.secret ?? '')).toBeNull();
    expect(users.ofLocalUid(1000)).toBeNull();
    // Another one of the name is another one.
    expect(users.create(anna, really).owner).not.toBe(key.user.owner);
  });

  it('a repeated request has the same one', () => {
    const { users } = room();
    const made = users.create(anna, { ...really, idempotencyKey: 'k' });
    expect(users.create(anna, { ...really, idempotencyKey: 'k' })).toEqual(made);
    expect(codeOf(() => users.create({ ...anna, name: 'bert' }, { ...really, idempotencyKey: 'k' }))).toBe(
      'definition-conflict',
    );
  });

  it('a dry run changes nothing', () => {
    const { users } = room();
    users.create(anna, { validateOnly: true });
    expect(codeOf(() => users.get('anna'))).toBe('not-found');
    users.create(anna, really);
    users.update('anna', { ...same, administrator: true }, { validateOnly: true });
    users.remove('anna', { validateOnly: true });
    expect(users.get('anna').administrator).toBe(false);
  });

  it.each([
    ['argument-invalid', { name: '../x' }],
    ['argument-invalid', { name: 'Anna' }],
    ['argument-invalid', { owner: 'x' }],
    ['argument-invalid', { localUids: [-1] }],
    ['argument-invalid', { localUids: [4294967295] }],
    ['argument-invalid', { oidcSubjects: ['anna'] }],
    ['argument-invalid', { oidcSubjects: ['https://id.example a\nb'] }],
    ['already-exists', { name: 'administrator' }],
    ['already-exists', { owner: '0'.repeat(32) }],
    ['already-exists', { name: 'bert' }],
    ['already-exists', { name: 'bert', localUids: [] }],
  ])('%s: %j', (code, wish) => {
    const { users } = room();
    users.create(anna, really);
    expect(codeOf(() => users.create({ ...anna, name: 'carla', ...wish }, really))).toBe(code);
    expect(users.list()).toHaveLength(2);
  });
});
