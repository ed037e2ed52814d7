import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { virError } from '../../internal/libvirt/error-code.ts';
import type { LibvirtEvent } from '../../internal/libvirt/events.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { drivers, expectCode } from './support.ts';

const domainXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory>8192</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>`;

/** Another hypervisor behind the same interface: nothing in the drivers may be QEMU's only. */
describe.each(drivers)('libvirt’s test driver by $driver', ({ openTest }) => {
  let holder: LibvirtClient;
  let client: LibvirtClient;

  beforeAll(async () => {
    const socket = await libvirtSocketOfWorker();
    holder = createRpcClient({ uri: `test:///default?socket=${socket}` });
    await holder.host.ping();
    client = openTest(socket);
  });

  afterAll(async () => {
    await client.close();
    await holder.close();
  });

  test('the host', async () => {
    await client.host.ping();
    expect((await client.host.versions()).hypervisor).toBe('0.0.2');
    expect(await client.host.nodeInfo()).toEqual({
      cpuModel: 'i686',
      memoryKiB: 3_145_728n,
      cpus: 16,
      mhz: 1400,
      numaNodes: 2,
      sockets: 2,
      coresPerSocket: 2,
      threadsPerCore: 2,
    });
    expect(await client.host.cellsFreeMemoryBytes()).toHaveLength(2);
    expect(await client.host.sysinfo()).toContain("<sysinfo type='smbios'>");
    expect(await client.host.sysinfo()).toBe(await holder.host.sysinfo());
    expect(await client.host.capabilities()).toContain('<capabilities>');
  });

  test('domains', async () => {
    const { domains, snapshots } = client;
    expect(await domains.list()).toContainEqual({
      name: 'test',
      uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
      id: 1,
    });
    const defined = await domains.define(domainXml('on test'));
    expect(await domains.lookupByName('on test')).toEqual(defined);
    const domain = await domains.create(defined);
    expect(domain.id).toEqual(expect.any(Number));
    expect(await domains.info(domain)).toMatchObject({ state: 'running', maxMemoryKiB: 8192, vcpus: 1 });
    await domains.suspend(domain);
    expect((await domains.state(domain)).state).toBe('paused');
    await domains.resume(domain);
    await domains.setMetadata(domain, 'urn:test', 't', '<t/>', { live: true });
    expect(await domains.metadata(domain, 'urn:test', { live: true })).toBe('<t/>');
    await domains.setAutostart(domain, true);
    expect(await domains.autostart(domain)).toBe(true);
    const snapshot = await snapshots.create(domain, '<domainsnapshot><name>s</name></domainsnapshot>');
    expect(await snapshots.current(domain)).toEqual(snapshot);
    await snapshots.revert(snapshot);
    await snapshots.delete(snapshot);
    expect(await snapshots.list(domain)).toEqual([]);
    const reverted = await domains.lookupByUuid(domain.uuid); // it has another id
    expect(await domains.stats({ domains: [reverted], groups: ['state'] })).toMatchObject([
      { domain: reverted, stats: { 'state.state': 1 } },
    ]);
    await domains.destroy(reverted);
    await domains.undefine(reverted);
    await expectCode(domains.lookupByName('on test'), virError.noDomain);
    await expectCode(domains.define('<domain/>'), 21); // VIR_ERR_NO_NAME
  });

  test('pools and volumes', async () => {
    const { pools, volumes } = client;
    const pool = await pools.lookupByName('default-pool');
    expect((await pools.info(pool)).state).toBe('running');
    const volume = await volumes.create(pool, '<volume><name>v 1</name><capacity>1024</capacity></volume>');
    expect(await volumes.list(pool)).toContainEqual(volume);
    expect(await volumes.lookupByKey(volume.key)).toEqual(volume);
    expect(await volumes.info(volume)).toMatchObject({ type: 'file', capacityBytes: 1024n });
    const copy = '<volume><name>v 2</name><capacity>1024</capacity></volume>';
    expect(await volumes.clone(pool, copy, volume)).toMatchObject({ pool: 'default-pool', name: 'v 2' });
    await expectCode(volumes.resize(volume, 2048n), virError.noSupport);
    for (const each of await volumes.list(pool)) await volumes.delete(each);
    expect(await volumes.list(pool)).toEqual([]);
  });

  test('networks', async () => {
    const { networks } = client;
    const [network] = await networks.list();
    expect(network).toMatchObject({ name: 'default' });
    if (network === undefined) return;
    expect(await networks.isActive(network)).toBe(true);
    expect(await networks.bridgeName(network)).toBe('virbr0');
    await networks.destroy(network);
    expect(await networks.isActive(network)).toBe(false);
    await networks.create(network);
  });

  test('what it cannot do', async () => {
    const domain = await client.domains.lookupByName('test');
    const disk = "<disk type='file'><source file='/x'/><target dev='vdz'/></disk>";
    await expectCode(client.domains.attachDevice(domain, disk, { live: true }), virError.noSupport);
    await expectCode(client.domains.blockResize(domain, 'vda', 1n), virError.noSupport);
    await expectCode(client.domains.guestInfo(domain), virError.noSupport);
    await expectCode(client.host.domainCapabilities({}), virError.noSupport);
    await expectCode(client.secrets.list(), virError.noSupport);
  });

  test('events', async () => {
    const events: LibvirtEvent[] = [];
    client.events.onEvent((event) => events.push(event));
    await client.events.start();
    const domain = await holder.domains.createXml(domainXml('watched'));
    const seen = (): readonly string[] =>
      events.flatMap((event) =>
        event.kind === 'domain-lifecycle' && event.domain.uuid === domain.uuid ? [event.event] : [],
      );
    await vi.waitFor(() => expect(seen()).toEqual(['started']), { timeout: 20_000 });
    await holder.domains.suspend(domain);
    await holder.domains.destroy(domain);
    await vi.waitFor(() => expect(seen()).toEqual(['started', 'suspended', 'stopped']), { timeout: 20_000 });
  });
});
