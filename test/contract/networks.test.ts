import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../internal/libvirt/error.ts';
import type { NetworkRef } from '../../internal/libvirt/objects.ts';
import { privateHost } from '../host/private-host.ts';
import { domainXml, networkXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

describe.each(drivers)('networks by $driver', (driver) => {
  const at = bench(driver);
  const bridge = `br-${driver.driver}`;
  let made: NetworkRef[] = [];

  async function define(name: string): Promise<NetworkRef> {
    const network = await at.client.networks.define(networkXml(name, bridge, 76), { validate: true });
    made.push(network);
    return network;
  }

  afterEach(async () => {
    for (const network of made) {
      if (await at.client.networks.isActive(network)) await at.client.networks.destroy(network);
      await at.client.networks.undefine(network);
    }
    made = [];
  });

  test('from definition to end', async () => {
    const { networks } = at.client;
    const name = `-net 1 ${driver.driver}`;
    const network = await networks.define(networkXml(name, bridge, 77), { validate: true });
    expect(network).toEqual({ name, uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
    expect(await networks.lookupByName(name)).toEqual(network);
    expect(await networks.lookupByUuid(network.uuid)).toEqual(network);
    expect(await networks.isActive(network)).toBe(false);
    expect(await networks.isPersistent(network)).toBe(true);
    expect(await networks.list({ active: false, persistent: true })).toContainEqual(network);
    expect(await networks.list({ active: true })).not.toContainEqual(network);
    expect(await networks.xml(network, { inactive: true })).toMatch(/^<network>\n[^]*<\/network>\n$/);
    await networks.create(network);
    expect(await networks.isActive(network)).toBe(true);
    expect(await networks.list({ active: true })).toContainEqual(network);
    expect(await networks.bridgeName(network)).toBe(bridge);
    const host = await privateHost(await hostOfWorker());
    expect((await host.run('ip', ['-4', 'addr', 'show', bridge])).stdout).toContain('192.168.77.1/24');
    expect(await networks.dhcpLeases(network)).toEqual([]);
    await expectCode(networks.create(network), virError.operationInvalid);
    expect(await networks.autostart(network)).toBe(false);
    await networks.setAutostart(network, true);
    expect(await networks.autostart(network)).toBe(true);
    await networks.setAutostart(network, false);
    expect(await networks.autostart(network)).toBe(false);
    await networks.destroy(network);
    await expectCode(networks.destroy(network), virError.operationInvalid);
    await networks.undefine(network);
    await expectCode(networks.lookupByUuid(network.uuid), virError.noNetwork);
  });

  test('a transient network is gone when it ends', async () => {
    const { networks } = at.client;
    const network = await networks.createXml(networkXml(`transient-${driver.driver}`, bridge, 78));
    expect(await networks.isPersistent(network)).toBe(false);
    expect(await networks.list({ persistent: false })).toEqual([network]);
    await networks.destroy(network);
    await expectCode(networks.lookupByName(network.name), virError.noNetwork);
  });

  test('what is not there, and what is not allowed', async () => {
    const { networks } = at.client;
    const network = { name: 'nobody', uuid: randomUUID() };
    await expectCode(networks.lookupByName('nobody'), virError.noNetwork);
    await expectCode(networks.lookupByUuid(network.uuid), virError.noNetwork);
    await expectCode(networks.xml(network), virError.noNetwork);
    await expectCode(networks.create(network), virError.noNetwork);
    await expectCode(networks.dhcpLeases(network), virError.noNetwork);
    await expectCode(
      networks.define(networkXml('x', bridge, 79).replace('<forward', '<nonsense/><forward'), {
        validate: true,
      }),
      virError.xmlInvalidSchema,
    );
    await expectCode(networks.define('<network>'), virError.xmlDetail);
  });

  test('a network without a bridge', async () => {
    const { networks } = at.client;
    const xml = `<network><name>no-bridge-${driver.driver}</name><forward mode='hostdev'/></network>`;
    const network = await networks.define(xml);
    made.push(network);
    const error = await networks.bridgeName(network).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(LibvirtError);
  });

  test('parts can be changed while it runs', async () => {
    const { networks } = at.client;
    const network = await define(`changed-${driver.driver}`);
    await networks.create(network);
    const dnsHost = "<host ip='192.168.76.9'><hostname>nine</hostname></host>";
    const both = { live: true, config: true };
    const add = { command: 'add-last', section: 'dns-host', parentIndex: -1, xml: dnsHost } as const;
    await networks.update(network, add, both);
    expect(await networks.xml(network)).toContain('<hostname>nine</hostname>');
    expect(await networks.xml(network, { inactive: true })).toContain('<hostname>nine</hostname>');
    await expectCode(networks.update(network, add, both), virError.operationInvalid);
    await networks.update(network, { ...add, command: 'delete' }, { live: true });
    expect(await networks.xml(network)).not.toContain('<hostname>nine</hostname>');
    expect(await networks.xml(network, { inactive: true })).toContain('<hostname>nine</hostname>');
    const host = "<host mac='52:54:00:aa:bb:09' name='ten' ip='192.168.76.10'/>";
    const reserve = { command: 'add-first', section: 'ip-dhcp-host', parentIndex: 0, xml: host } as const;
    await networks.update(network, reserve, { live: true });
    const changed = host.replace('.10', '.11');
    await networks.update(network, { ...reserve, command: 'modify', xml: changed }, { live: true });
    expect(await networks.xml(network)).toContain("ip='192.168.76.11'");
  });

  test('leases, and the addresses of a domain', async () => {
    const { domains, networks } = at.client;
    const network = await define(`leased-${driver.driver}`);
    await networks.create(network);
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const [mac, other] = ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02'];
    // As libvirt's helper of dnsmasq writes them.
    const { directory } = await privateHost(await hostOfWorker());
    const lease = { 'mac-address': mac, 'expiry-time': expires };
    await writeFile(
      path.join(directory, `lib/dnsmasq/${bridge}.status`),
      JSON.stringify([
        { ...lease, 'ip-address': '192.168.76.5', hostname: 'web1', 'client-id': `01:${mac}` },
        { ...lease, 'ip-address': '192.168.76.6', 'mac-address': other },
      ]),
    );
    const common = {
      interface: bridge,
      expires: new Date(expires * 1000).toISOString(),
      family: 'ipv4',
      prefix: 24,
      iaid: null,
    };
    const first = { ...common, mac, address: '192.168.76.5', hostname: 'web1', clientId: `01:${mac}` };
    const second = { ...common, mac: other, address: '192.168.76.6', hostname: null, clientId: null };
    expect(await networks.dhcpLeases(network)).toEqual([first, second]);
    expect(await networks.dhcpLeases(network, other)).toEqual([second]);
    const nic = (address: string): string =>
      `<interface type='network'><mac address='${address}'/><source network='${network.name}'/></interface>`;
    const domain = await domains.createXml(
      domainXml({ name: network.name, devices: nic(mac) + nic('52:54:00:aa:bb:03') }),
      { paused: true },
    );
    expect(await domains.interfaceAddresses(domain, 'lease')).toEqual([
      {
        interface: expect.stringMatching(/^vnet\d+$/) as unknown,
        mac,
        addresses: [{ family: 'ipv4', address: '192.168.76.5', prefix: 24 }],
      },
    ]);
    expect(await domains.guestHostname(domain, 'lease')).toBe('web1');
    const [{ stats } = { stats: {} }] = await domains.stats({ domains: [domain], groups: ['interface'] });
    expect(stats).toMatchObject({ 'net.count': 2, 'net.0.rx.bytes': expect.any(BigInt) as unknown });
    await domains.destroy(domain);
    await expectCode(domains.lookupByName(domain.name), virError.noDomain);
    await removeDomain(at.client, domain);
  });
});
