import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lifecycleBench, type LifecycleBench } from './lifecycle-support.ts';

const config = {
  slots: 1,
  ramsize: 128,
  overprovision: 10,
  has_network: false,
  volumes: [{ size_gb: 0.1 }],
};

let at: LifecycleBench;

beforeAll(async () => {
  at = await lifecycleBench('protium-lifecycle');
});

afterAll(async () => {
  await at.close();
});

const act = (name: string, action: string, body: object = {}) =>
  at.request('POST', `/${name}/${action}`, body);
const remove = async (name: string) => at.succeeded(await at.request('DELETE', `/${name}`));
const refused = async (answer: ReturnType<LifecycleBench['request']>) => {
  const { status, body } = await answer;
  return [status, body['code']];
};

describe('a VM that is saved', () => {
  it('goes on, or boots afresh, and nothing of it is left when it is deleted', async () => {
    await at.create('saved', config);
    expect(await refused(act('saved', 'save', { validateOnly: true }))).toEqual([200, undefined]);
    expect(await at.virsh('domstate', 'saved')).toBe('running');
    await at.succeeded(await act('saved', 'save'));
    expect(await at.get('saved')).toMatchObject({ state: 'DOMAIN_STATE_SHUTOFF', saved: true });
    expect(await refused(act('saved', 'save'))).toEqual([409, 'state-conflict']);
    expect(await refused(act('saved', 'rename', { name: 'other' }))).toEqual([409, 'state-conflict']);
    expect(await refused(act('saved', 'resize', { slots: 2 }))).toEqual([409, 'state-conflict']);
    await at.succeeded(await act('saved', 'start'));
    expect(await at.get('saved')).toMatchObject({ state: 'DOMAIN_STATE_RUNNING', saved: false });
    expect(await at.virsh('domstate', '--reason', 'saved')).toContain('restored');
    await at.succeeded(await act('saved', 'save'));
    await at.succeeded(await act('saved', 'start', { discardSavedState: true }));
    expect(await at.virsh('domstate', '--reason', 'saved')).toContain('booted');
    await at.succeeded(await act('saved', 'save'));
    await remove('saved');
    expect(await at.files()).toBe('');
  });
});

describe('a VM that is renamed', () => {
  it('has the new name, and no other has it', async () => {
    const uuid = await at.create('before', config);
    await at.create('taken', config);
    expect(await refused(act('before', 'rename', { name: 'after' }))).toEqual([409, 'state-conflict']);
    await at.succeeded(await act('before', 'stop', { force: true }));
    expect(await refused(act('before', 'rename', { name: '../x' }))).toEqual([400, 'argument-invalid']);
    expect(await refused(act('before', 'rename', { name: 'taken' }))).toEqual([409, 'already-exists']);
    expect(await refused(act('before', 'rename', { name: 'before' }))).toEqual([409, 'already-exists']);
    await at.succeeded(await act('before', 'rename', { name: 'after' }));
    expect(await at.get('after')).toMatchObject({ uuid });
    await at.succeeded(await act('after', 'start'));
    await remove('after');
    await remove('taken');
    expect(await at.files()).toBe('');
  });
});

it('a VM that is renamed keeps what its UEFI remembers, and the next one of its name has its own', async () => {
  const uefi = { ...config, ramsize: 256, firmware: 'uefi', protium: { tpm: true } };
  const variables = async (name: string) =>
    /<nvram[^>]*>([^<]*)</.exec(await at.virsh('dumpxml', '--inactive', name))?.[1];
  await at.create('efi', uefi);
  expect(await at.files()).toMatch(/_VARS.*\n.*tpm2/s);
  await at.succeeded(await act('efi', 'stop', { force: true }));
  await at.succeeded(await act('efi', 'rename', { name: 'efi-old' }));
  await at.succeeded(await act('efi-old', 'start'));
  await at.create('efi', uefi);
  expect(await variables('efi')).not.toBe(await variables('efi-old'));
  await remove('efi');
  expect(await at.virsh('domstate', 'efi-old')).toBe('running');
  expect(await at.files()).toContain('_VARS');
  await remove('efi-old');
  expect(await at.files()).toBe('');
});

