import { randomUUID } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from '../system/daemon-inside.ts';

/** A guest that boots without KVM. */
const bootMs = 100_000;
const pool = 'protium-firewall';
const disk = randomUUID();
const name = `protium-fw-${process.pid}`;
/** Another machine, as far as the host can tell. */
const outside = `${name}-out`;
const outsideAddress = '198.51.100.2';
const hostAddress = '198.51.100.1';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let uuid: string;
let address: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
/** The same, and it must succeed. */
const strictly = (...args: string[]) => host.run('virsh', ['-q', '-c', 'qemu:///system', ...args]);
const documentFile = async (xml: string): Promise<string> => {
  const file = path.join(host.directory, 'lib/images', `${randomUUID()}.xml`);
  await writeFile(file, xml);
  return file;
};
const filters = async (): Promise<readonly string[]> =>
  [...(await virsh('nwfilter-list')).matchAll(/protium-\S+/g)].map(([found]) => found);
/** The rules that libvirt makes for one VM's interface. */
const filterRules = async (): Promise<string> => {
  const all = await Promise.all(
    ['iptables-save', 'ip6tables-save', 'ebtables-save'].map(
      async (program) => (await host.run(program, [])).stdout,
    ),
  );
  return all
    .join('\n')
    .split('\n')
    .filter((line) => line.includes('vnet'))
    .join('\n');
};
const call = (method: string, route: string, body?: unknown) => daemon.call(method, route, body);
const firewall = '/v1/instances/web/firewall';
const shown = async (): Promise<Record<string, unknown>> =>
  (await call('GET', firewall)).body['firewall'] as Record<string, unknown>;

async function succeeded(answer: InsideAnswer): Promise<void> {
  expect(answer).toMatchObject({ status: 202 });
  const location = answer.headers.location ?? '';
  const { operation } = (await call('GET', `${location}/wait?timeoutSeconds=100`)).body;
  expect(operation).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
}

/** What a server says first, ssh at once and httpd when it is asked; empty when there is none to be reached. */
const answerFrom = async (namespace: string, to: string, port: number): Promise<string> => {
  const script =
    `exec 3<>/dev/tcp/${to}/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && ` +
    'IFS= read -r -t 5 line <&3 && printf %s "$line"';
  const { stdout } = await execa('ip', ['netns', 'exec', namespace, 'timeout', '5', 'bash', '-c', script], {
    reject: false,
    stdin: 'ignore',
  });
  return stdout;
};
/** By the forwarded ports, which keep who calls. */
const sshFromOutside = () => answerFrom(outside, hostAddress, 2222);
const webFromOutside = () => answerFrom(outside, hostAddress, 8080);
const sshFromHost = () => answerFrom(name, address, 22);
const webFromHost = () => answerFrom(name, address, 80);
const ssh = expect.stringMatching(/^SSH-2.0-/) as unknown as string;
const web = expect.stringMatching(/^HTTP\/1/) as unknown as string;
const answers = async () => ({
  sshFromOutside: await sshFromOutside(),
  webFromOutside: await webFromOutside(),
  sshFromHost: await sshFromHost(),
  webFromHost: await webFromHost(),
});
const all = { sshFromOutside: ssh, webFromOutside: web, sshFromHost: ssh, webFromHost: web };
const isUp = () =>
  vi.waitFor(async () => expect(await sshFromHost()).toEqual(ssh), { timeout: bootMs, interval: 1000 });

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
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
  });
  await vi.waitFor(async () => {
    expect((await call('GET', '/statusjson')).status).toBe(200);
  }, 60_000);
});

afterAll(async () => {
  await daemon.end();
  await host.down();
  await execa('ip', ['netns', 'del', outside]);
  await workspace.remove();
});

