import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lifecycleBench, type LifecycleBench } from './lifecycle-support.ts';

const config = {
  slots: 1,
  ramsize: 128,
  overprovision: 10,
  has_network: false,
  volumes: [{ size_gb: 0.05 }],
};

let at: LifecycleBench;

beforeAll(async () => {
  at = await lifecycleBench('protium-snapshots');
});

afterAll(async () => {
  await at.close();
});

const act = (name: string, action: string, body: object = {}) =>
  at.request('POST', `/${name}/${action}`, body);
const take = (name: string, snapshot: string, more: object = {}) =>
  at.request('POST', `/${name}/snapshots`, { name: snapshot, ...more });
const revert = (name: string, snapshot: string, body: object = {}) =>
  at.request('POST', `/${name}/snapshots/${snapshot}/revert`, body);
const forget = (name: string, snapshot: string) => at.request('DELETE', `/${name}/snapshots/${snapshot}`);
const remove = async (name: string, query = '') =>
  at.succeeded(await at.request('DELETE', `/${name}${query}`));
const stop = async (name: string) => at.succeeded(await act(name, 'stop', { force: true }));
const refused = async (answer: ReturnType<LifecycleBench['request']>) => {
  const { status, body } = await answer;
  return [status, body['code']];
};
const snapshots = async (name: string) =>
  (await at.request('GET', `/${name}/snapshots`)).body['snapshots'] as Record<string, unknown>[];
/** The file that a disk is now. */
const diskOf = async (name: string, target = 'vda'): Promise<string> => {
  const { volumes } = (await at.request('GET', `/${name}/attachments`)).body as {
    volumes: { target: string; path: string }[];
  };
  return volumes.find((volume) => volume.target === target)?.path ?? '';
};
/** Writes on a disk of a VM that is off, as its guest would. */
const write = async (name: string, pattern: string): Promise<void> => {
  const file = await diskOf(name);
  const format = (await at.host.run('qemu-img', ['info', '-U', file])).stdout.includes('format: raw')
    ? 'raw'
    : 'qcow2';
  await at.host.run('qemu-io', ['-f', format, '-c', `write -P ${pattern} 0 64k`, file]);
};
/** Whether the disk has the pattern where it was written. */
const has = async (name: string, pattern: string): Promise<boolean> => {
  const { stdout, stderr } = await at.host.run(
    'qemu-io',
    ['-U', '-r', '-c', `read -P ${pattern} 0 64k`, await diskOf(name)],
    { reject: false },
  );
  return !`${stdout}${stderr}`.includes('Pattern verification failed') && stdout.includes('read 65536/65536');
};
const volumes = async () => (await at.virsh('vol-list', at.pool)).split('\n').filter(Boolean).length;

describe('within its disks', () => {
  it('a VM that is off is kept and brought back', async () => {
    await at.create('inside', config);
    await stop('inside');
    await write('inside', '0x11');
    expect(await refused(take('inside', '../x'))).toEqual([400, 'argument-invalid']);
    expect(await refused(take('inside', 'x', { memory: true }))).toEqual([400, 'argument-invalid']);
    const taken = await at.succeeded(await take('inside', 'one', { description: 'é <&>' }));
    expect(taken.result).toMatchObject({ snapshot: 'one', kind: 'internal' });
    expect(await refused(take('inside', 'one'))).toEqual([409, 'already-exists']);
    await write('inside', '0x22');
    await at.succeeded(await take('inside', 'two'));
    expect(await snapshots('inside')).toMatchObject([
      { name: 'one', kind: 'internal', state: 'off', description: 'é <&>', current: false, disks: ['vda'] },
      { name: 'two', parent: 'one', current: true },
    ]);
    await at.succeeded(await revert('inside', 'one'));
    expect(await has('inside', '0x11')).toBe(true);
    expect(await refused(revert('inside', 'three'))).toEqual([404, 'not-found']);
  });

  it('a VM that was resized since is not brought back, and one that was described since keeps that', async () => {
    await at.succeeded(await act('inside', 'resize', { memoryMib: '160' }));
    const answer = await revert('inside', 'two', { validateOnly: true });
    expect([answer.status, answer.body['code']]).toEqual([409, 'state-conflict']);
    expect(answer.body['detail']).toContain('memory KiB');
    await at.succeeded(await act('inside', 'resize', { memoryMib: '128' }));
    await at.request('PATCH', '/inside', { description: 'since then', tags: { values: ['new'] } });
    await at.succeeded(await revert('inside', 'two'));
    expect(await has('inside', '0x22')).toBe(true);
    expect(await at.get('inside')).toMatchObject({ description: 'since then', tags: ['new'] });
  });

  it('a VM that runs is kept with its memory, and runs when it is brought back', async () => {
    await at.succeeded(await act('inside', 'start'));
    expect(await refused(take('inside', 'three', { quiesce: true }))).toEqual([409, 'state-conflict']);
    // Without its memory it would be kept by layers, and it has others.
    expect(await refused(take('inside', 'three'))).toEqual([409, 'state-conflict']);
    await at.succeeded(await take('inside', 'three', { memory: true }));
    expect(await snapshots('inside')).toMatchObject([{}, {}, { name: 'three', state: 'running' }]);
    await stop('inside');
    await at.succeeded(await revert('inside', 'three'));
    expect(await at.virsh('domstate', 'inside')).toBe('running');
    await at.succeeded(await revert('inside', 'one'));
    expect(await at.virsh('domstate', 'inside')).toBe('shut off');
    expect(await has('inside', '0x11')).toBe(true);
  });

  it('snapshots go one by one, and with the VM', async () => {
    await at.succeeded(await forget('inside', 'two'));
    expect(await snapshots('inside')).toMatchObject([{ name: 'one' }, { name: 'three', parent: 'one' }]);
    expect(await refused(act('inside', 'rename', { name: 'other' }))).toEqual([409, 'state-conflict']);
    expect(await refused(at.request('DELETE', '/inside/volumes/vda'))).toEqual([409, 'state-conflict']);
    expect(await has('inside', '0x11')).toBe(true);
    await remove('inside');
    expect(await at.files()).toBe('');
  });
});

