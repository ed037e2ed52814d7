import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from './daemon-inside.ts';

/** A guest that boots without KVM. */
const bootMs = 100_000;
const pool = 'protium-networks';
const disk = randomUUID();
const name = `protium-net-${process.pid}`;
/** Another machine, as far as the host can tell. */
const outside = `${name}-out`;
const outsideAddress = '198.51.100.2';
const hostAddress = '198.51.100.1';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const rules = async (): Promise<string> =>
  (await host.run('nft', ['list', 'ruleset'])).stdout.replaceAll(/packets \d+ bytes \d+/g, '');
const call = (method: string, route: string, body?: unknown) => daemon.call(method, route, body);

const start = async (): Promise<void> => {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
  });
  await vi.waitFor(async () => {
    expect((await call('GET', '/statusjson')).status).toBe(200);
  }, 60_000);
};

async function succeeded(answer: InsideAnswer): Promise<Record<string, unknown>> {
  expect(answer).toMatchObject({ status: 202 });
  const location = answer.headers.location ?? '';
  const { operation } = (await call('GET', `${location}/wait?timeoutSeconds=100`)).body;
  expect(operation).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
  return operation as Record<string, unknown>;
}

/** The first line that a server says; empty when there is none to be reached. */
const bannerFrom = async (command: readonly string[], address: string, port: number): Promise<string> => {
  const [program = '', ...args] = command;
  const script = `exec 3<>/dev/tcp/${address}/${port} && IFS= read -r -t 5 line <&3 && printf %s "$line"`;
  const { stdout } = await execa(program, [...args, 'bash', '-c', script], {
    reject: false,
    stdin: 'ignore',
  });
  return stdout;
};
const fromOutside = (port: number) => bannerFrom(['ip', 'netns', 'exec', outside], hostAddress, port);
const fromHost = (address: string, port: number) => bannerFrom(['ip', 'netns', 'exec', name], address, port);

