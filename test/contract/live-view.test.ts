import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createLiveView } from '../../internal/libvirt/live-view/create.ts';
import type { LiveView, LiveViewChange } from '../../internal/libvirt/live-view/live-view.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { serializeXml } from '../../internal/xml/serialize.ts';
import { element } from '../../internal/xml/tree.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';

/** What other people do with virsh beside us, the view has to show without being asked. */

const log = pino({ enabled: false });
/** Bound of every wait; what is waited for comes in milliseconds. */
const deadlineMs = 20_000;
const uuid = '5bd2f3a4-0d5c-4c0e-8a3b-6f4d9c1e2a01';
const secondUuid = '5bd2f3a4-0d5c-4c0e-8a3b-6f4d9c1e2a02';

const cleanups: (() => Promise<void>)[] = [];
let host: PrivateHost;
let directory: string;
let client: LibvirtClient;
let view: LiveView;
const changes: LiveViewChange[] = [];

async function virsh(...args: readonly string[]): Promise<void> {
  await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args]);
}

async function define(name: string, id: string): Promise<void> {
  const file = join(directory, `${name}.xml`);
  await writeFile(file, domainXml(name, id));
  await virsh('define', file);
}

function domainXml(name: string, id: string): string {
  return serializeXml(
    element('domain', { type: 'qemu' }, [
      element('name', {}, name),
      element('uuid', {}, id),
      element('title', {}, 'A & B'),
      element('memory', { unit: 'MiB' }, 32),
      element('vcpu', {}, 1),
      element('os', {}, element('type', { arch: 'x86_64', machine: 'q35' }, 'hvm')),
    ]),
  );
}

function eventually(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: deadlineMs, interval: 10 });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'live-view-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  host = await startPrivateHost(`viewtest-${process.pid}`);
  cleanups.push(() => host.down());
  await define('before', secondUuid);
  client = createRpcClient({ uri: host.uri });
  cleanups.push(() => client.close());
  view = createLiveView({ client, log });
  cleanups.push(() => {
    view.stop();
    return Promise.resolve();
  });
  view.onChange((change) => changes.push(change));
  view.start();
  await eventually(() => expect(view.status().lastSyncAt).not.toBeNull());
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

describe('what is there at the start', () => {
  it('is shown after one full read', () => {
    expect(view.status()).toMatchObject({ connected: true, ageMs: 0, error: null, failures: [] });
    expect(view.domain('before')).toMatchObject({ uuid: secondUuid, state: 'shutoff', id: null });
    expect(view.network('default')).toMatchObject({ active: false, persistent: true, forwardMode: 'nat' });
    expect(view.nodeDevice('computer')).toMatchObject({ capability: 'system', parent: null });
    expect(view.nodeDevices().filter(({ pci }) => pci !== null)).not.toEqual([]);
  });
});

describe('a domain that somebody makes and changes beside us', () => {
  it('is followed from its definition to its end', async () => {
    await define('beside', uuid);
    const defined = await view.waitForDomain(uuid, (domain) => domain !== null, { deadlineMs });
    expect(defined).toMatchObject({
      name: 'beside',
      state: 'shutoff',
      id: null,
      persistent: true,
      autostart: false,
      hasManagedSave: false,
      memoryKiB: 32_768,
      maxMemoryKiB: 32_768,
      vcpus: 1,
      title: 'A & B',
      description: null,
    });

    await virsh('start', 'beside');
    const running = await view.waitForDomain(uuid, (domain) => domain?.state === 'running', { deadlineMs });
    expect(running?.id).toBeGreaterThan(0);
    expect(running?.documentDigest).not.toBe(defined?.documentDigest);

    await virsh('suspend', 'beside');
    await view.waitForDomain(uuid, (domain) => domain?.state === 'paused', { deadlineMs });

    await virsh('desc', 'beside', '--live', '--config', '--title', 'C');
    await view.waitForDomain(uuid, (domain) => domain?.title === 'C', { deadlineMs });

    await virsh('undefine', 'beside');
    const transient = await view.waitForDomain(uuid, (domain) => domain?.persistent === false, {
      deadlineMs,
    });
    expect(transient?.state).toBe('paused');

    await virsh('destroy', 'beside');
    expect(await view.waitForDomain(uuid, (domain) => domain === null, { deadlineMs })).toBeNull();
    expect(view.domain('beside')).toBeUndefined();

    const types = changes.filter(({ id }) => id === uuid).map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['added', 'removed']);
  });

  it('shows what libvirt sends no event for after a refresh', async () => {
    await virsh('autostart', 'before');
    await virsh('setmaxmem', 'before', '65536', '--config');
    await view.refresh('domain', secondUuid);
    expect(view.domain('before')).toMatchObject({ autostart: true, maxMemoryKiB: 65_536 });
  });

  it('shows a managed save, and that it is gone', async () => {
    await virsh('start', 'before');
    await virsh('managedsave', 'before');
    await view.waitForDomain(secondUuid, (domain) => domain?.hasManagedSave === true, { deadlineMs });
    await virsh('managedsave-remove', 'before');
    await view.refresh('domain', secondUuid);
    expect(view.domain('before')).toMatchObject({ hasManagedSave: false, state: 'shutoff' });
  });

  it('has the same flags when everything is read at once', async () => {
    await define('beside', uuid);
    await view.resync();
    expect(
      view
        .domains()
        .map(({ name, autostart, persistent, hasManagedSave }) => [
          name,
          autostart,
          persistent,
          hasManagedSave,
        ]),
    ).toEqual([
      ['before', true, true, false],
      ['beside', false, true, false],
    ]);
    await virsh('undefine', 'beside');
    await view.waitForDomain(uuid, (domain) => domain === null, { deadlineMs });
  });
});

