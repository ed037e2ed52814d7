import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPrivateHost, type PrivateHost, type PrivateProcess } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from './daemon-inside.ts';

const pool = 'protium-floating';
const name = `protium-fip-${process.pid}`;
/** Another machine, as far as the host can tell. */
const outside = `${name}-out`;
const outsideAddress = '198.51.100.2';
const hostAddress = '198.51.100.1';
/** Answers in place of the guest's system, at the guest's address: what is tried here is the way there. */
const guest = `${name}-in`;
/** Another one on its network. */
const neighbour = `${name}-by`;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let before: { readonly rules: string; readonly addresses: string };
const servers: PrivateProcess[] = [];

const call = (method: string, route: string, body?: unknown) => daemon.call(method, route, body);
const ip = (...args: string[]) => execa('ip', args);
const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args])).stdout.trim();
const rules = async (): Promise<string> =>
  (await host.run('nft', ['list', 'ruleset'])).stdout.replaceAll(/packets \d+ bytes \d+/g, '');
const addresses = async (): Promise<string> =>
  (await host.run('ip', ['-o', '-4', 'address', 'show', 'lo'])).stdout;

/** Says who it is and who called, on every connection. */
const server = (who: string, ports: readonly number[]): string => `
  const net = require('node:net');
  let open = ${ports.length};
  for (const port of ${JSON.stringify(ports)})
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('${who} ' + port + ' ' + socket.remoteAddress.replace('::ffff:', '') + '\\n');
    }).listen(port, '0.0.0.0', () => (open -= 1) === 0 && console.log('ready'));
`;

/** What a connection gives, or how it ended. */
const connection = async (from: string, address: string, port: number): Promise<string> => {
  const script = `exec 3<>/dev/tcp/${address}/${port} && IFS= read -r -t 5 line <&3 && printf %s "$line"`;
  const { stdout, stderr } = await execa(
    'ip',
    ['netns', 'exec', from, 'timeout', '4', 'bash', '-c', script],
    {
      reject: false,
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
    },
  );
  return stderr.includes('refused') ? 'refused' : stdout === '' ? stderr : stdout;
};
const fromHost = (address: string, port: number) => connection(name, address, port);
const fromOutside = (address: string, port: number) => connection(outside, address, port);

const start = async (): Promise<void> => {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
  });
  await vi.waitFor(async () => {
    expect((await call('GET', '/statusjson')).status).toBe(200);
  }, 60_000);
};

async function succeeded(answer: InsideAnswer): Promise<void> {
  expect(answer).toMatchObject({ status: 202 });
  const location = answer.headers.location ?? '';
  const { operation } = (await call('GET', `${location}/wait?timeoutSeconds=60`)).body;
  expect(operation).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
}

const create = (instance: string): Promise<InsideAnswer> =>
  call('POST', '/v1/instances', {
    name: instance,
    config: {
      slots: 1,
      ramsize: 128,
      overprovision: 10,
      networks: [{ network_uid: 'fip-net' }],
      volumes: [{ size_gb: 0.1 }],
    },
  });
const associate = async (instance: string): Promise<Record<string, string>> => {
  const { status, body } = await call('POST', '/v1/floating-addresses', { instance });
  expect({ status, body }).toMatchObject({ status: 200, body: { floatingAddress: { state: 'active' } } });
  return body['floatingAddress'] as Record<string, string>;
};

