import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { ConnectionState, LibvirtEvent } from '../../internal/libvirt/events.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { domainXml, networkXml, poolXml } from './documents.ts';
import { bench, drivers } from './support.ts';

/**
 * The client under test only listens; another one acts. virsh's lines name objects, and the driver looks up the rest: an
 * object has to be there long enough for that, so each test waits for the first event.
 */
describe.each(drivers)('events by $driver', (driver) => {
  const at = bench(driver);
  const events: LibvirtEvent[] = [];
  const states: ConnectionState['state'][] = [];
  let actor: LibvirtClient;

  beforeAll(async () => {
    actor = createRpcClient({ uri: `qemu:///system?socket=${await libvirtSocketOfWorker()}` });
    at.client.events.onConnection(({ state }) => states.push(state));
    at.client.events.onEvent((event) => events.push(event));
    await at.client.events.start();
  });

  afterAll(async () => {
    await actor.close();
  });

  /** What happened to the object, in order, e.g. `domain-lifecycle started`; once `last` has come. */
  async function until(about: (event: LibvirtEvent) => boolean, last: string): Promise<readonly string[]> {
    return vi.waitFor(
      () => {
        const found = events.filter((event) => about(event)).map((event) => titleOf(event));
        expect(found).toContain(last);
        return found;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  test('start tells that the connection is there, and only once', async () => {
    await at.client.events.start();
    expect(states).toEqual(['connected']);
  });

  test('of a domain', async () => {
    const name = `watched 'x' ${driver.driver}`;
    const { domains } = actor;
    const domain = await domains.define(domainXml({ name }));
    const about = (event: LibvirtEvent): boolean =>
      'domain' in event && event.domain.name === name && event.domain.uuid === domain.uuid;
    await until(about, 'domain-lifecycle defined 0');
    await domains.setMetadata(domain, 'urn:test:e', 'e', '<e/>', { config: true });
    await domains.create(domain);
    await domains.suspend(domain);
    await domains.resume(domain);
    await domains.reset(domain);
    await domains.destroy(domain);
    await domains.undefine(domain);
    const found = await until(about, 'domain-lifecycle undefined 0');
    // QEMU's last word before it is ended may come or not: `shutdown`.
    expect(found.filter((title) => /lifecycle (?!shutdown)|metadata|reboot/.test(title))).toEqual([
      'domain-lifecycle defined 0',
      'domain-metadata-change',
      'domain-lifecycle resumed 0', // its processors, at the start
      'domain-lifecycle started 0',
      'domain-lifecycle suspended 0',
      'domain-lifecycle resumed 0',
      'domain-reboot',
      'domain-lifecycle stopped 1',
      'domain-lifecycle undefined 0',
    ]);
  });

  test('of a pool', async () => {
    const name = `watched pool: ${driver.driver}`;
    const { pools } = actor;
    const pool = await pools.define(poolXml(name, path.join(at.folder, 'pool')));
    const about = (event: LibvirtEvent): boolean =>
      event.kind === 'pool-lifecycle' && event.pool.name === name && event.pool.uuid === pool.uuid;
    await until(about, 'pool-lifecycle defined 0');
    await pools.build(pool);
    await pools.create(pool);
    await pools.destroy(pool);
    await pools.delete(pool);
    await pools.undefine(pool);
    const found = await until(about, 'pool-lifecycle undefined 0');
    expect(found).toEqual([
      'pool-lifecycle defined 0',
      'pool-lifecycle created 0',
      'pool-lifecycle started 0',
      'pool-lifecycle stopped 0',
      'pool-lifecycle deleted 0',
      'pool-lifecycle undefined 0',
    ]);
  });

  test('of a pool that is read again', async () => {
    const { pools } = actor;
    const xml = poolXml(`refreshed-${driver.driver}`, path.join(at.folder, 'refreshed'));
    const pool = await pools.createXml(xml, { build: true });
    await pools.refresh(pool);
    await until((event) => event.kind === 'pool-refresh' && event.pool.uuid === pool.uuid, 'pool-refresh');
    await pools.destroy(pool);
  });

  test('of a network', async () => {
    const name = `watched-net ${driver.driver}`;
    const { networks } = actor;
    const network = await networks.define(networkXml(name, `ev-${driver.driver}`, 90));
    const about = (event: LibvirtEvent): boolean =>
      event.kind === 'network-lifecycle' &&
      event.network.name === name &&
      event.network.uuid === network.uuid;
    await until(about, 'network-lifecycle defined 0');
    await networks.create(network);
    await networks.destroy(network);
    await networks.undefine(network);
    const found = await until(about, 'network-lifecycle undefined 0');
    expect(found).toEqual([
      'network-lifecycle defined 0',
      'network-lifecycle started 0',
      'network-lifecycle stopped 0',
      'network-lifecycle undefined 0',
    ]);
  });

  test('of a secret', async () => {
    const uuid = randomUUID();
    const secret = await actor.secrets.define(
      `<secret ephemeral='yes'><uuid>${uuid}</uuid><usage type='ceph'><name>${uuid}</name></usage></secret>`,
    );
    await actor.secrets.setValue(secret, Buffer.from('x'));
    const about = (event: LibvirtEvent): boolean => 'secret' in event && event.secret.uuid === uuid;
    await until(about, 'secret-value-changed');
    await actor.secrets.undefine(secret);
    const found = await until(about, 'secret-lifecycle undefined 0');
    expect(found.toSorted()).toEqual([
      'secret-lifecycle defined 0',
      'secret-lifecycle undefined 0',
      'secret-value-changed',
    ]);
    expect(events.find((event) => event.kind === 'secret-value-changed')).toMatchObject({
      secret: { usageType: 'ceph', usageId: expect.any(String) as unknown },
    });
  });

  test('a subscription ends', async () => {
    const heard: LibvirtEvent[] = [];
    const unsubscribe = at.client.events.onEvent((event) => heard.push(event));
    unsubscribe();
    const domain = await actor.domains.define(domainXml({ name: `unheard-${driver.driver}` }));
    await actor.domains.undefine(domain);
    await until(
      (event) => 'domain' in event && event.domain.name === domain.name,
      'domain-lifecycle undefined 0',
    );
    expect(heard).toEqual([]);
  });
});

function titleOf(event: LibvirtEvent): string {
  return 'event' in event ? `${event.kind} ${event.event} ${event.detail}` : event.kind;
}
