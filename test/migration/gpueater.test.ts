import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { twoHosts, type OneHost, type TwoHosts } from './two-hosts.ts';
import {
  clientArguments,
  clientHome,
  readAnswers,
  type ClientAnswer,
  type ClientHome,
} from '../conformance/gpueater/node-client.ts';

// live_migration by the published client, between two libvirt hosts (X01, X02).
// The client is started anew for every look, each time with a probe by curl, beside guests that are emulated.
vi.setConfig({ testTimeout: 300_000 });

let hosts: TwoHosts;
let here: OneHost;
let there: OneHost;
let home: ClientHome;
let owner = '';
let uuid = '';

beforeAll(async () => {
  hosts = await twoHosts('gpu');
  ({ here, there } = hosts);
  const made = JSON.parse(await here.protium('gpueater', 'url', '--user', 'anna', '-o', 'json')) as {
    readonly accessKey: { readonly owner: string };
    readonly url: string;
  };
  ({ owner } = made.accessKey);
  home = await clientHome(made.url, null);
  uuid = await hosts.boot('xenon', { owner });
}, 300_000);

afterAll(async () => {
  await hosts.remove();
  await home.remove();
});

async function client(...calls: readonly (readonly [string, object?])[]): Promise<readonly ClientAnswer[]> {
  const { stdout, stderr } = await here.host.run(process.execPath, clientArguments(calls), {
    cwd: home.directory,
    env: home.env,
    reject: false,
  });
  const answers = readAnswers(stdout);
  expect(answers, stderr).toHaveLength(calls.length);
  return answers;
}
/** What Node's client wants of a form, whatever a server needs of it. */
const move = (instance: string, region = 'other'): readonly [string, object] => [
  'live_migration',
  {
    instance_id: instance,
    region_id: region,
    connection_id: 'x',
    product_id: 'x',
    ssh_key_id: 'x',
    tag: 'x',
  },
];
interface Shown {
  readonly instance_id: string;
  readonly machine_resource_id: string;
  readonly state: string;
  readonly region_id: string;
}
const shown = async (uuid: string): Promise<Shown | undefined> => {
  const [answer] = await client(['instance_list']);
  return (answer?.data as readonly Shown[]).find(({ instance_id }) => instance_id === uuid);
};
const transactionOf = (answer: ClientAnswer | undefined): { readonly transaction_id: string } => {
  expect(answer).toMatchObject({ error: null, data: { transaction_id: expect.any(String) as string } });
  return answer?.data as { readonly transaction_id: string };
};
interface Peeked {
  readonly state: string;
  readonly progress: number;
}
const peek = async (transaction: { readonly transaction_id: string }): Promise<Peeked> => {
  const [answer] = await client(['peak_transaction', transaction]);
  return answer?.data as Peeked;
};
const guest = async (on: OneHost, name: string): Promise<{ boot: string; address: string; up: number }> => {
  const line = 'cat /proc/sys/kernel/random/boot_id /proc/uptime; ip -4 -o addr show scope global';
  const text = await on.protium('exec', name, '--', 'sh', '-c', line);
  const [boot = '', uptime = ''] = text.split('\n');
  return { boot, up: Number.parseFloat(uptime), address: /inet ([\d.]+)/.exec(text)?.[1] ?? '' };
};

it('a cancel in the middle leaves it running where it was (X02)', async () => {
  const before = await guest(here, 'xenon');
  await here.virsh('migrate-setspeed', 'xenon', '1');
  const [begun, twice] = await client(move(uuid), move(uuid));
  const transaction = transactionOf(begun);
  expect(twice?.data).toEqual(transaction);
  await vi.waitFor(async () => {
    expect(await here.virsh('domjobinfo', uuid)).toMatch(/Data processed/);
  }, 60_000);
  const first = await peek(transaction);
  expect(first).toMatchObject({ state: 'RUNNING', instance_id: uuid, kind: 'instance.migrate' });
  expect(await shown(uuid)).toMatchObject({ state: 'MIGRATING' });
  await vi.waitFor(async () => {
    expect((await peek(transaction)).progress).toBeGreaterThan(first.progress);
  }, 60_000);
  const [cancelled, unknown, unknownPeek] = await client(
    ['cancel_transaction', transaction],
    ['cancel_transaction', { transaction_id: 'none' }],
    ['peak_transaction', { transaction_id: 'none' }],
  );
  expect(cancelled).toMatchObject({ error: null });
  for (const answer of [unknown, unknownPeek])
    expect(answer).toMatchObject({ error: 'There is no transaction "none".', data: null });
  await vi.waitFor(async () => {
    expect(await peek(transaction)).toMatchObject({ state: 'CANCELED' });
  }, 60_000);
  expect(await shown(uuid)).toMatchObject({ state: 'RUNNING' });
  expect((await guest(here, 'xenon')).boot).toBe(before.boot);
  expect(await there.virsh('list', '--all', '--name')).toBe('');
  await here.virsh('migrate-setspeed', 'xenon', '8796093022207');
});

it('a guest moves as it runs, and is the same (X01)', async () => {
  const before = { guest: await guest(here, 'xenon'), shown: await shown(uuid) };
  const [refused] = await client(move(uuid, 'elsewhere'));
  expect(refused).toMatchObject({
    error: 'There is no host "elsewhere" to move to, but other, nowhere.',
    data: null,
  });
  const [begun] = await client(move(uuid));
  const transaction = transactionOf(begun);
  const { body } = await here.daemon.call(
    'GET',
    `/v1/operations/${transaction.transaction_id}/wait?timeoutSeconds=100`,
  );
  expect(body).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED', owner } });
  expect(await peek(transaction)).toMatchObject({ state: 'SUCCEEDED', progress: 100, error: null });
  await vi.waitFor(async () => {
    expect(await there.protium('list')).toMatch(/xenon .*running/i);
  }, 30_000);
  const after = { guest: await guest(there, 'xenon'), shown: await shown(uuid) };
  expect(after.guest).toMatchObject({ boot: before.guest.boot, address: before.guest.address });
  expect(after.guest.up).toBeGreaterThan(before.guest.up);
  expect(after.shown).toMatchObject({ state: 'MIGRATED', region_id: 'other' });
  expect(after.shown?.machine_resource_id).toMatch(/^[0-9a-f-]{36}$/);
  const [again, stop] = await client(move(uuid), [
    'stop_instance',
    { instance_id: uuid, machine_resource_id: 'x' },
  ]);
  for (const answer of [again, stop])
    expect(answer).toMatchObject({ error: 'It went to the host "other": ask there.', data: null });
});

it('one with a device of the host is refused, with the way that there is (X01)', async () => {
  const stuck = await hosts.boot('card', { owner, off: true });
  const file = path.join(home.directory, 'card.xml');
  const source = `<source><address domain='0x0000' bus='0x00' slot='0x1e' function='0x7'/></source>`;
  await writeFile(file, `<hostdev mode='subsystem' type='pci' managed='yes'>${source}</hostdev>`);
  await here.virsh('attach-device', 'card', file, '--config');
  await vi.waitFor(async () => {
    expect(await here.virsh('dumpxml', 'card')).toContain('<hostdev');
  }, 30_000);
  const [refused] = await client(move(stuck));
  expect(refused?.data).toBeNull();
  expect(refused?.error).toMatch(/devices of this host \(0000:00:1e\.7\).*move it offline \(offline: true/);
  const { stderr } = await here.attempt('migrate', 'card', 'other', '--offline');
  expect(stderr).toMatch(/does not have the same devices at the same places \(0000:00:1e\.7\)/);
  expect(await there.virsh('domstate', 'card')).toBe('');
});
