import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { followToken, makeFirstToken } from '../../../internal/identity/tokens/first-token.ts';
import {
  decodeScope,
  encodeScope,
  narrowed,
  wholeScope,
} from '../../../internal/identity/tokens/token-scope.ts';
import { newToken, readToken, tokenText } from '../../../internal/identity/tokens/token-text.ts';
import { createTokens, type NewToken } from '../../../internal/identity/tokens/tokens.ts';
import { createUsers } from '../../../internal/identity/users/users.ts';
import { openFor } from '../operations/fixture.ts';

const fresh = { validateOnly: false, idempotencyKey: '' };
const wish: NewToken = { description: 'ci', scope: wholeScope, expiresAt: null };

function room() {
  const database = openFor(':memory:');
  let now = new Date('2026-01-01T00:00:00Z');
  const clock = () => now;
  const users = createUsers({ database, clock });
  const tokens = createTokens({ database, clock });
  const administrator = users.get('administrator');
  const issue = (of: Partial<NewToken> = {}, options: Partial<typeof fresh> = {}) =>
    tokens.issue(administrator, { ...wish, ...of }, { ...fresh, ...options });
  return { tokens, users, administrator, issue, database, at: (time: string) => (now = new Date(time)) };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtiumError) return error.code;
    throw error;
  }
  return 'none';
}

