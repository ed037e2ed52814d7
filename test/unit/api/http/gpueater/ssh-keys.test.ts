import { mkdtempSync, rmSync } from 'node:fs';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { formOf } from '../../../../../internal/api/http/gpueater/form.ts';
import { sshKeyFunctions, sshKeysOf } from '../../../../../internal/api/http/gpueater/ssh-keys/functions.ts';
import { publicKeyLine } from '../../../../../internal/api/http/gpueater/ssh-keys/make-pem-key.ts';
import { createKeyPairs } from '../../../../../internal/key-pairs/create-key-pairs.ts';
import { readPublicKey } from '../../../../../internal/key-pairs/read-public-key.ts';
import { openFor } from '../../../operations/fixture.ts';

const anna = { name: 'anna', owner: 'a'.repeat(32), createdAt: '2026-01-01T00:00:00.000Z' };
const berta = { name: 'berta', owner: 'b'.repeat(32), createdAt: '2026-01-01T00:00:00.000Z' };

function group() {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), 'protium-state-'));
  onTestFinished(() => rmSync(stateDirectory, { recursive: true }));
  const keyPairs = createKeyPairs({ database: openFor(':memory:'), stateDirectory });
  const functions = sshKeyFunctions({ keyPairs });
  const call = async (name: string, fields: Record<string, unknown> = {}, user = anna) => {
    const found = functions.find((each) => each.name === name);
    const form = formOf(new Map(Object.entries(fields)));
    const { signal } = new AbortController();
    return found?.handle({ user, form, userAgent: '', signal, setHeader: () => undefined });
  };
  return { call, keyPairs };
}

interface Made {
  readonly private_key: string;
  readonly public_key: string;
}

it('makes keys that all of the clients’ ssh take, and keeps none', async () => {
  const { call } = group();
  const [one, two] = [(await call('generate_ssh_key')) as Made, (await call('generate_ssh_key')) as Made];
  expect(one.private_key).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  expect(one.private_key).not.toBe(two.private_key);
  expect(await readPublicKey(one.public_key)).toMatchObject({ type: 'ecdsa-sha2-nistp256', bits: 256 });
  const jwk = createPublicKey(createPrivateKey(one.private_key)).export({ format: 'jwk' });
  expect(publicKeyLine(jwk)).toBe(one.public_key);
  expect(await call('ssh_key_list')).toEqual([]);
});

it('registers, lists and deletes, each user its own', async () => {
  const { call } = group();
  const { public_key } = (await call('generate_ssh_key')) as Made;
  await call('register_ssh_key', { name: 'My_Key.1', public_key: `${public_key}\n` });
  expect(await call('ssh_key_list')).toMatchObject([{ id: 'My_Key.1', name: 'My_Key.1' }]);
  expect(await call('ssh_key_list', {}, berta)).toEqual([]);
  await expect(call('delete_ssh_key', { id: 'My_Key.1' }, berta)).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(call('register_ssh_key', { name: 'My_Key.1', public_key })).rejects.toMatchObject({
    code: 'already-exists',
  });
  await call('register_ssh_key', { name: '7', public_key });
  await call('delete_ssh_key', { id: 7 });
  await call('delete_ssh_key', { id: 'My_Key.1' });
  expect(await call('ssh_key_list')).toEqual([]);
  await expect(call('delete_ssh_key', { id: 'My_Key.1' })).rejects.toMatchObject({ code: 'not-found' });
});

it.each(['a";x', '../x', '.', '-a', 'a b', 'a/b', '$(x)', 'ä', 'a'.repeat(64), ''])(
  'no key is called %s: the clients put the name into commands',
  async (name) => {
    const { call } = group();
    const { public_key } = (await call('generate_ssh_key')) as Made;
    await expect(call('register_ssh_key', { name, public_key })).rejects.toMatchObject({
      code: 'argument-invalid',
    });
    expect(await call('ssh_key_list')).toEqual([]);
  },
);

it('a private key is not taken', async () => {
  const { call } = group();
  const { private_key } = (await call('generate_ssh_key')) as Made;
  await expect(call('register_ssh_key', { name: 'a', public_key: private_key })).rejects.toMatchObject({
    code: 'argument-invalid',
  });
});

it('lists more than a page', async () => {
  const { call, keyPairs } = group();
  const { public_key } = (await call('generate_ssh_key')) as Made;
  await call('register_ssh_key', { name: 'a', public_key });
  await call('register_ssh_key', { name: 'b', public_key });
  const small = { ...keyPairs, list: (query: { owner: string }) => keyPairs.list({ ...query, limit: 1 }) };
  expect(sshKeysOf(small, anna.owner)).toMatchObject([{ name: 'a' }, { name: 'b' }]);
});