describe('pools and volumes', () => {
  it('are followed; volumes at a refresh of their pool, or when asked', async () => {
    await virsh('pool-create-as', 'scratch', 'dir', '--target', '/var/lib/libvirt/images');
    await eventually(() => expect(view.pool('scratch')?.state).toBe('running'));
    const pool = view.pool('scratch');
    expect(pool).toMatchObject({ type: 'dir', targetPath: '/var/lib/libvirt/images', persistent: false });
    const poolUuid = pool?.uuid ?? '';

    await virsh('vol-create-as', 'scratch', 'base.qcow2', '8M', '--format', 'qcow2');
    await view.refresh('volume', poolUuid);
    expect(view.volumes(poolUuid).map(({ name }) => name)).toEqual(['base.qcow2']);

    const backing = ['--backing-vol', 'base.qcow2', '--backing-vol-format', 'qcow2'];
    await virsh('vol-create-as', 'scratch', 'a.qcow2', '16M', '--format', 'qcow2', ...backing);
    await virsh('pool-refresh', 'scratch');
    await eventually(() => expect(view.volumes(poolUuid)).toHaveLength(2));
    expect(view.volumes()[0]).toMatchObject({
      pool: 'scratch',
      name: 'a.qcow2',
      format: 'qcow2',
      type: 'file',
      capacityBytes: 16n << 20n,
      backingPath: '/var/lib/libvirt/images/base.qcow2',
    });

    await virsh('pool-destroy', 'scratch');
    await eventually(() => expect(view.pool('scratch')).toBeUndefined());
    await eventually(() => expect(view.volumes()).toEqual([]));
  });
});

describe('networks', () => {
  it('are followed', async () => {
    await virsh('net-start', 'default');
    await eventually(() => expect(view.network('default')?.active).toBe(true));
    expect(view.network('default')?.ips[0]).toMatchObject({ family: 'ipv4', prefix: 24 });
    await virsh('net-destroy', 'default');
    await eventually(() => expect(view.network('default')?.active).toBe(false));
    await virsh('net-undefine', 'default');
    await eventually(() => expect(view.networks()).toEqual([]));
  });
});

describe('a libvirtd that dies and comes back', () => {
  it('leaves the old data shown with its age, and is read again', async () => {
    await define('beside', uuid);
    await virsh('start', 'beside');
    await view.waitForDomain(uuid, (domain) => domain?.state === 'running', { deadlineMs });
    const { lastSyncAt } = view.status();

    await host.killLibvirtd();
    await eventually(() => expect(view.status().connected).toBe(false));
    expect(view.status().error).not.toBeNull();
    expect(view.status().lastSyncAt).toBe(lastSyncAt);
    expect(view.domains().map(({ name, state }) => [name, state])).toEqual([
      ['before', 'shutoff'],
      ['beside', 'running'],
    ]);
    await expect(view.refresh('domain', uuid)).rejects.toThrow();
    // Begun while there is no libvirt: it has to wait for it.
    const late = createLiveView({ client, log });
    late.start();
    // While nobody looks, one domain is taken away.
    await rm(join(host.directory, 'etc/qemu/before.xml'));

    await host.startLibvirtd();
    await eventually(() =>
      expect(view.status()).toMatchObject({ connected: true, ageMs: 0, error: null, failures: [] }),
    );
    expect(view.domains().map(({ name, state }) => [name, state])).toEqual([['beside', 'running']]);
    expect(view.status().lastSyncAt).not.toBe(lastSyncAt);
    await eventually(() => expect(late.domain(uuid)?.state).toBe('running'));
    late.stop();

    await virsh('destroy', 'beside');
    await view.waitForDomain(uuid, (domain) => domain?.state === 'shutoff', { deadlineMs });
  });
});