describe('a VM that is resized', () => {
  it('while it is off has what was asked for at its next start, and keeps what others made of it', async () => {
    await at.create('sized', config);
    await at.succeeded(await act('sized', 'stop', { force: true }));
    await at.virsh('desc', 'sized', '--title', 'by hand', '--config');
    await at.succeeded(await act('sized', 'resize', { slots: 2, memoryMib: '192' }));
    expect(await at.get('sized')).toMatchObject({ memoryMib: '192', config: { slots: 2, ramsize: 192 } });
    await at.succeeded(await act('sized', 'start'));
    const xml = await at.virsh('dumpxml', 'sized');
    expect(xml).toContain("<memory unit='KiB'>196608</memory>");
    expect(xml).toContain('by hand');
    expect(await at.get('sized')).toMatchObject({ pendingRestart: [] });
  });

  it('while it runs gets at once what can be, and the rest waits for its next start', async () => {
    const grown = await at.succeeded(await act('sized', 'resize', { memoryMib: '256' }));
    expect(grown.result?.['pendingRestart']).toMatchObject([
      { field: 'memory_mib', running: '192', configured: '256' },
    ]);
    expect(await at.get('sized')).toMatchObject({
      memoryMib: '256',
      pendingRestart: [{ field: 'memory_mib', running: '192', configured: '256' }],
    });
    const vcpus = String((await at.get('sized'))['vcpus']);
    expect(await at.virsh('vcpucount', 'sized', '--maximum', '--config')).toBe(vcpus);
  });

  it('by two at once has what both asked for', async () => {
    const answers = await Promise.all([
      act('sized', 'resize', { slots: 1 }),
      act('sized', 'resize', { memoryMib: '160' }),
    ]);
    for (const answer of answers) await at.succeeded(answer);
    expect(await at.get('sized')).toMatchObject({ memoryMib: '160', config: { slots: 1, ramsize: 160 } });
  });

  it('is refused what the host does not have, with every reason', async () => {
    const answer = await act('sized', 'resize', { slots: 250, memoryMib: '8000000' });
    expect([answer.status, answer.body['code']]).toEqual([422, 'host-incapable']);
    expect(String(answer.body['detail'])).toMatch(/memory-insufficient.*8000000|8000128/);
    expect(await refused(act('sized', 'resize'))).toEqual([400, 'argument-invalid']);
    expect(await refused(act('sized', 'resize', { slots: 300 }))).toEqual([400, 'argument-invalid']);
    await remove('sized');
  });
});

describe('a disk', () => {
  it('is plugged into a VM that runs, is not given twice, grows, and leaves', async () => {
    const uuid = await at.create('disky', config);
    await at.create('other', config);
    await at.virsh('vol-create-as', at.pool, 'data.qcow2', '64M', '--format', 'qcow2');
    await at.virsh('pool-refresh', at.pool);
    const attach = (name: string, body: object = {}) =>
      at.request('POST', `/${name}/volumes`, { volume: 'data.qcow2', ...body });
    await vi.waitFor(async () => {
      expect(await refused(attach('disky', { validateOnly: true }))).toEqual([200, undefined]);
    });
    expect(await refused(attach('disky', { volume: 'none' }))).toEqual([404, 'not-found']);
    expect(await refused(attach('disky', { bus: 'sata' }))).toEqual([409, 'state-conflict']);
    expect(await refused(attach('disky', { bus: 'floppy' }))).toEqual([400, 'argument-invalid']);
    const attached = await at.succeeded(await attach('disky'));
    expect(attached.result?.['attached']).toEqual(['vdb']);
    expect(await refused(attach('other'))).toEqual([409, 'resource-in-use']);
    expect(await refused(attach('disky'))).toEqual([409, 'resource-in-use']);
    const list = await at.request('GET', '/disky/attachments');
    expect(list.body['volumes']).toMatchObject([
      { target: 'vda', running: true, configured: true },
      {
        target: 'vdb',
        path: `/var/lib/libvirt/images/${at.pool}/data.qcow2`,
        running: true,
        configured: true,
      },
    ]);

    await at.succeeded(await at.request('POST', '/disky/volumes/vdb/resize', { sizeBytes: '134217728' }));
    expect(await at.virsh('domblkinfo', 'disky', 'vdb')).toMatch(/Capacity: +134217728/);
    expect(await refused(at.request('POST', '/disky/volumes/vdb/resize', { sizeBytes: '67108864' }))).toEqual(
      [400, 'argument-invalid'],
    );
    expect(await refused(at.request('POST', '/disky/volumes/vdx/resize', { sizeBytes: '67108864' }))).toEqual(
      [404, 'not-found'],
    );

    // There is no system in it that lets go.
    const kept = await at.ended(await at.request('DELETE', '/disky/volumes/vdb?timeoutSeconds=1'));
    expect(kept).toMatchObject({ state: 'OPERATION_STATE_FAILED', error: { code: 'deadline-exceeded' } });
    expect((await at.request('GET', '/disky/attachments')).body['volumes']).toHaveLength(2);
    await at.succeeded(await act('disky', 'stop', { force: true }));
    await at.succeeded(await at.request('POST', '/disky/volumes/vda/resize', { sizeBytes: '201326592' }));
    expect(await at.get('disky')).toMatchObject({
      volumes: [{ sizeBytes: '201326592' }, { id: 'data.qcow2' }],
    });
    await at.succeeded(await at.request('DELETE', '/disky/volumes/vdb'));
    expect((await at.request('GET', `/${uuid}/attachments`)).body['volumes']).toHaveLength(1);
    await at.succeeded(await act('other', 'stop', { force: true }));
    await at.succeeded(await attach('other'));
    await remove('disky');
    await remove('other');
    expect(await at.virsh('vol-list', at.pool)).toContain('data.qcow2');
    await at.virsh('vol-delete', '--pool', at.pool, 'data.qcow2');
    expect(await at.files()).toBe('');
  });
});

