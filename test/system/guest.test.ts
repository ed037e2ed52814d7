import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { guestDomain } from '../guest/guest-domain.ts';
import { guestDisk, guestImage } from '../guest/guest-image.ts';
import { seedDisk, seedIso } from '../guest/seed.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';

const bootMs = 100_000;

let host: PrivateHost;
let client: LibvirtClient;
let directory: string;
let bios: DomainRef;
const file = (name: string): string => path.join(directory, name);
const serialLog = (name: string): string => file(`${name}.log`);
const names = async (): Promise<readonly string[]> => (await client.domains.list()).map(({ name }) => name);

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  client = createRpcClient({ uri: host.uri });
  directory = await mkdtemp(path.join(tmpdir(), 'guest-'));
  await chmod(directory, 0o755); // QEMU runs as another user
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
  const network = await client.networks.lookupByName('default');
  if (!(await client.networks.isActive(network))) await client.networks.create(network);

  bios = await client.domains.createXml(
    guestDomain({
      name: 'guest-bios',
      boot: { disk: await guestDisk(file('bios.qcow2')) },
      serialLog: serialLog('bios'),
      seed: { file: await seedIso(file('seed.iso'), await biosSeed()), medium: 'cdrom' },
    }),
    { validate: true },
  );
  await client.domains.createXml(
    guestDomain({
      name: 'guest-uefi',
      boot: { disk: await guestDisk(file('uefi.qcow2')) },
      serialLog: serialLog('uefi'),
      seed: { file: await seedDisk(file('seed.img'), uefiSeed), medium: 'disk' },
      firmware: 'secure-boot',
    }),
    { validate: true },
  );
  await client.domains.createXml(
    guestDomain({
      name: 'guest-direct',
      boot: { kernel: await guestImage() },
      serialLog: serialLog('direct'),
    }),
    { validate: true },
  );
});

async function biosSeed() {
  return {
    instanceId: 'i-bios',
    hostname: 'web1',
    userData: {
      users: [
        'default',
        { name: 'alice', ssh_authorized_keys: [await readFile(file('key.pub'), 'utf8')] },
        { name: 'bob', plain_text_passwd: "bob's secret" },
      ],
      write_files: [
        { path: '/etc/motd-of-test', permissions: '0600', owner: 'alice', content: 'it\'s "here"\n' },
      ],
      runcmd: [['echo', 'runcmd', 'ran']],
    },
  };
}

const uefiSeed = {
  instanceId: 'i-uefi',
  hostname: 'web2',
  userData:
    '#!/bin/sh\necho "secure boot:" $(tail -c 1 /sys/firmware/efi/efivars/SecureBoot-* | od -An -tu1)\n',
  networkConfig: {
    version: 2,
    ethernets: { lan: { match: { name: 'e*' }, addresses: ['192.168.122.9/24'], gateway4: '192.168.122.1' } },
  },
};

afterAll(async () => {
  for (const domain of await client.domains.list()) {
    if (domain.name.startsWith('guest-')) await client.domains.destroy(domain);
  }
  await client.networks.destroy(await client.networks.lookupByName('default'));
  await client.close();
  await rm(directory, { recursive: true });
});

describe('the test guest with BIOS and a seed on CD-ROM', () => {
  let ready: string;
  let address: string;

  const ssh = async (command: string): Promise<string> => {
    const known = /HOSTKEY (\S+ \S+)/.exec(ready)?.[1] ?? '';
    await writeFile(file('known_hosts'), `${address} ${known}\n`);
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${file('known_hosts')}`,
      `IdentityFile=${file('key')}`,
    ].flatMap((option) => ['-o', option]);
    return (await host.run('ssh', ['-F', 'none', ...options, `alice@${address}`, command])).stdout;
  };

  it('says that it is ready, with the name of the seed and an address', async () => {
    ready = await waitForSerial(serialLog('bios'), /READY .*\r\n/, bootMs);
    expect(ready).toMatch(
      /READY hostname=web1 instance=i-bios addresses=192\.168\.122\.\d+ data=\/dev\/vda2 /,
    );
    expect(ready).toContain('runcmd ran');
    expect(ready).not.toContain('WARNING');
    address = /addresses=([\d.]+)/.exec(ready)?.[1] ?? '';
  });

  it('lets root log in by typing on the console', async () => {
    const serial = await client.domains.openConsole(bios);
    serial.write('\r');
    await waitForSerial(serial, 'web1 login: ', 20_000);
    serial.write('root\r');
    await waitForSerial(serial, '# ', 20_000);
    serial.write('echo $((6*7)) >/data/answer; cat /data/answer\r');
    expect(await waitForSerial(serial, '\n42\r\n', 20_000)).toContain('cat /data/answer');
    serial.write('exit\r');
    await waitForSerial(serial, 'login: ', 20_000);
    serial.write('bob\r');
    await waitForSerial(serial, 'Password: ', 20_000);
    serial.write("bob's secret\r");
    await waitForSerial(serial, 'bob@web1:', 20_000);
    serial.destroy();
  });

  it('answers the guest agent', async () => {
    const answer = await client.domains.agentCommand(bios, JSON.stringify({ execute: 'guest-ping' }));
    expect(JSON.parse(answer)).toEqual({ return: {} });
    expect(await client.domains.guestHostname(bios, 'agent')).toBe('web1');
  });

  it('lets ssh in with the key of the seed, and serves its name over HTTP', async () => {
    expect(await ssh('id -un; cat /etc/motd-of-test; cat /data/answer')).toBe('alice\nit\'s "here"\n42');
    const fetched = `fetch('http://${address}/').then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
    expect((await host.run(process.execPath, ['-e', fetched])).stdout).toBe('web1');
  });

  it('keeps /data over a reboot, and does not run what is to run once', async () => {
    await client.domains.reboot(bios, { mode: 'agent' });
    const all = await waitForSerial(serialLog('bios'), /READY [^]*BOOT [^]*READY .*\r\n/, bootMs);
    expect(all).toContain('STOP reboot');
    expect(all.match(/runcmd ran/g)).toHaveLength(1);
    expect(all.match(/HOSTKEY \S+ \S+/g)).toEqual(Array(2).fill(/HOSTKEY \S+ \S+/.exec(ready)?.[0]));
    expect(await ssh('cat /data/answer')).toBe('42');
  });

  it('ends when the power button is pressed', async () => {
    await client.domains.shutdown(bios, { mode: 'acpi' });
    await expect.poll(names, { timeout: 30_000 }).not.toContain('guest-bios');
    expect(await readFile(serialLog('bios'), 'utf8')).toMatch(/STOP poweroff/);
  });
});

describe('the test guest with UEFI, secure boot and a seed on a FAT disk', () => {
  it('boots, runs the script of the seed and has the address of its network-config', async () => {
    const ready = await waitForSerial(serialLog('uefi'), /READY .*\r\n/, bootMs);
    expect(ready).toContain('secure boot: 1');
    expect(ready).toContain('READY hostname=web2 instance=i-uefi addresses=192.168.122.9 ');
  });
});

describe('the test guest by direct kernel boot, with neither disk nor seed', () => {
  it('says that it is ready, and ends when the agent is asked to', async () => {
    const ready = await waitForSerial(serialLog('direct'), /READY .*\r\n/, bootMs);
    expect(ready).toMatch(
      /READY hostname=protium-guest instance=none addresses=192\.168\.122\.\d+ data=none /,
    );
    await client.domains.shutdown(await client.domains.lookupByName('guest-direct'), { mode: 'agent' });
    await expect.poll(names, { timeout: 30_000 }).not.toContain('guest-direct');
  });
});
