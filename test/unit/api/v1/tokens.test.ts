import { describe, expect, it } from 'vitest';
import {
  TokenUse,
  type CreateTokenRequest,
} from '../../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import { tokensService } from '../../../../internal/api/v1/tokens.ts';
import { usersService } from '../../../../internal/api/v1/users.ts';
import type { Caller } from '../../../../internal/identity/caller.ts';
import { createTokens } from '../../../../internal/identity/tokens/tokens.ts';
import { createUsers } from '../../../../internal/identity/users/users.ts';
import { openFor } from '../../operations/fixture.ts';
import { administrator, contextOf } from './context.ts';

type Call = (request: unknown, context: ReturnType<typeof contextOf>) => unknown;

function room() {
  const database = openFor(':memory:');
  const users = createUsers({ database });
  const tokens = createTokens({ database });
  const changes: (readonly [string, string | null])[] = [];
  const services = [
    tokensService({ tokens, users, changed: (id, text) => changes.push([id, text]) }),
    usersService({ users }),
  ];
  const call = async <Answer>(
    name: string,
    request: object,
    caller: Caller = administrator,
  ): Promise<Answer> => {
    const method = services.map(({ methods }) => methods[name] as Call | undefined).find((each) => each);
    return (await method?.(request, contextOf(caller))) as Answer;
  };
  const anna = users.create(
    { name: 'anna', owner: null, administrator: false, localUids: [], oidcSubjects: [] },
    { validateOnly: false },
  );
  const callerOf = (way: Caller['way'], roles = new Map([[anna.owner, 'admin' as const]])): Caller => ({
    way,
    user: 'anna',
    administrator: false,
    roles,
    project: anna.owner,
    address: 'unix',
  });
  return { call, anna, callerOf, changes, users };
}

const wish: CreateTokenRequest = {
  user: '',
  description: '',
  use: TokenUse.TOKEN_USE_UNSPECIFIED,
  projects: [],
  expireTime: undefined,
  idempotencyKey: '',
  validateOnly: false,
};
const page = { user: '', pageSize: 0, pageToken: '' };

interface Issued {
  readonly token: { readonly id: string; readonly user: string } | undefined;
  readonly text: string;
}
interface Listed {
  readonly tokens: readonly { readonly id: string; readonly user: string; readonly use: TokenUse }[];
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => (error as { readonly code: string }).code,
  );
}

