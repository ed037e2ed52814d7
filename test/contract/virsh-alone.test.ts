import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtConnectionError } from '../../internal/libvirt/error.ts';
import { createVirshClient } from '../../internal/libvirt/virsh/client.ts';
import { expectCode } from './support.ts';

/**
 * `test:///default` lives within each virsh process: there is no socket on which answers could be read, as with a
 * remote host. What virsh prints, and asking again, must do.
 */
describe('virsh without a look at libvirt’s answers', () => {
  const client = createVirshClient({ uri: 'test:///default' });
  const nobody = { name: 'nobody', uuid: randomUUID(), id: null };

  afterAll(() => client.close());

  test('reads', async () => {
    await client.host.ping();
    const test = await client.domains.lookupByName('test');
    expect(test).toEqual({ name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 });
    expect((await client.domains.info(test)).state).toBe('running');
    expect((await client.pools.list()).map(({ name }) => name)).toEqual(['default-pool']);
  });

  test('knows what is not there', async () => {
    await expectCode(client.domains.lookupByName('nobody'), virError.noDomain);
    await expectCode(client.domains.create(nobody), virError.noDomain);
    await expectCode(client.pools.refresh(nobody), virError.noStoragePool);
    await expectCode(client.networks.create(nobody), virError.noNetwork);
    await expectCode(client.snapshots.list(nobody), virError.noDomain);
  });

  test('has libvirt’s words for the rest', async () => {
    const domain = await client.domains.lookupByName('test');
    await expectCode(client.domains.create(domain), virError.internalError);
    await expect(client.domains.define('<domain/>')).rejects.toMatchObject({
      code: virError.internalError,
      message: expect.stringContaining('missing name information') as unknown,
    });
    expect(await client.snapshots.current(domain)).toBeNull();
  });

  test('waits for events', async () => {
    const states: string[] = [];
    client.events.onConnection(({ state }) => states.push(state));
    await client.events.start();
    expect(states).toEqual(['connected']);
  });

  test('knows that there is no connection', async () => {
    const nowhere = createVirshClient({ uri: 'qemu+tcp://127.0.0.1:1/system' });
    await expect(nowhere.domains.list()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(nowhere.domains.create(nobody)).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(nowhere.events.start()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await nowhere.close();
  });
});
