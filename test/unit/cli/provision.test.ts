import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { environmentWith, modelOf } from '../../../cmd/protium/provision/env-file.ts';
import type { ProvisionOptions } from '../../../cmd/protium/provision/options.ts';
import { resultOf, writeResult } from '../../../cmd/protium/provision/result-file.ts';
import { nameFor, provisionWish } from '../../../cmd/protium/provision/wish.ts';

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'provision-cli-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const options: ProvisionOptions = {
  image: '',
  nodeType: '',
  network: '',
  user: '',
  key: [],
  start: 'now',
  floatingIp: true,
  healthCheck: true,
  endAction: 'stop',
  owner: '',
};
const session = { readStdin: () => Promise.resolve('Needs 16 GB RAM and Linux.\n') };
const wishOf = (more: Partial<ProvisionOptions>, source?: string) =>
  provisionWish(session, source, { ...options, ...more }, {});

it('a text becomes a wish, each value with its line in the text', async () => {
  const { wish, keyName } = await wishOf({ text: '-', serverName: 'vm', leaseDuration: 7200 });
  expect(wish).toMatchObject({ name: 'vm', source: '-', durationSeconds: 7200n });
  expect(wish.analysis).toMatchObject({
    facts: { ram_gb: { value: 16, evidence: [{ file: 'text', line: 1 }] } },
  });
  expect(keyName).toBeNull();
});

it.each<readonly [Partial<ProvisionOptions>, string | undefined, string]>([
  [{}, undefined, 'For what?'],
  [{ text: '-' }, '.', 'one of them'],
  [{ repo: 'https://a.example/b' }, 'https://a.example/c', '[source] and --repo say different things'],
  [{ text: '-', name: 'a', serverName: 'b' }, undefined, 'say different things'],
  [{ text: '-', createKey: true }, undefined, '--key-name'],
  [{ text: '-', putRepo: true }, undefined, '--put-repo'],
  [{ text: '-', floatingAddress: true, floatingIp: false }, undefined, '--no-floating-ip'],
  [{ text: '/none/such' }, undefined, 'ENOENT'],
  [{ analysis: '-' }, undefined, 'is no JSON'],
  [{ text: '-', envFile: '/none/such' }, undefined, 'ENOENT'],
])('%j is refused', async (more, source, message) => {
  await expect(wishOf(more, source)).rejects.toThrow(message);
});

it('with --skip-repo-clone nothing is looked at', async () => {
  const { wish } = await wishOf({ skipRepoClone: true }, 'https://nowhere.invalid/a/b');
  expect(wish.source).toBe('https://nowhere.invalid/a/b');
  expect(wish.analysis).toMatchObject({ facts: { gpu: { need: { value: 'none' } } } });
});

it('settings come from a file, and the environment counts before it', async () => {
  const file = path.join(await directory(), 'env');
  await writeFile(
    file,
    `export OPENAI_BASE_URL="http://a.example/v1" # note\nOPENAI_MODEL=m\nOPENAI_API_KEY=file\n`,
  );
  const environment = await environmentWith(file, { OPENAI_API_KEY: 'shell' });
  expect(modelOf(environment)).toEqual({ baseUrl: 'http://a.example/v1', apiKey: 'shell', model: 'm' });
  expect(modelOf({ OPENAI_API_KEY: 'k' })).toBeNull();
});

it.each([
  ['https://github.com/openai/whisper.git', 'auto-whisper-202611290801'],
  ['/srv/My Project/', 'auto-my-project-202611290801'],
  ['-', 'auto-machine-202611290801'],
])('%s is called %s', (label, name) => {
  expect(nameFor(label, new Date('2026-11-29T08:01:02Z'))).toBe(name);
});

it('the result has the keys of both shapes, and is written whole or not at all', async () => {
  const result = resultOf(
    {
      id: 'p',
      owner: '',
      name: 'vm',
      state: 'ready',
      plan: undefined,
      requirement: { gpu_required: false },
      lease: 'l',
      instance: 'i',
      access: {
        user: 'u',
        address: '192.0.2.7',
        port: 22,
        hostKeys: ['ssh-ed25519 A'],
        ssh: 'ssh u@192.0.2.7',
      },
      progress: '',
      problem: undefined,
      checks: [{ name: 'ssh', state: 'passed', text: 'It answers.' }],
      createTime: undefined,
    },
    'k',
  );
  expect(result).toMatchObject({
    server_name: 'vm',
    server_id: 'i',
    lease_id: 'l',
    reservation_id: 'l',
    floating_ip: '192.0.2.7',
    key_name: 'k',
    ssh: { user: 'u', host: '192.0.2.7', port: 22, hostKey: 'ssh-ed25519 A' },
  });
  const keys = ['image', 'node_type', 'network_id', 'end_date', 'image_name', 'image_id', 'end', 'plan'];
  expect(Object.keys(result)).toEqual(expect.arrayContaining(keys));
  const folder = await directory();
  const file = path.join(folder, 'vm_info.json');
  await writeResult(file, result);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(result);
  await expect(writeResult(folder, result)).rejects.toThrow(folder);
  expect(await readdir(folder)).toEqual(['vm_info.json']);
});