describe('the firewall of a guest', () => {
  it('is open at first', { timeout: bootMs + 60_000 }, async () => {
    await succeeded(await call('POST', '/v1/networks', { name: 'web-net' }));
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
    uuid = await virsh('domuuid', 'web');
    for (const [guestPort, hostPort] of [
      [22, 2222],
      [80, 8080],
    ]) {
      const opened = await call('POST', '/v1/port-forwards', {
        instance: 'web',
        guestPort,
        hostPort,
        hostAddress: '0.0.0.0',
      });
      expect(opened).toMatchObject({ status: 200, body: { portForward: { mechanism: 'nftables' } } });
      address = (opened.body['portForward'] as Record<string, string>)['guestAddress'] ?? '';
    }
    await isUp();
    await vi.waitFor(async () => expect(await answers()).toEqual(all), { timeout: bootMs, interval: 1000 });
    expect(await shown()).toMatchObject({ enabled: false, defaultIn: 'accept', rules: [], etag: 'none' });
  });

  it('is refused as a whole when something in it is wrong, and tried without effect', async () => {
    const rule = { direction: 'in', protocol: 'tcp', portFirst: 80 };
    for (const bad of [
      { defaultIn: 'reject' },
      { rules: [rule, { ...rule, portFirst: 65_536 }] },
      { rules: [{ ...rule, remote: '10.0.0.0/33' }] },
      { rules: Array.from({ length: 257 }, () => rule) },
    ]) {
      expect(await call('PUT', firewall, bad)).toMatchObject({
        status: 400,
        body: { code: 'argument-invalid' },
      });
    }
    expect(await call('PUT', firewall, { rules: [rule], etag: 'other' })).toMatchObject({ status: 412 });
    expect(await call('PUT', firewall, { defaultIn: 'drop', validateOnly: true })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(await call('PUT', '/v1/instances/none/firewall', {})).toMatchObject({ status: 404 });
    expect(await filters()).toEqual([]);
    expect(await shown()).toMatchObject({ enabled: false });
  });

  it('drops one port for whoever calls, and nothing else', { timeout: 90_000 }, async () => {
    const rule = { direction: 'in', action: 'drop', protocol: 'tcp', portFirst: 80 };
    await succeeded(await call('PUT', firewall, { rules: [rule], etag: 'none' }));
    expect(await answers()).toEqual({ ...all, webFromOutside: '', webFromHost: '' });
    expect(await shown()).toMatchObject({
      enabled: true,
      defaultIn: 'accept',
      defaultOut: 'accept',
      rules: [{ ...rule, portLast: 80, remote: '' }],
      changedByOthers: false,
      unfilteredMacs: [],
    });
    for (const option of [[], ['--inactive']]) {
      expect(await virsh('dumpxml', 'web', ...option)).toContain(`<filterref filter='protium-${uuid}'/>`);
    }
  });

  it('lets in who is allowed when nobody else is', { timeout: 90_000 }, async () => {
    const rules = [
      { direction: 'in', protocol: 'tcp', portFirst: 22, remote: `${outsideAddress}/32` },
      { direction: 'in', protocol: 'tcp', portFirst: 80, portLast: 90, remote: '192.168.130.0/24' },
    ];
    const { etag } = await shown();
    await succeeded(await call('PUT', firewall, { defaultIn: 'drop', defaultOut: 'drop', rules, etag }));
    expect(await answers()).toEqual({
      sshFromOutside: ssh,
      webFromOutside: '',
      sshFromHost: '',
      webFromHost: web,
    });
    // The one before is not there any more.
    expect(await call('PUT', firewall, { rules, etag })).toMatchObject({ status: 412 });
  });

  it(
    'holds over stop and start: addresses and neighbours are found',
    { timeout: bootMs + 60_000 },
    async () => {
      await succeeded(await call('POST', '/v1/instances/web/stop', { force: true }));
      await succeeded(await call('POST', '/v1/instances/web/start', {}));
      await vi.waitFor(async () => expect(await sshFromOutside()).toEqual(ssh), {
        timeout: bootMs,
        interval: 1000,
      });
      expect(await answers()).toMatchObject({ webFromOutside: '', sshFromHost: '', webFromHost: web });
      expect(await filterRules()).not.toBe('');
    },
  );

  it('is shown, changed and taken again by the command line', async () => {
    const told = await daemon.cli(['firewall', 'get', 'web', '-o', 'yaml']);
    const { rules } = await shown();
    expect(
      await daemon.cli(['firewall', 'set', 'web', '--drop', 'in:udp', '--default-out', 'drop']),
    ).toMatchObject({
      exitCode: 0,
    });
    expect((await daemon.cli(['firewall', 'get', 'web'])).stdout).toMatch(
      /default in +accept[^]*drop +in:udp\n/,
    );
    const taken = await daemon.cli(['firewall', 'set', 'web', '-f', '-'], { input: told.stdout });
    expect(taken).toMatchObject({ exitCode: 0 });
    expect(await shown()).toMatchObject({ defaultIn: 'drop', defaultOut: 'drop', rules });
    expect(await daemon.cli(['firewall', 'clear', 'web', '--dry-run'])).toMatchObject({ exitCode: 0 });
    expect(await filters()).toHaveLength(1);
  });

  it('is for an interface that somebody plugs in, too', async () => {
    await strictly(
      'attach-interface',
      'web',
      'network',
      'web-net',
      '--model',
      'virtio',
      '--live',
      '--config',
    );
    await vi.waitFor(async () => {
      for (const option of [[], ['--inactive']]) {
        const xml = await virsh('dumpxml', 'web', ...option);
        expect(xml.match(/<interface /g)).toHaveLength(2);
        expect(xml.match(/<filterref filter='protium-/g)).toHaveLength(2);
      }
    }, 20_000);
    expect(await shown()).toMatchObject({ unfilteredMacs: [] });
  });

  it('is changed by others, and seen to be', async () => {
    const xml = await virsh('nwfilter-dumpxml', `protium-${uuid}`);
    const more = "<rule action='accept' direction='in' priority='-1'><tcp dstportstart='9'/></rule></filter>";
    await strictly('nwfilter-define', await documentFile(xml.replace('</filter>', more)));
    expect(await shown()).toMatchObject({
      changedByOthers: true,
      rules: [{ portFirst: 22 }, { portFirst: 80 }],
    });
  });

  it('is removed, and everything passes', { timeout: 90_000 }, async () => {
    await succeeded(await call('PUT', firewall, {}));
    expect(await filters()).toEqual([]);
    expect(await filterRules()).toBe('');
    expect(await virsh('dumpxml', 'web', '--inactive')).not.toContain('filterref');
    expect(await answers()).toEqual(all);
    // Twice is as once.
    await succeeded(await call('PUT', firewall, {}));
  });

  it('includes the filter of others that was there, and gives it back', async () => {
    const macs = [...(await virsh('domiflist', 'web')).matchAll(/52:54:00:\S+/g)].map(([mac]) => mac);
    expect(macs).toHaveLength(2);
    for (const mac of macs) {
      const device = await documentFile(
        `<interface type='network'><mac address='${mac}'/><source network='web-net'/><model type='virtio'/>` +
          `<filterref filter='clean-traffic'><parameter name='IP' value='${address}'/></filterref></interface>`,
      );
      await strictly('update-device', 'web', device, '--live', '--config');
      // Until all have it, they have different ones.
      if (mac !== macs[0]) continue;
      expect(await call('PUT', firewall, { defaultIn: 'drop' })).toMatchObject({
        status: 409,
        body: { code: 'state-conflict' },
      });
    }
    await succeeded(
      await call('PUT', firewall, { rules: [{ direction: 'in', action: 'drop', protocol: 'udp' }] }),
    );
    expect(await shown()).toMatchObject({ includedFilter: 'clean-traffic', changedByOthers: false });
    expect(await virsh('dumpxml', 'web')).toMatch(
      new RegExp(`<filterref filter='protium-${uuid}'>\\s*<parameter name='IP' value='${address}'/>`),
    );
    await succeeded(await call('PUT', firewall, {}));
    for (const option of [[], ['--inactive']]) {
      expect(await virsh('dumpxml', 'web', ...option)).toContain("<filterref filter='clean-traffic'>");
    }
  });

  it('goes with the instance', async () => {
    await succeeded(await call('PUT', firewall, { defaultIn: 'drop' }));
    expect(await filters()).toEqual([`protium-${uuid}`]);
    await succeeded(await call('DELETE', '/v1/instances/web'));
    expect(await filters()).toEqual([]);
    expect(await filterRules()).toBe('');
  });

  it('goes with an instance that others remove', async () => {
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
    await succeeded(await call('PUT', '/v1/instances/gone/firewall', { defaultIn: 'drop' }));
    expect(await filters()).toHaveLength(1);
    await virsh('destroy', 'gone');
    await virsh('undefine', 'gone');
    await vi.waitFor(async () => expect(await filters()).toEqual([]), 20_000);
  });
});
