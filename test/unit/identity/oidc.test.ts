import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { oidcIntroductions, userNames } from '../../../internal/identity/oidc/introduce.ts';
import { createOidcVerifier, type OidcOptions } from '../../../internal/identity/oidc/verify.ts';
import { createUsers } from '../../../internal/identity/users/users.ts';
import { openFor } from '../operations/fixture.ts';

/** A small issuer on loopback. */
async function issuer() {
  const keys = new Map<string, { readonly privateKey: CryptoKey; readonly jwk: object }>();
  const rotate = async (kid: string): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    keys.clear();
    keys.set(kid, { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } });
  };
  await rotate('one');
  const asked: string[] = [];
  const told: { issuer?: string } = {};
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = request.url?.endsWith('/keys')
      ? { keys: [...keys.values()].map(({ jwk }) => jwk) }
      : { issuer: told.issuer ?? url, jwks_uri: `${url}/keys` };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const options: OidcOptions = {
    issuer: url,
    audience: 'protium',
    jwksUrl: null,
    userClaim: 'sub',
    groupsClaim: 'groups',
    adminGroup: 'admins',
  };
  const sign = async (
    claims: Readonly<Record<string, unknown>> = {},
    kid = [...keys.keys()][0] ?? '',
  ): Promise<string> => {
    const key = keys.get(kid)?.privateKey;
    if (key === undefined) throw new Error('no key');
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: url, aud: 'protium', sub: 'anna', exp: now + 300, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
  };
  return { options, sign, rotate, stop, asked, url, told };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => (error as { readonly code: string }).code,
  );
}

describe('a token of the issuer', () => {
  it('is checked with keys that are found by discovery, and asked for once', async () => {
    const { options, sign, asked, url } = await issuer();
    const verifier = createOidcVerifier(options);
    expect(await verifier.verify(await sign())).toEqual({
      subject: `${url} anna`,
      name: 'anna',
      administrator: false,
    });
    expect((await verifier.verify(await sign({ groups: ['x', 'admins'] }))).administrator).toBe(true);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('is known by another claim, and without discovery, where that is configured', async () => {
    const { options, sign, asked, url } = await issuer();
    const verifier = createOidcVerifier({ ...options, userClaim: 'email', jwksUrl: `${url}/keys` });
    expect((await verifier.verify(await sign({ email: 'a@b.example' }))).name).toBe('a@b.example');
    expect(asked).toEqual(['/keys']);
    expect(await codeOf(verifier.verify(await sign()))).toBe('credentials-wrong');
    expect(await codeOf(verifier.verify(await sign({ email: ['x'] })))).toBe('credentials-wrong');
    expect(await codeOf(verifier.verify(await sign({ email: 'a\nb' })))).toBe('credentials-wrong');
  });

  it('is refused when anything of it is not right', async () => {
    const { options, sign, url } = await issuer();
    const verifier = createOidcVerifier(options);
    const now = Math.floor(Date.now() / 1000);
    const other = await generateKeyPair('ES256');
    const payload = { iss: url, aud: 'protium', sub: 'anna', exp: now + 300 };
    const secret = new TextEncoder().encode('protium'.repeat(8));
    const right = await sign();
    const tokens = {
      expired: await sign({ exp: now - 120 }),
      'not yet': await sign({ nbf: now + 300 }),
      audience: await sign({ aud: 'other' }),
      issuer: await sign({ iss: 'http://evil.example' }),
      endless: await sign({ exp: undefined }),
      'for nobody': await sign({ sub: undefined }),
      key: await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(other.privateKey),
      unsigned: new UnsecuredJWT(payload).encode(),
      symmetric: await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret),
      changed: `${right.slice(0, -6)}AAAAAA`,
      text: 'no.token.atall',
      nothing: '.',
    };
    for (const [what, token] of Object.entries(tokens)) {
      expect([what, await codeOf(verifier.verify(token))]).toEqual([what, 'credentials-wrong']);
    }
    // Clocks differ by a little.
    expect((await verifier.verify(await sign({ exp: now - 5 }))).name).toBe('anna');
  });

  it('with a new key is taken, one with the key before no more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { options, sign, rotate } = await issuer();
    const verifier = createOidcVerifier(options);
    const before = await sign();
    await verifier.verify(before);
    await rotate('two');
    vi.setSystemTime(Date.now() + 60_000);
    expect((await verifier.verify(await sign())).name).toBe('anna');
    expect(await codeOf(verifier.verify(before))).toBe('credentials-wrong');
  });
});