describe('tokens', () => {
  it('are made by administrators for everybody, by others for themselves', async () => {
    const { call, callerOf } = room();
    const made = await call<Issued>('createToken', { ...wish, user: 'anna', use: TokenUse.TOKEN_USE_READS });
    expect(made.text).toMatch(/^pt_/);
    const own = await call<Issued>('createToken', wish, callerOf('oidc'));
    expect(own.token?.user).toBe('anna');
    await call('createToken', { ...wish, user: 'administrator' });
    const { tokens } = await call<Listed>('listTokens', page);
    expect(tokens).toHaveLength(3);
    expect(tokens[0]).toMatchObject({ user: 'anna', use: TokenUse.TOKEN_USE_READS });
    expect((await call<Listed>('listTokens', page, callerOf('local'))).tokens).toHaveLength(2);
  });

  it('are not made by tokens, for others, or with more than the caller has', async () => {
    const { call, callerOf, anna } = room();
    expect(await codeOf(call('createToken', wish, callerOf('token')))).toBe('access-denied');
    const others = { ...wish, user: 'administrator' };
    expect(await codeOf(call('createToken', others, callerOf('oidc')))).toBe('access-denied');
    expect(await codeOf(call('listTokens', { ...page, user: 'administrator' }, callerOf('oidc')))).toBe(
      'access-denied',
    );
    const viewer = callerOf('oidc', new Map([[anna.owner, 'viewer' as never]]));
    const more = { ...wish, projects: [{ project: anna.owner, role: 'operator' }] };
    expect(await codeOf(call('createToken', more, viewer))).toBe('access-denied');
    const strange = { ...wish, projects: [{ project: 'a'.repeat(32), role: 'viewer' }] };
    expect(await codeOf(call('createToken', strange, callerOf('oidc')))).toBe('access-denied');
  });

  it('of others look as if they were not there', async () => {
    const { call, callerOf } = room();
    const { token } = await call<Issued>('createToken', { ...wish, user: 'administrator' });
    const request = { token: token?.id ?? '', validateOnly: false };
    expect(await codeOf(call('revokeToken', request, callerOf('oidc')))).toBe('not-found');
    expect(await codeOf(call('rotateToken', request, callerOf('oidc')))).toBe('not-found');
  });

  it('rotate and revoke themselves, and the file of the first one hears of it', async () => {
    const { call, callerOf, changes } = room();
    const { token } = await call<Issued>('createToken', { ...wish, user: 'anna' });
    const id = token?.id ?? '';
    const itself = { ...callerOf('token'), credential: id };
    await call('rotateToken', { token: id, validateOnly: true }, itself);
    expect(changes).toEqual([]);
    const rotated = await call<Issued>('rotateToken', { token: id, validateOnly: false }, itself);
    await call('revokeToken', { token: id, validateOnly: true }, itself);
    await call('revokeToken', { token: id, validateOnly: false }, itself);
    expect(changes).toEqual([
      [id, rotated.text],
      [id, null],
    ]);
  });

  it('do not rotate or revoke another of the same user, which may be allowed more', async () => {
    const { call, callerOf } = room();
    const { token } = await call<Issued>('createToken', { ...wish, user: 'anna' });
    const request = { token: token?.id ?? '', validateOnly: false };
    const narrow = { ...callerOf('token'), credential: 'another' };
    expect(await codeOf(call('rotateToken', request, narrow))).toBe('access-denied');
    expect(await codeOf(call('revokeToken', request, narrow))).toBe('access-denied');
    expect(await codeOf(call('rotateToken', request, callerOf('oidc')))).toBe('none');
  });

  it.each([
    ['argument-invalid', { user: '' }],
    ['not-found', { user: 'nobody' }],
    ['argument-invalid', { user: 'anna', use: 9 as TokenUse }],
    ['argument-invalid', { user: 'anna', projects: [{ project: 'a'.repeat(32), role: 'root' }] }],
    ['argument-invalid', { user: 'anna', projects: [{ project: 'x', role: 'viewer' }] }],
    ['argument-invalid', { user: 'anna', idempotencyKey: 'k'.repeat(256) }],
    ['argument-invalid', { user: 'anna', expireTime: new Date(0) }],
  ])('%s: %j', async (code, part) => {
    const { call } = room();
    expect(await codeOf(call('createToken', { ...wish, ...part }))).toBe(code);
  });
});

describe('users', () => {
  const bert = {
    name: 'bert',
    owner: '',
    administrator: false,
    localUids: [1000],
    oidcSubjects: [],
    idempotencyKey: '',
    validateOnly: false,
  };
  interface Told {
    readonly user: { readonly name: string; readonly etag: string; readonly localUids: readonly number[] };
  }

  it('are for administrators', async () => {
    const { call, callerOf } = room();
    for (const [name, request] of [
      ['listUsers', page],
      ['getUser', { user: 'anna' }],
      ['createUser', bert],
      ['updateUser', { user: 'anna', etag: '', validateOnly: false }],
      ['deleteUser', { user: 'anna', validateOnly: false }],
    ] as const) {
      expect([name, await codeOf(call(name, request, callerOf('local')))]).toEqual([name, 'access-denied']);
    }
  });

  it('are made, changed with an etag, and deleted', async () => {
    const { call } = room();
    const made = await call<Told>('createUser', bert);
    const change = { user: 'bert', localUids: { uids: [1001] }, validateOnly: false };
    const changed = await call<Told>('updateUser', { ...change, etag: made.user.etag });
    expect(changed.user.localUids).toEqual([1001]);
    expect(await codeOf(call('updateUser', { ...change, etag: made.user.etag }))).toBe('precondition-failed');
    expect((await call<Told>('getUser', { user: 'bert' })).user).toEqual(changed.user);
    await call('deleteUser', { user: 'bert', validateOnly: false });
    expect(await codeOf(call('getUser', { user: 'bert' }))).toBe('not-found');
    expect(await codeOf(call('createUser', { ...bert, idempotencyKey: 'k'.repeat(256) }))).toBe(
      'argument-invalid',
    );
  });

  it('everybody may ask who they are', async () => {
    const { call, callerOf, anna } = room();
    expect(await call('whoAmI', {}, callerOf('token'))).toEqual({
      user: 'anna',
      way: 'token',
      administrator: false,
      roles: [{ project: anna.owner, role: 'admin' }],
      project: anna.owner,
      address: 'unix',
    });
  });
});
