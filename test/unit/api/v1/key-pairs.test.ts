import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { KeyPairType } from '../../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { keyPairsService } from '../../../../internal/api/v1/key-pairs.ts';
import { createKeyPairs } from '../../../../internal/key-pairs/create-key-pairs.ts';
import { openFor } from '../../operations/fixture.ts';
import { administrator, contextOf } from './context.ts';

const context = contextOf(administrator);

function service() {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), 'protium-state-'));
  onTestFinished(() => rmSync(stateDirectory, { recursive: true }));
  const { methods } = keyPairsService(createKeyPairs({ database: openFor(':memory:'), stateDirectory }));
  return (method: string, request: object) =>
    Promise.resolve().then(() =>
      methods[method]?.(
        {
          owner: '',
          idempotencyKey: '',
          validateOnly: false,
          pageSize: 0,
          pageToken: '',
          fingerprint: '',
          ...request,
        } as never,
        context,
      ),
    );
}

it('makes, shows, lists and forgets key pairs, each client its own', async () => {
  const call = service();
  const type = KeyPairType.KEY_PAIR_TYPE_UNSPECIFIED;
  const dry = await call('createKeyPair', { name: 'a', type, validateOnly: true });
  expect(dry).toMatchObject({ keyPair: { name: 'a', publicKey: '' }, privateKey: '' });
  const made = (await call('createKeyPair', { name: 'a', type })) as { keyPair: { publicKey: string } };
  expect(made).toMatchObject({ keyPair: { name: 'a', type: 'ssh-ed25519', bits: 256 } });
  expect(made).toMatchObject({ privateKey: expect.stringContaining('OPENSSH PRIVATE KEY') as string });
  expect(await call('getKeyPair', { name: 'a' })).toEqual({ keyPair: made.keyPair });
  const { publicKey } = made.keyPair;
  await call('importKeyPair', { name: 'b', publicKey });
  expect(await call('listKeyPairs', { pageSize: 1 })).toMatchObject({
    keyPairs: [{ name: 'a' }],
    nextPageToken: 'a',
  });
  expect(await call('listKeyPairs', { pageSize: 1, pageToken: 'a' })).toMatchObject({
    keyPairs: [{ name: 'b' }],
    nextPageToken: '',
  });
  expect(await call('listKeyPairs', { owner: 'f'.repeat(32) })).toEqual({ keyPairs: [], nextPageToken: '' });
  expect(await call('deleteKeyPair', { name: 'a' })).toEqual({});
  await expect(call('deleteKeyPair', { name: 'a' })).rejects.toMatchObject({ code: 'not-found' });
});

it.each([
  ['createKeyPair', { name: 'a', type: 9 }],
  ['createKeyPair', { name: 'a', type: 0, idempotencyKey: 'k'.repeat(256) }],
  ['createKeyPair', { name: 'a', type: 0, owner: 'x' }],
  ['listKeyPairs', { pageSize: 1001 }],
])('%s refuses %j', async (method, request) => {
  await expect(service()(method, request)).rejects.toMatchObject({ code: 'argument-invalid' });
});