describe('by layers on its disks', () => {
  it('a VM that runs is kept, brought back when it is off, and its layers are put together again', async () => {
    await at.create('layered', config);
    const base = await diskOf('layered');
    await stop('layered');
    await write('layered', '0x11');
    await at.succeeded(await act('layered', 'start'));
    const dry = await take('layered', 'one', { validateOnly: true });
    expect(dry.body['notices']).toMatchObject([expect.stringContaining('power failure')]);
    expect(await snapshots('layered')).toEqual([]);
    await at.succeeded(await take('layered', 'one'));
    expect(await diskOf('layered')).toMatch(/\.layer-[0-9a-f]{12}\.qcow2$/);
    expect(await refused(revert('layered', 'one'))).toEqual([409, 'state-conflict']);
    expect(await refused(take('layered', 'two', { memory: true }))).toEqual([409, 'state-conflict']);
    await stop('layered');
    await write('layered', '0x22');
    expect((await at.succeeded(await take('layered', 'two'))).result).toMatchObject({ kind: 'external' });
    await write('layered', '0x33');
    expect(await volumes()).toBe(3);

    await at.succeeded(await revert('layered', 'one'));
    expect(await has('layered', '0x11')).toBe(true);
    expect(await snapshots('layered')).toMatchObject([
      { name: 'one', kind: 'external', state: 'disks', current: true },
      { name: 'two', parent: 'one', state: 'off', current: false },
    ]);
    await write('layered', '0x44');
    await at.succeeded(await revert('layered', 'two'));
    expect(await has('layered', '0x22')).toBe(true);
    // The base, the layer that "two" stands on, and the one that it goes on with.
    expect(await volumes()).toBe(3);
    await at.succeeded(await act('layered', 'start'));
    await stop('layered');

    await at.succeeded(await forget('layered', 'one'));
    expect(await has('layered', '0x22')).toBe(true);
    expect(await volumes()).toBe(2);
    await at.succeeded(await revert('layered', 'two'));
    expect(await has('layered', '0x22')).toBe(true);
    await write('layered', '0x55');
    await at.succeeded(await forget('layered', 'two'));
    expect(await volumes()).toBe(1);
    expect(await diskOf('layered')).toBe(base);
    expect(await has('layered', '0x55')).toBe(true);
    expect(await at.virsh('list', '--all', '--name')).toBe('layered');
  });

  it('layers are put together while the VM runs', async () => {
    const base = await diskOf('layered');
    await at.succeeded(await act('layered', 'start'));
    await at.succeeded(await take('layered', 'one'));
    await at.succeeded(await take('layered', 'two'));
    await at.succeeded(await forget('layered', 'one'));
    expect(await volumes()).toBe(2);
    await at.succeeded(await forget('layered', 'two'));
    expect(await volumes()).toBe(1);
    expect(await diskOf('layered')).toBe(base);
    expect(await at.virsh('domstate', 'layered')).toBe('running');
    expect(await at.virsh('snapshot-list', 'layered', '--name')).toBe('');
  });

  it('a VM that goes takes them with it, or leaves the whole chain', async () => {
    await at.succeeded(await take('layered', 'one'));
    await stop('layered');
    await at.succeeded(await take('layered', 'two'));
    await at.succeeded(await revert('layered', 'one'));
    await remove('layered', '?keepVolumes=true');
    const left = (await at.virsh('vol-list', at.pool))
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[0] ?? '');
    expect(left).toHaveLength(3);
    for (const name of left) await at.virsh('vol-delete', '--pool', at.pool, name);

    await at.create('gone', config);
    await at.succeeded(await take('gone', 'one'));
    await at.succeeded(await take('gone', 'two'));
    await remove('gone');
    expect(await at.files()).toBe('');
  });

  it.each([
    ['boots by UEFI', { ...config, ramsize: 256, firmware: 'uefi', protium: { tpm: true } }],
    ['has a raw disk', { ...config, volumes: [{ size_gb: 0.05, format: 'raw' }] }],
  ])('a VM that %s is kept', async (_what, special) => {
    await at.create('special', special);
    expect(await refused(take('special', 'one', { memory: true }))).toEqual([422, 'host-incapable']);
    await stop('special');
    await write('special', '0x11');
    const taken = await at.succeeded(await take('special', 'one'));
    expect(taken.result).toMatchObject({ kind: 'external' });
    await write('special', '0x22');
    await at.succeeded(await revert('special', 'one'));
    expect(await has('special', '0x11')).toBe(true);
    await at.succeeded(await act('special', 'start'));
    await at.succeeded(await forget('special', 'one'));
    await stop('special');
    expect(await has('special', '0x11')).toBe(true);
    await remove('special');
    expect(await at.files()).toBe('');
  });
});