beforeAll(async () => {
  host = await startPrivateHost(name);
  await host.run('virsh', ['-c', 'qemu:///system', 'version']);
  await execa('ip', ['netns', 'add', outside]);
  const ip = (...args: string[]) => execa('ip', args);
  await ip('-n', name, 'link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
  await ip('-n', name, 'addr', 'add', `${hostAddress}/24`, 'dev', 'uplink');
  await ip('-n', name, 'link', 'set', 'uplink', 'up');
  await ip('-n', outside, 'addr', 'add', `${outsideAddress}/24`, 'dev', 'eth0');
  await ip('-n', outside, 'link', 'set', 'eth0', 'up');
  workspace = await createWorkspace();
  await virsh('pool-define-as', pool, 'dir', '--target', `/var/lib/libvirt/images/${pool}`);
  await virsh('pool-build', pool);
  await cp((await guestImage()).disk, path.join(host.directory, 'lib/images', pool, `${disk}.qcow2`));
  await virsh('pool-start', pool);
  await start();
});

afterAll(async () => {
  await daemon.end();
  await host.down();
  await execa('ip', ['netns', 'del', outside]);
  await workspace.remove();
});

describe('a network', () => {
  it('is made in a subnet that is free, and is there', async () => {
    const dry = await call('POST', '/v1/networks', { name: 'web-net', validateOnly: true });
    expect(dry).toMatchObject({ status: 200, body: { ipv4Subnet: '192.168.130.0/24' } });
    expect(await virsh('net-list', '--all', '--name')).not.toContain('web-net');

    const made = await succeeded(
      await call('POST', '/v1/networks', { name: 'web-net', domainName: 'web.test' }),
    );
    expect(made['result']).toMatchObject({ name: 'web-net', ipv4Subnet: '192.168.130.0/24' });
    expect((await call('GET', '/v1/networks/web-net')).body).toMatchObject({
      network: {
        active: true,
        autostart: true,
        mode: 'nat',
        domainName: 'web.test',
        subnets: [{ family: 'ipv4', address: '192.168.130.1', prefix: 24 }],
        domains: [],
      },
    });
    // The next one gets another.
    await succeeded(
      await call('POST', '/v1/networks', { name: 'second', mode: 'isolated', autostart: false }),
    );
    expect((await call('GET', '/v1/networks/second')).body).toMatchObject({
      network: { mode: 'isolated', autostart: false, subnets: [{ address: '192.168.131.1' }] },
    });
    expect(await call('POST', '/v1/networks', { name: 'web-net' })).toMatchObject({ status: 409 });
    expect(
      await call('POST', '/v1/networks', { name: 'third', ipv4Subnet: '192.168.131.128/25' }),
    ).toMatchObject({ status: 409, body: { code: 'resource-in-use' } });
    expect(
      await call('POST', '/v1/networks', { name: 'third', ipv4Subnet: '198.51.100.0/24' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
  });

  it('is changed while it runs', async () => {
    const change = {
      autostart: true,
      dhcpRange: { start: '192.168.131.10', end: '192.168.131.20' },
      dnsHosts: { hosts: [{ address: '192.168.131.9', hostnames: ['nine'] }] },
    };
    const { status, body } = await call('PATCH', '/v1/networks/second', change);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { network: { autostart: true, subnets: [{ dhcpRanges: [change.dhcpRange] }] } },
    });
    for (const option of [[], ['--inactive']]) {
      const xml = await virsh('net-dumpxml', 'second', ...option);
      expect(xml).toContain('<hostname>nine</hostname>');
      expect(xml).toContain("<range start='192.168.131.10' end='192.168.131.20'/>");
    }
    expect(
      await call('PATCH', '/v1/networks/second', {
        dhcpRange: { start: '192.168.131.1', end: '192.168.131.5' },
      }),
    ).toMatchObject({ status: 400 });
  });

  it('is stopped, started and deleted', async () => {
    expect((await call('POST', '/v1/networks/second/stop', {})).body).toMatchObject({
      network: { active: false },
    });
    expect((await call('POST', '/v1/networks/second/start', {})).body).toMatchObject({
      network: { active: true },
    });
    expect((await call('DELETE', '/v1/networks/second?validate_only=true')).status).toBe(200);
    await succeeded(await call('DELETE', '/v1/networks/second'));
    expect((await call('GET', '/v1/networks/second')).status).toBe(404);
    expect(await virsh('net-list', '--all', '--name')).not.toContain('second');
  });
});

describe('a guest on it', () => {
  let before: string;
  let address: string;
  let id: string;

  it(
    'gets an address, which is reserved for it, and a port of the host',
    { timeout: bootMs + 60_000 },
    async () => {
      before = await rules();
      await succeeded(
        await call('POST', '/v1/instances', {
          name: 'web',
          config: {
            slots: 1,
            ramsize: 256,
            overprovision: 10,
            networks: [{ network_uid: 'web-net' }],
            volumes: [{ vid: disk }],
          },
        }),
      );
      // Opened before the guest is up.
      const opened = await call('POST', '/v1/port-forwards', {
        instance: 'web',
        guestPort: 22,
        hostPort: 2222,
        hostAddress: '0.0.0.0',
        idempotencyKey: 'k1',
      });
      expect(opened).toMatchObject({
        status: 200,
        body: { portForward: { mechanism: 'nftables', state: 'open', network: 'web-net', guestPort: 22 } },
      });
      const forward = opened.body['portForward'] as Record<string, string>;
      [id, address] = [forward['id'] ?? '', forward['guestAddress'] ?? ''];
      expect((await call('GET', '/v1/networks/web-net/reservations')).body).toMatchObject({
        reservations: [{ address, hostname: 'web' }],
      });
      await vi.waitFor(
        async () => {
          expect((await call('GET', '/v1/networks/web-net/leases')).body).toMatchObject({
            leases: [{ address }],
          });
        },
        { timeout: bootMs, interval: 1000 },
      );
      await vi.waitFor(async () => expect(await fromOutside(2222)).toMatch(/^SSH-2.0-/), {
        timeout: bootMs,
        interval: 1000,
      });
      expect(await fromHost(hostAddress, 2222)).toMatch(/^SSH-2.0-/);
      expect(await fromHost('127.0.0.1', 2222)).toMatch(/^SSH-2.0-/);
    },
  );

  it('is refused a port that is taken, and answered again for the same key', async () => {
    const request = { instance: 'web', guestPort: 22, hostPort: 2222, hostAddress: '0.0.0.0' };
    expect(await call('POST', '/v1/port-forwards', { ...request, idempotencyKey: 'k1' })).toMatchObject({
      status: 200,
      body: { portForward: { id } },
    });
    expect(
      await call('POST', '/v1/port-forwards', { ...request, hostPort: 2223, idempotencyKey: 'k1' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'definition-conflict' },
    });
    expect(await call('POST', '/v1/port-forwards', { ...request, hostAddress: hostAddress })).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    expect(
      await call('POST', '/v1/port-forwards', {
        ...request,
        hostPort: 9021,
        hostAddress: '127.0.0.1',
      }),
    ).toMatchObject({ status: 409, body: { code: 'resource-in-use' } });
    const dry = { instance: 'web', guestPort: 80, validateOnly: true };
    expect((await call('POST', '/v1/port-forwards', dry)).body).toMatchObject({
      portForward: { id: '', hostPort: 20000, hostAddress: '127.0.0.1', mechanism: 'proxy' },
    });
    expect((await call('GET', '/v1/port-forwards?instance=web')).body).toMatchObject({
      portForwards: [{ id }],
    });
  });

  it('lets in whom it is to let in', async () => {
    const open = async (hostPort: number, sources: string[]) => {
      const { body } = await call('POST', '/v1/port-forwards', {
        instance: 'web',
        guestPort: 22,
        hostPort,
        hostAddress: '0.0.0.0',
        sources,
      });
      return (body['portForward'] as Record<string, string>)['id'] ?? '';
    };
    const [allowed, refused] = [
      await open(2224, [`${outsideAddress}/32`]),
      await open(2225, ['203.0.113.0/24']),
    ];
    expect(await fromOutside(2224)).toMatch(/^SSH-2.0-/);
    expect(await fromOutside(2225)).toBe('');
    expect(await fromHost('127.0.0.1', 2224)).toBe('');
    for (const each of [allowed, refused])
      expect((await call('DELETE', `/v1/port-forwards/${each}`)).status).toBe(200);
    expect(await fromOutside(2224)).toBe('');
  });

  it('is reached after restarts of the daemon, libvirt and the network', { timeout: 120_000 }, async () => {
    await daemon.end();
    // The kernel forwards on.
    expect(await fromOutside(2222)).toMatch(/^SSH-2.0-/);
    await start();
    expect(await fromOutside(2222)).toMatch(/^SSH-2.0-/);
    expect(await fromHost('127.0.0.1', 2222)).toMatch(/^SSH-2.0-/);
    await daemon.end('SIGKILL');
    await start();
    await vi.waitFor(async () => expect(await fromHost('127.0.0.1', 2222)).toMatch(/^SSH-2.0-/), 20_000);
    await host.killLibvirtd();
    await host.startLibvirtd();
    await vi.waitFor(async () => expect(await fromOutside(2222)).toMatch(/^SSH-2.0-/), 20_000);
    expect(await call('POST', '/v1/networks/web-net/stop', {})).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    expect(await call('DELETE', '/v1/networks/web-net')).toMatchObject({ status: 409 });
  });

  it(
    'keeps its address over stop and start; while it is off, connections are reset',
    { timeout: bootMs + 60_000 },
    async () => {
      await succeeded(await call('POST', '/v1/instances/web/stop', { force: true }));
      await vi.waitFor(async () => {
        expect((await call('GET', `/v1/port-forwards/${id}`)).body).toMatchObject({
          portForward: { state: 'waiting' },
        });
      });
      expect(await fromOutside(2222)).toBe('');
      expect(await fromHost('127.0.0.1', 2222)).toBe('');
      expect(await call('DELETE', '/v1/networks/web-net/reservations/web')).toMatchObject({
        status: 409,
        body: { code: 'resource-in-use' },
      });
      // With virsh, and the network with it.
      await virsh('net-destroy', 'web-net');
      await succeeded(await call('POST', '/v1/instances/web/start', {}));
      await vi.waitFor(async () => expect(await fromOutside(2222)).toMatch(/^SSH-2.0-/), {
        timeout: bootMs,
        interval: 1000,
      });
      expect((await call('GET', '/v1/networks/web-net/leases')).body).toMatchObject({
        leases: [{ address }],
      });
    },
  );

  it('leaves no rule, reservation or port behind when it is deleted', async () => {
    await succeeded(await call('DELETE', '/v1/instances/web'));
    expect((await call('GET', '/v1/port-forwards')).body).toMatchObject({ portForwards: [] });
    expect((await call('GET', '/v1/networks/web-net/reservations')).body).toEqual({ reservations: [] });
    expect(await virsh('net-dumpxml', 'web-net')).not.toContain('<host ');
    expect(await rules()).toBe(before);
  });

  it('that others remove gives back what it held', async () => {
    await succeeded(
      await call('POST', '/v1/instances', {
        name: 'gone',
        config: {
          slots: 1,
          ramsize: 128,
          overprovision: 10,
          networks: [{ network_uid: 'web-net' }],
          volumes: [{ size_gb: 0.1 }],
        },
      }),
    );
    expect(
      (await call('POST', '/v1/port-forwards', { instance: 'gone', guestPort: 80, hostAddress: '0.0.0.0' }))
        .status,
    ).toBe(200);
    await virsh('destroy', 'gone');
    await virsh('undefine', 'gone');
    await vi.waitFor(async () => {
      expect((await call('GET', '/v1/port-forwards')).body).toMatchObject({ portForwards: [] });
      expect((await call('GET', '/v1/networks/web-net/reservations')).body).toEqual({ reservations: [] });
    }, 20_000);
    await vi.waitFor(async () => expect(await rules()).toBe(before), 20_000);
  });

  it('is not started on a network that has vanished', async () => {
    await succeeded(await call('POST', '/v1/networks', { name: 'brief' }));
    await succeeded(
      await call('POST', '/v1/instances', {
        name: 'lost',
        config: {
          slots: 1,
          ramsize: 128,
          overprovision: 10,
          networks: [{ network_uid: 'brief' }],
          volumes: [{ size_gb: 0.1 }],
        },
      }),
    );
    await succeeded(await call('POST', '/v1/instances/lost/stop', { force: true }));
    await virsh('net-destroy', 'brief');
    await virsh('net-undefine', 'brief');
    const answer = await call('POST', '/v1/instances/lost/start', {});
    const location = answer.headers.location ?? '';
    const { operation } = (await call('GET', `${location}/wait?timeoutSeconds=60`)).body;
    expect(operation).toMatchObject({ state: 'OPERATION_STATE_FAILED', error: { code: 'not-found' } });
    expect((operation as { error: { message: string } }).error.message).toContain('"brief"');
    await succeeded(await call('DELETE', '/v1/instances/lost'));
  });
});