describe('tokens', () => {
  it('have their text told once; only its hash is kept', () => {
    const { tokens, issue, database } = room();
    const issued = issue();
    const text = issued?.text ?? '';
    expect(text).toMatch(/^pt_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    const secret = readToken(text)?.secret ?? '';
    const row = database.prepare<Record<string, unknown>>('SELECT * FROM api_token').get() ?? {};
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(row['secret_sha256']).toHaveLength(32);
    expect(tokens.list()).toEqual([issued?.token]);
    expect(JSON.stringify(tokens.list())).not.toMatch(/secretHash|sha/i);
  });

  it('are known by id and secret, and remember where they were used', () => {
    const { tokens, issue, at } = room();
    const text = readToken(issue()?.text ?? '') ?? { id: '', secret: '' };
    expect(tokens.authenticate(text, '192.0.2.1:5')?.user.name).toBe('administrator');
    expect(tokens.authenticate({ ...text, secret: newToken().secret }, 'x')).toBeNull();
    expect(tokens.authenticate({ ...text, id: newToken().id }, 'x')).toBeNull();
    expect(tokens.get(text.id)).toMatchObject({
      lastUsedAt: '2026-01-01T00:00:00.000Z',
      lastUsedFrom: '192.0.2.1:5',
    });
    at('2026-01-01T00:00:59Z');
    tokens.authenticate(text, '192.0.2.2:5');
    expect(tokens.get(text.id).lastUsedFrom).toBe('192.0.2.1:5');
    at('2026-01-01T00:01:00Z');
    tokens.authenticate(text, '192.0.2.2:5');
    expect(tokens.get(text.id).lastUsedFrom).toBe('192.0.2.2:5');
  });

  it('a repeated request has the same one, without its text', () => {
    const { tokens, issue } = room();
    const first = issue({}, { idempotencyKey: 'k' });
    expect(issue({}, { idempotencyKey: 'k' })).toEqual({ token: first?.token, text: null });
    expect(codeOf(() => issue({ description: 'other' }, { idempotencyKey: 'k' }))).toBe(
      'definition-conflict',
    );
    expect(tokens.list()).toHaveLength(1);
  });

  it('a dry run makes, revokes and rotates nothing', () => {
    const { tokens, issue } = room();
    expect(issue({}, { validateOnly: true })).toBeNull();
    const text = issue()?.text ?? '';
    const { id, secret } = readToken(text) ?? { id: '', secret: '' };
    expect(tokens.revoke(id, { validateOnly: true }).revokedAt).toBeNull();
    expect(tokens.rotate(id, { validateOnly: true }).text).toBeNull();
    expect(tokens.authenticate({ id, secret }, 'x')).not.toBeNull();
  });

  it('what is wrong is told', () => {
    const { tokens, issue, at } = room();
    expect(codeOf(() => issue({ description: 'a\nb' }))).toBe('argument-invalid');
    expect(codeOf(() => issue({ description: 'a'.repeat(256) }))).toBe('argument-invalid');
    expect(codeOf(() => issue({ expiresAt: '2026-01-01T00:00:00.000Z' }))).toBe('argument-invalid');
    expect(codeOf(() => issue({ scope: { use: 'reads', projects: { x: 'viewer' } } }))).toBe(
      'argument-invalid',
    );
    expect(codeOf(() => tokens.revoke('none', { validateOnly: false }))).toBe('not-found');
    expect(codeOf(() => tokens.rotate('none', { validateOnly: false }))).toBe('not-found');
    const id = issue({ expiresAt: '2026-01-02T00:00:00.000Z' })?.token.id ?? '';
    at('2026-01-02T00:00:00Z');
    expect(codeOf(() => tokens.rotate(id, { validateOnly: false }))).toBe('state-conflict');
    tokens.revoke(id, { validateOnly: false });
    expect(codeOf(() => tokens.revoke(id, { validateOnly: false }))).toBe('state-conflict');
  });
});

describe('the text of a token', () => {
  it('is read as it is written', () => {
    const token = newToken();
    expect(readToken(tokenText(token))).toEqual(token);
  });

  it.each([
    '',
    'pt_',
    'pt_x_y',
    `pt_${'0'.repeat(16)}_${'a'.repeat(42)}`,
    `pt_${'0'.repeat(16)}_${'a'.repeat(43)}\n`,
  ])('%j is none', (text) => {
    expect(readToken(text)).toBeNull();
  });
});

describe('a scope', () => {
  it('is the same text whatever the order of its projects', () => {
    const scope = { use: 'reads', projects: { b: 'viewer', a: 'admin' } } as const;
    expect(encodeScope(scope)).toBe(encodeScope({ use: 'reads', projects: { a: 'admin', b: 'viewer' } }));
    expect(decodeScope(encodeScope(scope))).toEqual(scope);
    expect(() => decodeScope('{"use":"all","projects":null}')).toThrow();
  });

  it('never gives more than the user has', () => {
    const roles = new Map([
      ['a', 'viewer'],
      ['b', 'admin'],
    ] as const);
    const user = { administrator: false, roles };
    expect(narrowed(user, wholeScope)).toEqual({ administrator: false, roles });
    expect(narrowed(user, { use: 'everything', projects: { a: 'admin', c: 'admin' } }).roles).toEqual(
      new Map([['a', 'viewer']]),
    );
    expect(narrowed(user, { use: 'reads', projects: null }).roles).toEqual(
      new Map([
        ['a', 'viewer'],
        ['b', 'viewer'],
      ]),
    );
    const administrator = { administrator: true, roles: new Map() };
    expect(narrowed(administrator, wholeScope).administrator).toBe(true);
    expect(narrowed(administrator, { use: 'reads', projects: null }).administrator).toBe(true);
    expect(narrowed(administrator, { use: 'metrics', projects: null })).toEqual({
      administrator: false,
      roles: new Map(),
    });
    expect(narrowed(administrator, { use: 'reads', projects: { a: 'admin' } })).toEqual({
      administrator: false,
      roles: new Map([['a', 'viewer']]),
    });
  });
});

describe('the first token', () => {
  function directory(): string {
    const made = mkdtempSync(join(tmpdir(), 'protium-first-token-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  it('is in a file that only its user can read, and lets in', () => {
    const { tokens, administrator, database } = room();
    const state = directory();
    const file = makeFirstToken(state, { tokens, database }, administrator) ?? '';
    expect(file).toBe(join(state, 'admin-token'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readToken(readFileSync(file, 'utf8').trim());
    expect(text && tokens.authenticate(text, 'x')?.user.name).toBe('administrator');
    expect(makeFirstToken(state, { tokens, database }, administrator)).toBeNull();
  });

  it('does not come back once it is deleted or revoked', () => {
    const { tokens, administrator, database } = room();
    const state = directory();
    rmSync(makeFirstToken(state, { tokens, database }, administrator) ?? '');
    expect(makeFirstToken(state, { tokens, database }, administrator)).toBeNull();
  });

  it('is never written over what is there, nor through a link', () => {
    const { tokens, administrator, database } = room();
    const state = directory();
    writeFileSync(join(state, 'target'), 'kept');
    symlinkSync(join(state, 'target'), join(state, 'admin-token'));
    expect(() => makeFirstToken(state, { tokens, database }, administrator)).toThrow(/EEXIST/);
    expect(readFileSync(join(state, 'target'), 'utf8')).toBe('kept');
    // What nobody was told is of no use to anybody.
    expect(tokens.list().map(({ revokedAt }) => revokedAt !== null)).toEqual([true]);
  });

  it('of which a crash cut the making short is put in its place by the next start', () => {
    const { tokens, administrator, database } = room();
    const state = directory();
    // Killed before its file had its name, and before it was in the database.
    const crash = {
      transaction: () => {
        throw new Error('killed');
      },
    };
    writeFileSync(join(state, 'admin-token.new'), 'pt_half');
    expect(() => makeFirstToken(state, { tokens, database: crash }, administrator)).toThrow('killed');
    const file = makeFirstToken(state, { tokens, database }, administrator) ?? '';
    const text = readFileSync(file, 'utf8');
    renameSync(file, `${file}.new`);
    expect(makeFirstToken(state, { tokens, database }, administrator)).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe(text);
    // Killed before the other name was gone.
    linkSync(file, `${file}.new`);
    expect(makeFirstToken(state, { tokens, database }, administrator)).toBe(file);
    expect(readdirSync(state)).toEqual(['admin-token']);
    expect(tokens.list()).toHaveLength(1);
  });

  it('its file follows the token', () => {
    const { tokens, administrator, database, issue } = room();
    const state = directory();
    const file = makeFirstToken(state, { tokens, database }, administrator) ?? '';
    const id = tokens.list()[0]?.id ?? '';
    followToken(state, issue()?.token.id ?? '', null);
    const rotated = tokens.rotate(id, { validateOnly: false }).text;
    followToken(state, id, rotated);
    expect(readFileSync(file, 'utf8')).toBe(`${rotated}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    followToken(state, id, null);
    expect(() => statSync(file)).toThrow(/ENOENT/);
    followToken(state, id, null);
  });
});