describe('a network interface', () => {
  it('is plugged into a VM, once for each key, and taken from it', async () => {
    await at.create('netty', config);
    const body = { network: 'default', mac: '52:54:00:AA:00:01', idempotencyKey: 'k' };
    const attach = (more: object = {}) =>
      at.request('POST', '/netty/network-interfaces', { ...body, ...more });
    expect(await refused(attach({ network: 'none', idempotencyKey: '' }))).toEqual([422, 'host-incapable']);
    expect(await refused(attach({ mac: '53:54:00:aa:00:01' }))).toEqual([400, 'argument-invalid']);
    const first = await at.succeeded(await attach());
    const answer = await attach();
    expect(answer.body['operation']).toMatchObject({ id: first.id });
    expect(await refused(attach({ idempotencyKey: '' }))).toEqual([409, 'already-exists']);
    expect(await at.virsh('domiflist', 'netty')).toContain('52:54:00:aa:00:01');
    expect(await at.get('netty')).toMatchObject({ networks: ['default'] });
    const ports = await Promise.all(
      Array.from({ length: 9 }, () => attach({ mac: '', idempotencyKey: '' }).then((each) => at.ended(each))),
    );
    // Four ports are kept free at least, and it has one interface already.
    const failed = ports.filter(({ state }) => state === 'OPERATION_STATE_FAILED');
    expect(ports.length - failed.length).toBeGreaterThanOrEqual(3);
    expect(new Set(failed.map(({ error }) => error?.code))).toEqual(new Set(['state-conflict']));
    await at.succeeded(await act('netty', 'stop', { force: true }));
    await at.succeeded(await at.request('DELETE', '/netty/network-interfaces/52:54:00:aa:00:01'));
    expect(await at.virsh('domiflist', 'netty')).not.toContain('52:54:00:aa:00:01');
    expect(await refused(at.request('DELETE', '/netty/network-interfaces/52:54:00:aa:00:01'))).toEqual([
      404,
      'not-found',
    ]);
    await remove('netty');
  });
});

describe('a host device', () => {
  it.each([
    ['0000:7f:1f.7', 404, 'not-found'],
    ['abcd:ef01', 422, 'host-incapable'],
    ['usb:dead:beef', 404, 'not-found'],
    ['9.250', 404, 'not-found'],
    ['/dev/sda', 400, 'argument-invalid'],
  ])('%s is refused with %d', async (device, status, code) => {
    if ((await at.virsh('list', '--all', '--name')) === '') await at.create('hosty', config);
    expect(await refused(at.request('POST', '/hosty/host-devices', { device }))).toEqual([status, code]);
  });

  it('that it does not have cannot be taken from it', async () => {
    expect(await refused(at.request('DELETE', '/hosty/host-devices/0000:01:00.0'))).toEqual([
      404,
      'not-found',
    ]);
    await remove('hosty');
  });
});

it('a VM that is deleted while it is made is not made any more', async () => {
  const made = await at.request('POST', '', { name: 'unmade', config });
  const gone = await at.request('DELETE', '/unmade');
  await at.ended(made);
  await at.succeeded(gone);
  expect(await at.virsh('list', '--all', '--name')).toBe('');
  expect(await at.files()).toBe('');
});

it('the seed of a VM that somebody else removed goes, also while no daemon ran', async () => {
  const guest = { authentication: { username: 'alice', password: 'x-long-enough-1' } };
  const seeded = { ...config, ...guest };
  await at.create('seeded', seeded);
  await at.create('seeded-2', seeded);
  const seeds = async () =>
    (await at.virsh('vol-list', at.pool)).split('\n').filter((line) => line.includes('seed'));
  expect(await seeds()).toHaveLength(2);
  await at.virsh('destroy', 'seeded');
  await at.virsh('undefine', 'seeded', '--nvram');
  await vi.waitFor(async () => {
    expect(await seeds()).toHaveLength(1);
  }, 20_000);
  await at.daemon.end('SIGKILL');
  await at.virsh('destroy', 'seeded-2');
  await at.virsh('undefine', 'seeded-2', '--nvram');
  await at.restart();
  await vi.waitFor(async () => {
    expect(await seeds()).toHaveLength(0);
  }, 20_000);
  for (const line of (await at.virsh('vol-list', at.pool)).split('\n'))
    await at.virsh('vol-delete', '--pool', at.pool, line.trim().split(/\s+/)[0] ?? '');
});
