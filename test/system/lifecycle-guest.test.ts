import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { lifecycleBench, type LifecycleBench } from './lifecycle-support.ts';

const pool = 'protium-living';
const disk = randomUUID();
const bootMs = 100_000;

let at: LifecycleBench;

beforeAll(async () => {
  at = await lifecycleBench(pool);
  const directory = `/var/lib/libvirt/images/${pool}`;
  await at.virsh('pool-define-as', pool, 'dir', '--target', directory);
  await at.virsh('pool-build', pool);
  await cp((await guestImage()).disk, path.join(at.host.directory, 'lib/images', pool, `${disk}.qcow2`));
  await at.virsh('pool-start', pool);
  await at.virsh('vol-create-as', pool, 'more.qcow2', '32M', '--format', 'qcow2');
  await at.restart();
});

afterAll(async () => {
  await at.virsh('vol-delete', '--pool', pool, `${disk}.qcow2`);
  await at.virsh('vol-delete', '--pool', pool, 'more.qcow2');
  await at.close();
});

const act = (action: string, body: object = {}) => at.request('POST', `/living/${action}`, body);

async function agent(command: object): Promise<Record<string, unknown>> {
  const answer = await at.virsh('qemu-agent-command', 'living', JSON.stringify(command));
  return (JSON.parse(answer) as { return: Record<string, unknown> }).return;
}

/** What a shell command in the guest writes. */
async function inGuest(command: string): Promise<string> {
  const { pid } = await agent({
    execute: 'guest-exec',
    arguments: { path: '/bin/sh', arg: ['-c', command], 'capture-output': true },
  });
  return vi.waitFor(
    async () => {
      const status = await agent({ execute: 'guest-exec-status', arguments: { pid } });
      expect(status['exited']).toBe(true);
      return Buffer.from(typeof status['out-data'] === 'string' ? status['out-data'] : '', 'base64')
        .toString()
        .trim();
    },
    { timeout: 30_000 },
  );
}

const untilAgent = () =>
  vi.waitFor(
    async () => {
      expect((await at.get('living'))['agentConnected']).toBe(true);
    },
    { timeout: bootMs, interval: 500 },
  );

it('a guest lives through all that is done to its VM', { timeout: 400_000 }, async () => {
  await at.create('living', {
    slots: 1,
    ramsize: 256,
    overprovision: 10,
    volumes: [{ vid: disk }],
  });
  await untilAgent();

  await inGuest('echo kept > /run/mark');
  await at.succeeded(await act('save'));
  await at.succeeded(await act('start'));
  await untilAgent();
  expect(await inGuest('cat /run/mark')).toBe('kept');

  await at.succeeded(await at.request('POST', '/living/volumes', { volume: 'more.qcow2' }));
  await vi.waitFor(async () => expect(await inGuest('cat /proc/partitions')).toMatch(/32768 vdb/), 30_000);
  await at.succeeded(await at.request('POST', '/living/volumes/vdb/resize', { sizeBytes: '67108864' }));
  expect(await at.virsh('domblkinfo', 'living', 'vdb')).toMatch(/Capacity: +67108864/);
  await vi.waitFor(async () => expect(await inGuest('cat /proc/partitions')).toMatch(/65536 vdb/), 30_000);
  await at.succeeded(await at.request('DELETE', '/living/volumes/vdb'));
  expect(await inGuest('cat /proc/partitions')).not.toContain('vdb');
  expect((await at.request('GET', '/living/attachments')).body['volumes']).toHaveLength(1);

  const nic = await at.succeeded(
    await at.request('POST', '/living/network-interfaces', { network: 'default' }),
  );
  const mac = String((nic.result?.['attached'] as string[])[0]);
  await vi.waitFor(async () => expect(await inGuest('cat /sys/class/net/*/address')).toContain(mac), 30_000);
  await at.succeeded(await at.request('DELETE', `/living/network-interfaces/${mac}`));
  expect(await inGuest('cat /sys/class/net/*/address')).not.toContain(mac);
  expect(await at.get('living')).toMatchObject({ pendingRestart: [], networks: ['default'] });

  const smaller = await at.succeeded(await act('resize', { memoryMib: '224' }));
  expect(smaller.result).toMatchObject({ memoryMib: 224 });
  await vi.waitFor(async () => {
    expect(await at.virsh('dommemstat', 'living')).toMatch(/actual 229376/);
    expect(await at.get('living')).toMatchObject({ pendingRestart: [] });
  }, 30_000);
  await at.succeeded(await act('resize', { memoryMib: '256' }));

  await at.succeeded(await at.request('POST', '/living/snapshots', { name: 'then', memory: true }));
  await inGuest('echo changed > /run/mark');
  await at.succeeded(await act('snapshots/then/revert'));
  await untilAgent();
  expect(await inGuest('cat /run/mark')).toBe('kept');
  await at.succeeded(await at.request('DELETE', '/living/snapshots/then'));

  await at.succeeded(await at.request('POST', '/living/snapshots', { name: 'still', quiesce: true }));
  expect(await inGuest('cat /run/mark')).toBe('kept');
  await at.succeeded(await at.request('DELETE', '/living/snapshots/still'));
  expect(await inGuest('cat /run/mark')).toBe('kept');

  await at.succeeded(await at.request('DELETE', '/living'));
  const left = (await at.virsh('vol-list', pool)).split('\n').map((line) => line.trim().split(/\s+/)[0]);
  expect(left.sort()).toEqual([`${disk}.qcow2`, 'more.qcow2'].sort());
});
