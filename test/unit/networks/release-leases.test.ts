import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { leaseRelease } from '../../../internal/networks/leases/release-leases.ts';
import { silent } from '../operations/fixture-log.ts';
import { temporaryDirectory } from '../store/state.ts';

const { PATH } = process.env;
const mac = '52:54:00:00:00:02';
const other = '52:54:00:00:00:03';
const bridgeMac = '52:54:00:aa:bb:cc';

let root: string;
let warnings: string[];

/** A program in place of dhcp_release, which notes how it is run. */
async function dhcpRelease(status = 0): Promise<void> {
  const file = path.join(root, 'bin/dhcp_release');
  await writeFile(file, `#!/bin/sh\necho "$@" >> ${root}/released\nexit ${status}\n`);
  await chmod(file, 0o755);
}
const released = (): Promise<string> => readFile(path.join(root, 'released'), 'utf8').catch(() => '');

function release(options: { active?: boolean; absent?: boolean; failing?: boolean; network?: string } = {}) {
  const { active = true, absent = false, failing = false } = options;
  const leases = [
    { family: 'ipv4', address: '10.0.0.2', mac: mac.toUpperCase() },
    { family: 'ipv6', address: 'fd00::2', mac },
    { family: 'ipv4', address: '10.0.0.3', mac: other },
    { family: 'ipv4', address: '10.0.0.4', mac: null },
  ];
  const networks = {
    lookupByName: (name: string) =>
      absent
        ? Promise.reject(
            new LibvirtError({ code: virError.noNetwork, domain: 0, message: 'none', level: 2, call: 'x' }),
          )
        : Promise.resolve({ name, uuid: 'u' }),
    isActive: () => Promise.resolve(active),
    async dhcpLeases() {
      if (failing) throw new Error('libvirt is gone');
      const gone = await released();
      return leases.filter(({ address }) => !gone.includes(address));
    },
    xml: () =>
      Promise.resolve(
        options.network ??
          `<network><name>n</name><bridge name='br7'/><mac address='${bridgeMac}'/></network>`,
      ),
  };
  const log = { ...silent, warn: (_facts: object, message: string) => void warnings.push(message) };
  return leaseRelease({ client: { networks } as unknown as LibvirtClient, root, log });
}

beforeEach(async () => {
  root = temporaryDirectory();
  warnings = [];
  await mkdir(path.join(root, 'bin'));
  await mkdir(path.join(root, 'sys/class/net/br7'), { recursive: true });
  await writeFile(path.join(root, 'sys/class/net/br7/address'), `${bridgeMac}\n`);
  process.env['PATH'] = `${root}/bin:/usr/bin:/bin`;
});
afterEach(() => {
  process.env['PATH'] = PATH;
});

describe('the leases of an instance', () => {
  it('are released at the DHCP server of the network, and those of others are not', async () => {
    await dhcpRelease();
    await release()([{ network: 'n', mac }]);
    expect(await released()).toBe(`br7 10.0.0.2 ${mac}\n`);
    expect(warnings).toEqual([]);
  });

  it.each<[string, Parameters<typeof release>[0]]>([
    ['the network is off', { active: false }],
    ['the network is no more', { absent: true }],
    [
      'the bridge of that name is not the one of the network: libvirt is elsewhere',
      {
        network: `<network><name>n</name><bridge name='br7'/><mac address='${other}'/></network>`,
      },
    ],
    [
      'there is no such bridge',
      {
        network: `<network><name>n</name><bridge name='br8'/><mac address='${bridgeMac}'/></network>`,
      },
    ],
    [
      'the bridge has a name that leads elsewhere',
      {
        network: `<network><name>n</name><bridge name='../net/br7'/><mac address='${bridgeMac}'/></network>`,
      },
    ],
  ])('are left when %s', async (_why, options) => {
    await dhcpRelease();
    await release(options)([{ network: 'n', mac }]);
    expect(await released()).toBe('');
    expect(warnings).toEqual([]);
  });

  it('run out by themselves where the program is missing, without a word', async () => {
    process.env['PATH'] = path.join(root, 'bin');
    await release()([{ network: 'n', mac }]);
    expect(warnings).toEqual([]);
  });

  it('do not keep it from going when they cannot be released', async () => {
    await dhcpRelease(1);
    await release()([{ network: 'n', mac }]);
    await release({ failing: true })([{ network: 'n', mac }]);
    expect(warnings).toEqual([
      'a DHCP lease could not be released',
      'the DHCP leases of a network could not be released',
    ]);
  });
});
