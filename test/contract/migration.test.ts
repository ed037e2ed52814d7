import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../internal/libvirt/error.ts';
import { privateHost, startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { domainXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

let destination: PrivateHost;

beforeAll(async () => {
  destination = await startPrivateHost(`protium-test-${process.pid}-dest`);
  await destination.run('virsh', ['-c', 'qemu:///system', 'version']);
});

afterAll(async () => {
  await destination.down();
});

describe.each(drivers)('migration by $driver', (driver) => {
  const at = bench(driver);
  let there: LibvirtClient;

  beforeAll(() => {
    there = driver.open(destination.socket);
  });

  afterAll(async () => {
    await there.close();
  });

  test('of a running domain, tunnelled through libvirtd', async () => {
    const xml = domainXml({ name: `moving-${driver.driver}` });
    const domain = await at.client.domains.create(await at.client.domains.define(xml));
    const to = `qemu+unix:///system?socket=${destination.socket}`;
    const options = {
      live: true,
      tunnelled: true,
      persistDestination: true,
      undefineSource: true,
      destinationName: `moved-${driver.driver}`,
    };
    await at.client.domains.migrateToUri(domain, to, options);
    const moved = await there.domains.lookupByUuid(domain.uuid);
    expect(moved.name).toBe(`moved-${driver.driver}`);
    expect(await there.domains.state(moved)).toEqual({ state: 'running', reason: 2 }); // migrated
    expect(await there.domains.isPersistent(moved)).toBe(true);
    await expectCode(at.client.domains.lookupByUuid(domain.uuid), virError.noDomain);
    const stats = await there.domains.jobStats(moved);
    expect(stats).toMatchObject({ type: 'none' });
    await removeDomain(there, moved);
  });

  test('to nowhere', async () => {
    const domain = await at.client.domains.define(domainXml({ name: `staying-${driver.driver}` }));
    const { socket } = await privateHost(await hostOfWorker());
    for (const to of ['qemu+unix:///system?socket=/nonexistent', `qemu+unix:///system?socket=${socket}`]) {
      await expect(
        at.client.domains.migrateToUri(domain, to, { offline: true, persistDestination: true }),
      ).rejects.toBeInstanceOf(LibvirtError);
    }
    expect(await at.client.domains.lookupByUuid(domain.uuid)).toEqual(domain);
    await removeDomain(at.client, domain);
  });
});