/** Plugs a system of its own into a network of the host's. */
async function plug(namespace: string, device: string, bridge: string, address: string): Promise<void> {
  await ip('netns', 'add', namespace);
  await ip('-n', name, 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  await ip('-n', name, 'link', 'set', device, 'master', bridge, 'up');
  await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  await ip('-n', namespace, 'route', 'add', 'default', 'via', address.replace(/\d+$/, '1'));
}

beforeAll(async () => {
  host = await startPrivateHost(name);
  await virsh('version');
  await ip('netns', 'add', outside);
  await ip('-n', name, 'link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
  await ip('-n', name, 'address', 'add', `${hostAddress}/24`, 'dev', 'uplink');
  await ip('-n', name, 'link', 'set', 'uplink', 'up');
  await ip('-n', outside, 'address', 'add', `${outsideAddress}/24`, 'dev', 'eth0');
  await ip('-n', outside, 'link', 'set', 'eth0', 'up');
  await ip('-n', outside, 'route', 'add', '10.77.0.0/24', 'via', hostAddress);
  workspace = await createWorkspace();
  // As the host's sshd does.
  const sshd = host.spawn(process.execPath, ['-e', server('host', [22, 9999])]);
  servers.push(sshd);
  await once(sshd.stdout, 'data');
  await start();
  await succeeded(await call('POST', '/v1/networks', { name: 'fip-net' }));
  await succeeded(await create('web'));
  await succeeded(await create('other'));
  before = { rules: await rules(), addresses: await addresses() };
}, 120_000);

afterAll(async () => {
  await daemon.end();
  for (const each of servers) await each.kill('SIGKILL');
  await host.down();
  for (const each of [outside, guest, neighbour])
    await execa('ip', ['netns', 'del', each], { reject: false });
  await workspace.remove();
});

describe('a floating address', () => {
  let address: string;

  it('leads to its instance, from outside and from the host', async () => {
    const dry = await call('POST', '/v1/floating-addresses', { instance: 'web', validateOnly: true });
    expect(dry.body).toMatchObject({ floatingAddress: { address: '10.77.0.1', connectionId: '' } });
    expect(await addresses()).toBe(before.addresses);

    ({ address = '' } = await associate('web'));
    expect(address).toBe('10.77.0.1');
    // The same again.
    expect((await associate('web'))['address']).toBe(address);
    expect((await call('GET', '/v1/floating-addresses/web')).body).toMatchObject({
      floatingAddress: { address, ports: [22], state: 'active' },
    });
    const { reservations } = (await call('GET', '/v1/networks/fip-net/reservations')).body;
    const [{ address: own = '' } = {}] = reservations as { address?: string }[];
    expect((await call('DELETE', '/v1/networks/fip-net/reservations/web')).body).toMatchObject({
      code: 'resource-in-use',
    });
    const { network } = (await call('GET', '/v1/networks/fip-net')).body;
    const { bridge } = network as { bridge: string };
    await plug(guest, 'stand-in', bridge, own);
    await plug(neighbour, 'neighbour', bridge, own.replace(/\d+$/, '250'));
    const inside = execa(
      'ip',
      ['netns', 'exec', guest, process.execPath, '-e', server('guest', [22, 9999])],
      {
        reject: false,
      },
    );
    servers.push({ kill: () => Promise.resolve(void inside.kill('SIGKILL')) } as unknown as PrivateProcess);
    await once(inside.stdout, 'data');

    // The network's bridge lets a new port speak after a moment.
    await vi.waitFor(async () => {
      expect(await fromHost(own, 22)).toMatch(/^guest/);
      expect(await connection(neighbour, own, 22)).toMatch(/^guest/);
    }, 20_000);
    // The guest sees who calls; the host calls from its address on the network.
    expect(await fromOutside(address, 22)).toBe(`guest 22 ${outsideAddress}`);
    expect(await fromHost(address, 22)).toBe(`guest 22 ${own.replace(/\d+$/, '1')}`);
    // Of the same network, too, whose guests would answer each other directly.
    expect(await connection(neighbour, address, 22)).toMatch(/^guest 22 /);
  });

  it('refuses all other ports: the host is not reached by it', async () => {
    expect(await fromHost(hostAddress, 9999)).toMatch(/^host 9999/);
    expect(await fromOutside(hostAddress, 9999)).toMatch(/^host 9999/);
    for (const from of [name, outside, neighbour])
      expect(await connection(from, address, 9999)).toBe('refused');
    // Nor is what is forwarded on all addresses of the host.
    const forward = { instance: 'web', guestPort: 22, hostPort: 2222, hostAddress: '0.0.0.0' };
    expect((await call('POST', '/v1/port-forwards', forward)).status).toBe(200);
    expect(await fromOutside(hostAddress, 2222)).toMatch(/^guest 22/);
    for (const from of [name, outside]) expect(await connection(from, address, 2222)).toBe('refused');

    const opened = await call('PUT', `/v1/floating-addresses/${address}/ports/9999`, {});
    expect(opened.body).toMatchObject({ floatingAddress: { ports: [22, 9999] } });
    for (const from of [name, outside]) expect(await connection(from, address, 9999)).toMatch(/^guest 9999/);
    expect((await call('DELETE', `/v1/floating-addresses/${address}/ports/9999`)).status).toBe(200);
    for (const from of [name, outside]) expect(await connection(from, address, 9999)).toBe('refused');
    for (const port of ['22', '0', '65536']) {
      const refused = await call('DELETE', `/v1/floating-addresses/${address}/ports/${port}`);
      expect(refused).toMatchObject({ status: 400 });
    }
  });

  it('is exchanged for another', async () => {
    const second = await associate('other');
    expect(second['address']).toBe('10.77.0.2');
    const { body } = await call('POST', '/v1/floating-addresses/web/renew', {});
    expect(body).toMatchObject({ floatingAddress: { address: '10.77.0.3', ports: [22], state: 'active' } });
    // Nobody has it now.
    for (const from of [name, outside])
      expect(await connection(from, address, 22)).not.toMatch(/^(guest|host)/);
    address = '10.77.0.3';
    for (const from of [name, outside]) expect(await connection(from, address, 22)).toMatch(/^guest 22/);
    expect(await addresses()).not.toContain('10.77.0.1/32');
  });

  it('is put right when others have taken it apart', async () => {
    await host.run('nft', ['delete', 'table', 'inet', 'protium_floating']);
    await host.run('iptables', ['-F', 'PROTIUM_FLOATING']);
    await host.run('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']);
    expect(await fromHost(address, 22)).not.toMatch(/^guest/);
    const refreshed = await daemon.cli(['address', 'refresh', address]);
    expect(refreshed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('active') as string });
    for (const from of [name, outside]) expect(await connection(from, address, 22)).toMatch(/^guest 22/);
  });

  it('is there after the daemon was killed, and leads on meanwhile', async () => {
    await daemon.end('SIGKILL');
    expect(await fromOutside(address, 22)).toMatch(/^guest 22/);
    await start();
    expect(await fromOutside(address, 22)).toMatch(/^guest 22/);
    expect((await daemon.cli(['address', 'list', '-o', 'name'])).stdout).toBe('10.77.0.2\n10.77.0.3');
  });

  it('refuses while its instance is off, and never leads to the host', async () => {
    await succeeded(await call('POST', '/v1/instances/web/stop', { force: true }));
    await vi.waitFor(async () => {
      expect((await call('GET', `/v1/floating-addresses/${address}`)).body).toMatchObject({
        floatingAddress: { state: 'waiting' },
      });
      for (const from of [name, outside]) expect(await connection(from, address, 22)).toBe('refused');
    }, 20_000);
    await succeeded(await call('POST', '/v1/instances/web/start', {}));
    await vi.waitFor(async () => expect(await fromHost(address, 22)).toMatch(/^guest 22/), 20_000);
  });

  it('is of no network', async () => {
    expect(await call('POST', '/v1/networks', { name: 'over', ipv4Subnet: '10.77.0.128/25' })).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    const over = '<network><name>over</name><ip address="10.77.0.130" prefix="25"/></network>';
    const file = `${workspace.directory}/over.xml`;
    await host.run('tee', [file], { input: over });
    await virsh('net-define', file);
    await vi.waitFor(async () => {
      const renewed = await call('POST', '/v1/floating-addresses/web/renew', {});
      expect(renewed).toMatchObject({ status: 409, body: { code: 'resource-in-use' } });
      expect(renewed.body['detail']).toContain('"over" (10.77.0.128/25)');
      expect((await call('GET', '/v1/floating-addresses/web')).body).toMatchObject({
        floatingAddress: { state: 'failed' },
      });
    }, 20_000);
    // What leads nowhere is taken back.
    await vi.waitFor(async () => expect(await addresses()).toBe(before.addresses), 20_000);
    const doctor = await daemon.cli(['doctor']);
    expect(doctor.stdout).toContain('Floating addresses lead nowhere');
    await virsh('net-undefine', 'over');
    await vi.waitFor(async () => {
      expect((await call('GET', '/v1/floating-addresses/web')).body).toMatchObject({
        floatingAddress: { state: 'active' },
      });
    }, 20_000);
    await vi.waitFor(async () => expect(await fromHost(address, 22)).toMatch(/^guest 22/), 20_000);
  });

  it('goes with its instance, and leaves nothing', async () => {
    await succeeded(await call('DELETE', '/v1/instances/web'));
    expect(await addresses()).not.toContain(address);
    expect((await call('GET', `/v1/floating-addresses/${address}`)).status).toBe(404);
    // Of the other one, which others remove.
    await virsh('destroy', 'other');
    await virsh('undefine', 'other');
    await vi.waitFor(async () => {
      expect((await call('GET', '/v1/floating-addresses')).body).toMatchObject({ floatingAddresses: [] });
      expect(await addresses()).toBe(before.addresses);
      expect(await rules()).toBe(before.rules);
    }, 20_000);
  });
});
