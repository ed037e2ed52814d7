import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createKeyPairs } from '../../../internal/key-pairs/create-key-pairs.ts';
import type { KeyPairs } from '../../../internal/key-pairs/key-pair.ts';
import { openFor } from '../operations/fixture.ts';

const owner = 'f'.repeat(32);
const more = { owner, idempotencyKey: '', validateOnly: false };
let files: string;

beforeAll(() => {
  files = mkdtempSync(path.join(tmpdir(), 'protium-keys-'));
  return () => rmSync(files, { recursive: true });
});

function room(): { readonly keyPairs: KeyPairs; readonly state: string } {
  const state = mkdtempSync(path.join(tmpdir(), 'protium-state-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  // What a killed daemon left of a private half.
  mkdirSync(path.join(state, 'new-keys/key-x'), { recursive: true });
  writeFileSync(path.join(state, 'new-keys/key-x/key'), 'secret');
  const keyPairs = createKeyPairs({
    database: openFor(path.join(state, 'protium.db')),
    stateDirectory: state,
  });
  return { keyPairs, state };
}

/** By the real ssh-keygen. */
async function keygen(name: string, ...options: string[]): Promise<string> {
  await execa('ssh-keygen', ['-q', '-N', '', '-C', 'me@home', '-f', path.join(files, name), ...options]);
  return readFileSync(path.join(files, `${name}.pub`), 'utf8');
}
const fingerprint = async (name: string) =>
  (await execa('ssh-keygen', ['-lf', path.join(files, `${name}.pub`)])).stdout.split(' ')[1];

describe('import', () => {
  it.each([
    ['ssh-ed25519', 256, ['-t', 'ed25519']],
    ['ecdsa-sha2-nistp384', 384, ['-t', 'ecdsa', '-b', '384']],
    ['ssh-rsa', 2048, ['-t', 'rsa', '-b', '2048']],
  ] as const)('takes %s, with the fingerprint that ssh-keygen shows', async (type, bits, options) => {
    const { keyPairs } = room();
    const publicKey = await keygen(type, ...options);
    const made = await keyPairs.import({ ...more, name: 'me', publicKey });
    expect(made).toMatchObject({
      name: 'me',
      type,
      bits,
      publicKey: publicKey.trim(),
      fingerprint: await fingerprint(type),
    });
    expect(keyPairs.get(owner, 'me')).toMatchObject(made);
  });

  it('refuses what is no public key, and never shows it', async () => {
    const { keyPairs } = room();
    const good = (await keygen('good', '-t', 'ed25519')).trim();
    const [type = '', key = ''] = good.split(' ');
    const short = await keygen('short', '-t', 'rsa', '-b', '1024');
    const refused: readonly (readonly [string, RegExp])[] = [
      [readFileSync(path.join(files, 'good'), 'utf8'), /private key.*\.pub/],
      ['', /one public key in OpenSSH's format/],
      [`${good}\n${good}`, /one public key/],
      [`command="reboot" ${good}`, /one public key/],
      [good.replace('ssh-ed25519', 'ssh-dss'), /one public key/],
      [`${type} ${key} a\u0007`, /one public key/],
      [`${type} ${key.slice(0, 40)}`, /damaged/],
      [`ssh-rsa ${key}`, /damaged/],
      [short, /1024 bits; at least 2048/],
      [`${type} ${'A'.repeat(20_000)}`, /one public key/],
    ];
    for (const [publicKey, message] of refused) {
      const failure = await keyPairs
        .import({ ...more, name: 'me', publicKey })
        .catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({
        code: 'argument-invalid',
        message: expect.stringMatching(message) as string,
      });
      expect(JSON.stringify(failure)).not.toContain(key.slice(-20));
    }
    expect(keyPairs.list({ owner }).keyPairs).toEqual([]);
  });
});

describe('create', () => {
  it.each([
    ['ed25519', 'ssh-ed25519', 256],
    ['ecdsa', 'ecdsa-sha2-nistp256', 256],
  ] as const)('%s: the private half is told once, and is nowhere after', async (type, name, bits) => {
    const { keyPairs, state } = room();
    const made = await keyPairs.create({ ...more, name: 'laptop', type });
    expect(made?.keyPair).toMatchObject({ name: 'laptop', type: name, bits });
    const file = path.join(files, `made-${type}`);
    writeFileSync(file, made?.privateKey ?? '', { mode: 0o600 });
    const { stdout } = await execa('ssh-keygen', ['-yf', file]);
    expect(stdout).toContain(made?.keyPair.publicKey.split(' ')[1] ?? 'none');
    expect(readdirSync(path.join(state, 'new-keys'))).toEqual([]);
    expect(statSync(path.join(state, 'new-keys')).mode & 0o777).toBe(0o700);
    const secret = made?.privateKey?.split('\n')[2] ?? 'none';
    for (const kept of readdirSync(state).filter((each) => each.startsWith('protium.db')))
      expect(readFileSync(path.join(state, kept), 'latin1')).not.toContain(secret);
  });

  it('a dry run makes none', async () => {
    const { keyPairs } = room();
    expect(await keyPairs.create({ ...more, name: 'a', type: 'ed25519', validateOnly: true })).toBeNull();
    expect(keyPairs.list({ owner }).keyPairs).toEqual([]);
    await keyPairs.create({ ...more, name: 'a', type: 'ed25519' });
    await expect(
      keyPairs.create({ ...more, name: 'a', type: 'ed25519', validateOnly: true }),
    ).rejects.toMatchObject({ code: 'already-exists' });
  });
});

describe('the same again', () => {
  it('with a key is the same key pair, without one it exists already', async () => {
    const { keyPairs } = room();
    const publicKey = await keygen('again', '-t', 'ed25519');
    const request = { ...more, name: 'me', publicKey, idempotencyKey: 'k' };
    const both = await Promise.all([keyPairs.import(request), keyPairs.import(request)]);
    expect(both[0].createdAt).toBe(both[1].createdAt);
    await expect(keyPairs.import({ ...request, name: 'you' })).rejects.toMatchObject({
      code: 'definition-conflict',
    });
    await expect(keyPairs.import({ ...request, idempotencyKey: '' })).rejects.toMatchObject({
      code: 'already-exists',
    });
    const wanted = { ...more, name: 'new', type: 'ed25519', idempotencyKey: 'l' } as const;
    const made = await Promise.all([keyPairs.create(wanted), keyPairs.create(wanted)]);
    expect(made.filter((each) => each?.privateKey !== null)).toHaveLength(1);
    expect(new Set(made.map((each) => each?.keyPair.fingerprint)).size).toBe(1);
  });
});

it('lists by name, in pages, of one client alone', async () => {
  const { keyPairs } = room();
  const publicKey = await keygen('list', '-t', 'ed25519');
  for (const name of ['c', 'a', 'b']) await keyPairs.import({ ...more, name, publicKey });
  await keyPairs.import({ ...more, owner: 'e'.repeat(32), name: 'theirs', publicKey });
  const first = keyPairs.list({ owner, limit: 2 });
  expect(first.keyPairs.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(first.next).toBe('b');
  const last = keyPairs.list({ owner, limit: 2, after: 'b' });
  expect(last).toMatchObject({ keyPairs: [{ name: 'c' }], next: null });
  expect(keyPairs.list({ owner, fingerprint: 'SHA256:other' }).keyPairs).toEqual([]);
  expect(keyPairs.list({ owner, fingerprint: (await fingerprint('list')) ?? '' }).keyPairs).toHaveLength(3);
});

it('removes, and names what there is not', async () => {
  const { keyPairs } = room();
  const publicKey = await keygen('gone', '-t', 'ed25519');
  await keyPairs.import({ ...more, name: 'me', publicKey });
  expect(keyPairs.publicKeys(owner, ['me', 'me'])).toEqual([publicKey.trim()]);
  expect(() => keyPairs.publicKeys(owner, ['me', 'x', 'y'])).toThrow(/no key pair "x", "y"/);
  expect(() => keyPairs.publicKeys('e'.repeat(32), ['me'])).toThrow(/no key pair "me"/);
  keyPairs.remove(owner, 'me', { validateOnly: true });
  keyPairs.remove(owner, 'me', { validateOnly: false });
  expect(() => keyPairs.remove(owner, 'me', { validateOnly: false })).toThrow(/no key pair "me"/);
  expect(() => keyPairs.get(owner, 'me')).toThrow(/no key pair/);
});

it.each(['', 'A', '-a', '../x', 'a'.repeat(64), 'a b'])('the name %j is refused', async (name) => {
  const { keyPairs } = room();
  await expect(keyPairs.create({ ...more, name, type: 'ed25519' })).rejects.toMatchObject({
    code: 'argument-invalid',
    details: { field: 'name' },
  });
});