describe('an issuer that is away', () => {
  it('keeps nobody out whose key is known', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { options, sign, stop } = await issuer();
    const verifier = createOidcVerifier(options);
    await verifier.verify(await sign());
    await stop();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect((await verifier.verify(await sign())).name).toBe('anna');
    expect((await verifier.verify(await sign({ jti: 'another' }))).name).toBe('anna');
  });

  it('that was never there is told as such', async () => {
    const { options, sign, stop, url } = await issuer();
    await stop();
    const token = await sign();
    expect(await codeOf(createOidcVerifier(options).verify(token))).toBe('issuer-unavailable');
    const direct = createOidcVerifier({ ...options, jwksUrl: `${url}/keys` });
    expect(await codeOf(direct.verify(token))).toBe('issuer-unavailable');
  });

  it('or calls itself otherwise is not trusted', async () => {
    const { options, sign, told } = await issuer();
    told.issuer = 'http://evil.example';
    expect(await codeOf(createOidcVerifier(options).verify(await sign()))).toBe('issuer-unavailable');
  });
});

describe('the user', () => {
  async function room() {
    const { options, sign, url } = await issuer();
    const users = createUsers({ database: openFor(':memory:') });
    return { introduce: oidcIntroductions(createOidcVerifier(options), users), users, sign, url };
  }

  it('is made at the first time, and the same from then on', async () => {
    const { introduce, users, sign } = await room();
    const first = await introduce(await sign());
    expect(first).toMatchObject({ name: 'anna', administrator: false });
    expect((await introduce(await sign({ jti: '2' }))).owner).toBe(first.owner);
    expect(users.list()).toHaveLength(2);
  });

  it('never is one who is known otherwise, unless an administrator says so', async () => {
    const { introduce, users, sign, url } = await room();
    const wish = { owner: null, localUids: [], oidcSubjects: [] };
    users.create({ ...wish, name: 'anna', administrator: true }, { validateOnly: false });
    const other = await introduce(await sign());
    expect(other.name).toMatch(/^anna-[0-9a-f]{12}$/);
    expect(other.administrator).toBe(false);
    expect((await introduce(await sign({ sub: 'administrator' }))).name).toMatch(/^administrator-/);
    users.remove(other.name, { validateOnly: false });
    const change = { administrator: null, localUids: null, oidcSubjects: [`${url} anna`] };
    users.update('anna', change, { validateOnly: false });
    expect(await introduce(await sign({ jti: '3' }))).toMatchObject({ name: 'anna', administrator: true });
  });

  it('is an administrator as long as the issuer says so', async () => {
    const { introduce, users, sign } = await room();
    expect((await introduce(await sign({ groups: ['admins'] }))).administrator).toBe(true);
    expect(users.get('anna').administrator).toBe(false);
    expect((await introduce(await sign({ groups: [] }))).administrator).toBe(false);
  });

  it.each([
    ['Anna@Example.org', 'anna-example.org'],
    ['auth0|5f7c', 'auth0-5f7c'],
    ['../../etc', 'etc'],
  ])('%j is called %j', (name, expected) => {
    expect(userNames(name, 'x')[0]).toBe(expected);
  });

  it.each(['', '---', 'x'.repeat(200), 'Ω'])('%j has a name of its own', (name) => {
    for (const each of userNames(name, 'x')) expect(each).toMatch(/^[a-z0-9][a-z0-9.-]{0,62}$/);
  });
});
