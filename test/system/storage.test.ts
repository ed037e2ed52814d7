import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { runCli } from './cli-process.ts';
import {
  call as callDaemon,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from './daemon.ts';

const mib = 2 ** 20;
const base = '/var/lib/libvirt/images/protium-storage-test';
const instancePool = 'protium-storage-vms';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let files: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const call = (method: string, route: string, body?: unknown) => callDaemon(daemon, method, route, body);
const names = async (pool: string) =>
  (await virsh('vol-list', pool))
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name !== '');

interface Operation {
  readonly state: string;
  readonly result?: Record<string, unknown>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly leftBehind: readonly string[];
  };
}

async function ended(answer: JsonAnswer): Promise<Operation> {
  expect(answer).toMatchObject({ status: 202 });
  const location = answer.headers.get('location') ?? '';
  return (await call('GET', `${location}/wait?timeoutSeconds=100`)).body['operation'] as Operation;
}

async function succeeded(answer: JsonAnswer): Promise<Operation> {
  const operation = await ended(answer);
  expect(operation).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
  return operation;
}

const volume = async (name: string) =>
  (await call('GET', `/v1/volumes/disks/${name}`)).body['volume'] as Record<string, unknown>;
const put = async (route: string, content: Uint8Array) => {
  const response = await fetch(daemon.http + route, { method: 'PUT', body: Buffer.from(content) });
  const text = await response.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, body } satisfies JsonAnswer;
};
const qcow2 = async (name: string, ...options: string[]): Promise<string> => {
  const file = path.join(files, name);
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, file, '8M']);
  return file;
};

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'protium-storage-'));
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      PROTIUM_STORAGE_POOL: instancePool,
      PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${instancePool}`,
    },
  });
  await vi.waitFor(async () => {
    expect((await call('GET', '/statusjson')).status).toBe(200);
  }, 30_000);
});

afterAll(async () => {
  await daemon.end();
  for (const pool of ['disks', 'small', 'archive', instancePool]) {
    await virsh('pool-destroy', pool);
    await virsh('pool-undefine', pool);
  }
  await host.run('umount', [`${base}/small`], { reject: false });
  await host.run('rm', ['-rf', base]);
  await workspace.remove();
  await rm(files, { recursive: true });
});

describe('a pool', () => {
  it('is made, with its directory, and is there', async () => {
    const request = { name: 'disks', dir: { path: `${base}/disks` } };
    expect((await call('POST', '/v1/pools', { ...request, validateOnly: true })).status).toBe(200);
    expect(await virsh('pool-list', '--all', '--name')).not.toContain('disks');
    await succeeded(await call('POST', '/v1/pools', request));
    expect((await call('GET', '/v1/pools/disks')).body).toMatchObject({
      pool: { state: 'running', type: 'dir', autostart: true, targetPath: `${base}/disks`, volumeCount: 0 },
    });
    expect(await call('POST', '/v1/pools', request)).toMatchObject({ status: 409 });
    expect(await call('POST', '/v1/pools', { name: 'again', dir: { path: `${base}/disks` } })).toMatchObject({
      status: 409,
      body: { code: 'already-exists' },
    });
  });

  it.each([
    ['/etc', 'path-forbidden'],
    ['/var/lib/libvirt/images', 'path-forbidden'],
    ['/var/lib/libvirt/images/../../../etc', 'argument-invalid'],
    ['relative', 'argument-invalid'],
  ])('is not made of %s', async (directory, code) => {
    const answer = await call('POST', '/v1/pools', { name: 'bad', dir: { path: directory } });
    expect(answer.body).toMatchObject({ code });
  });

  it('that cannot be started leaves nothing behind', async () => {
    // No such group: libvirt has no tool for it, or no answer of it.
    const answer = await call('POST', '/v1/pools', { name: 'nothing', logical: { group: 'no_such_group' } });
    expect((await ended(answer)).state).toBe('OPERATION_STATE_FAILED');
    expect(await virsh('pool-list', '--all', '--name')).not.toContain('nothing');
  });

  it('is stopped, started, changed and read again', async () => {
    expect((await call('POST', '/v1/pools/disks/stop', {})).body).toMatchObject({
      pool: { state: 'inactive' },
    });
    expect(await call('DELETE', '/v1/pools/disks')).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    });
    expect((await call('POST', '/v1/pools/disks/start', {})).body).toMatchObject({
      pool: { state: 'running' },
    });
    expect((await call('PATCH', '/v1/pools/disks', { autostart: false })).body).toMatchObject({
      pool: { autostart: false },
    });
    await host.run('truncate', ['-s', '1M', `${base}/disks/found.raw`]);
    expect((await call('POST', '/v1/pools/disks/refresh', {})).body).toMatchObject({
      pool: { volumeCount: 1 },
    });
    expect(await call('DELETE', '/v1/pools/disks')).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    await succeeded(await call('DELETE', '/v1/volumes/disks/found.raw'));
  });
});

describe('a volume', () => {
  it('is made, made larger, copied, layered and deleted', async () => {
    const create = (name: string, body: object) => call('POST', '/v1/volumes/disks', { name, ...body });
    await succeeded(await create('a.qcow2', { sizeBytes: 8 * mib, preallocation: 'metadata' }));
    expect(await volume('a.qcow2')).toMatchObject({
      format: 'qcow2',
      capacityBytes: String(8 * mib),
      users: [],
    });
    expect(await create('a.qcow2', { sizeBytes: mib })).toMatchObject({ status: 409 });
    await succeeded(await create('full.raw', { sizeBytes: mib, format: 'raw', preallocation: 'full' }));
    expect(await volume('full.raw')).toMatchObject({ format: 'raw', allocationBytes: String(mib) });

    const resize = (sizeBytes: number) => call('POST', '/v1/volumes/disks/a.qcow2/resize', { sizeBytes });
    expect(await resize(mib)).toMatchObject({ status: 400, body: { code: 'argument-invalid' } });
    await succeeded(await resize(16 * mib));
    expect(await volume('a.qcow2')).toMatchObject({ capacityBytes: String(16 * mib) });

    await succeeded(await call('POST', '/v1/volumes/disks/a.qcow2/clone', { targetName: 'copy.qcow2' }));
    expect(await volume('copy.qcow2')).toMatchObject({ capacityBytes: String(16 * mib) });
    expect(await volume('copy.qcow2')).not.toHaveProperty('backingPath');
    const linked = { targetName: 'layer.qcow2', linked: true };
    await succeeded(await call('POST', '/v1/volumes/disks/a.qcow2/clone', linked));
    await succeeded(await create('top.qcow2', { backing: { pool: 'disks', name: 'layer.qcow2' } }));
    expect(await volume('top.qcow2')).toMatchObject({ backingPath: `${base}/disks/layer.qcow2` });
    // Over all layers.
    expect(await volume('a.qcow2')).toMatchObject({
      users: [
        { kind: 'volume', name: 'disks/layer.qcow2' },
        { kind: 'volume', name: 'disks/top.qcow2' },
      ],
    });
    expect(await call('DELETE', '/v1/volumes/disks/a.qcow2')).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    const listed = async (query: string) =>
      ((await call('GET', `/v1/volumes?pool=disks&${query}`)).body['volumes'] as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await listed('used=true')).toEqual(['a.qcow2', 'layer.qcow2']);
    expect(await listed('format=raw')).toEqual(['full.raw']);
    const page = await call('GET', '/v1/volumes?pool=disks&pageSize=2');
    expect(page.body['volumes']).toMatchObject([{ name: 'a.qcow2' }, { name: 'copy.qcow2' }]);
    expect(await listed(`pageToken=${String(page.body['nextPageToken'])}`)).toEqual([
      'full.raw',
      'layer.qcow2',
      'top.qcow2',
    ]);

    for (const name of ['top.qcow2', 'layer.qcow2', 'copy.qcow2', 'full.raw', 'a.qcow2']) {
      await succeeded(await call('DELETE', `/v1/volumes/disks/${name}`));
    }
    expect(await names('disks')).toEqual([]);
  });

  it('moves into another pool with all its bytes, and not while something needs it', async () => {
    await succeeded(await call('POST', '/v1/pools', { name: 'archive', dir: { path: `${base}/archive` } }));
    const move = (name: string, more: object = {}) =>
      call('POST', `/v1/volumes/disks/${name}/move`, { targetPool: 'archive', ...more });
    // With data, a snapshot of its own, and a layer's reference to what it lies on: a copy of what guests see would lose them.
    await succeeded(await call('POST', '/v1/volumes/disks', { name: 'base.qcow2', sizeBytes: 8 * mib }));
    const backing = { pool: 'disks', name: 'base.qcow2' };
    await succeeded(await call('POST', '/v1/volumes/disks', { name: 'data.qcow2', backing }));
    const disks = path.join(host.directory, 'lib/images/protium-storage-test/disks');
    await host.run('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 1M 64k', `${base}/disks/data.qcow2`]);
    await host.run('qemu-img', ['snapshot', '-c', 'before', `${base}/disks/data.qcow2`]);
    await call('POST', '/v1/pools/disks/refresh', {});
    const before = await readFile(`${disks}/data.qcow2`);

    expect(await move('base.qcow2')).toMatchObject({ status: 409, body: { code: 'resource-in-use' } });
    expect(await move('none')).toMatchObject({ status: 404 });
    expect(await move('data.qcow2', { targetPool: 'disks' })).toMatchObject({ status: 400 });
    expect(await move('data.qcow2', { targetPool: 'none' })).toMatchObject({ status: 404 });
    expect(await move('data.qcow2', { targetName: '../x' })).toMatchObject({ status: 400 });
    expect((await move('data.qcow2', { validateOnly: true })).body).toEqual({});
    expect(await names('archive')).toEqual([]);

    const key = { idempotencyKey: 'move-once' };
    const first = await move('data.qcow2', key);
    const { result } = await succeeded(first);
    expect(result).toEqual({
      pool: 'archive',
      name: 'data.qcow2',
      digest: `sha256:${createHash('sha256').update(before).digest('hex')}`,
    });
    const { id } = first.body['operation'] as { id: string };
    expect(await move('data.qcow2', key)).toMatchObject({ status: 200, body: { operation: { id } } });
    expect(await names('disks')).toEqual(['base.qcow2']);
    const after = await readFile(path.join(disks, '../archive/data.qcow2'));
    expect(after.equals(before)).toBe(true);
    expect((await call('GET', '/v1/volumes/archive/data.qcow2')).body['volume']).toMatchObject({
      format: 'qcow2',
      capacityBytes: String(8 * mib),
      backingPath: `${base}/disks/base.qcow2`,
    });

    // A raw one keeps its holes.
    await host.run('qemu-img', ['create', '-q', '-f', 'raw', `${base}/disks/sparse`, '64M']);
    await host.run('qemu-io', ['-f', 'raw', '-c', 'write -P 9 32M 64k', `${base}/disks/sparse`]);
    await call('POST', '/v1/pools/disks/refresh', {});
    const raw = await succeeded(await move('sparse', { targetName: 'thin.raw' }));
    const expected = Buffer.alloc(64 * mib).fill(9, 32 * mib, 32 * mib + 65_536);
    expect(raw.result).toMatchObject({
      name: 'thin.raw',
      digest: `sha256:${createHash('sha256').update(expected).digest('hex')}`,
    });
    const thin = (await call('GET', '/v1/volumes/archive/thin.raw')).body['volume'] as {
      allocationBytes: string;
    };
    expect(Number(thin.allocationBytes)).toBeLessThan(mib);

    // What names its base from where it is would lie on another one there, or on none.
    const relative = ['-b', 'base.qcow2', '-F', 'qcow2', `${base}/disks/relative`];
    await host.run('qemu-img', ['create', '-q', '-f', 'qcow2', ...relative]);
    await call('POST', '/v1/pools/disks/refresh', {});
    expect((await ended(await move('relative'))).error).toMatchObject({
      code: 'unsupported',
      leftBehind: [],
    });
    expect(await names('archive')).toEqual(['data.qcow2', 'thin.raw']);

    for (const name of ['archive/data.qcow2', 'archive/thin.raw', 'disks/relative', 'disks/base.qcow2'])
      await succeeded(await call('DELETE', `/v1/volumes/${name}`));
  });

  it('is needed by a VM, running or not, its layers and its snapshots', async () => {
    const disk = '11111111-1111-4111-8111-111111111111';
    await succeeded(await call('POST', '/v1/volumes/disks', { name: 'base.qcow2', sizeBytes: 8 * mib }));
    await virsh(
      'vol-create-as',
      'disks',
      `${disk}.qcow2`,
      '8M',
      '--format',
      'qcow2',
      '--backing-vol',
      'base.qcow2',
      '--backing-vol-format',
      'qcow2',
    );
    const config = {
      slots: 1,
      ramsize: 128,
      overprovision: 10,
      has_network: false,
      volumes: [{ vid: disk }],
    };
    await call('POST', '/v1/pools/disks/refresh', {});
    await succeeded(await call('POST', '/v1/instances', { name: 'holder', config }));
    const users = [
      { kind: 'volume', name: `disks/${disk}.qcow2` },
      { kind: 'domain', name: 'holder' },
    ];
    expect(await volume('base.qcow2')).toMatchObject({ users });
    // While it runs: no copy, but more room.
    const place = `/v1/volumes/disks/${disk}.qcow2`;
    expect(await call('POST', `${place}/clone`, { targetName: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    expect((await fetch(`${daemon.http}${place}/content`)).status).toBe(409);
    expect(await call('POST', '/v1/pools/disks/stop', {})).toMatchObject({ status: 409 });
    await succeeded(await call('POST', `${place}/resize`, { sizeBytes: 12 * mib }));
    expect(await virsh('domblkinfo', 'holder', 'vda')).toContain(String(12 * mib));
    // Its plan has the size too: the next one is booked by it.
    expect(await virsh('dumpxml', 'holder', '--inactive')).toContain(`"sizeBytes":${12 * mib}`);
    expect(await call('POST', `${place}/move`, { targetPool: 'archive' })).toMatchObject({
      status: 409,
      body: { code: 'resource-in-use' },
    });
    await succeeded(await call('POST', '/v1/instances/holder/stop', { force: true }));
    expect(await call('DELETE', place)).toMatchObject({ status: 409, body: { code: 'resource-in-use' } });
    expect(await call('DELETE', '/v1/volumes/disks/base.qcow2')).toMatchObject({ status: 409 });
    await virsh('snapshot-create-as', 'holder', 'before');
    expect((await volume(`${disk}.qcow2`))['users']).toContainEqual({
      kind: 'snapshot',
      name: 'holder/before',
    });
    await virsh('snapshot-delete', 'holder', 'before');
    await succeeded(await call('DELETE', '/v1/instances/holder'));
    await succeeded(await call('DELETE', place));
    await succeeded(await call('DELETE', '/v1/volumes/disks/base.qcow2'));
  });

  it('is not half made when the disk gets full', async () => {
    await host.run('mkdir', ['-p', `${base}/small`]);
    await host.run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', `${base}/small`]);
    await succeeded(await call('POST', '/v1/pools', { name: 'small', dir: { path: `${base}/small` } }));
    const clone = (name: string, dry = false) =>
      call('POST', `/v1/volumes/disks/${name}/clone`, {
        targetName: 'copy',
        targetPool: 'small',
        validateOnly: dry,
      });
    // What surely does not fit is refused before.
    await succeeded(
      await call('POST', '/v1/volumes/disks', {
        name: 'big.raw',
        sizeBytes: 8 * mib,
        format: 'raw',
        preallocation: 'full',
      }),
    );
    expect(await clone('big.raw', true)).toMatchObject({ status: 507, body: { code: 'storage-full' } });
    expect(
      await call('POST', '/v1/volumes/small', {
        name: 'b',
        sizeBytes: 8 * mib,
        format: 'raw',
        preallocation: 'full',
      }),
    ).toMatchObject({
      status: 507,
    });
    // Compressed, it takes little; its copy is not compressed, and fills the disk half way.
    const plain = path.join(files, 'plain.raw');
    await writeFile(plain, Buffer.alloc(16 * mib, 'x'));
    const packed = path.join(host.directory, 'lib/images/protium-storage-test/disks/packed.qcow2');
    await execa('qemu-img', ['convert', '-c', '-O', 'qcow2', plain, packed]);
    await call('POST', '/v1/pools/disks/refresh', {});
    const { state, error } = await ended(await clone('packed.qcow2'));
    expect(state).toBe('OPERATION_STATE_FAILED');
    expect(error).toMatchObject({ code: 'storage-full', leftBehind: [] });
    expect(await names('small')).toEqual([]);
    expect((await host.run('ls', ['-A', `${base}/small`])).stdout).toBe('');
    for (const name of ['big.raw', 'packed.qcow2'])
      await succeeded(await call('DELETE', `/v1/volumes/disks/${name}`));
    await succeeded(await call('DELETE', '/v1/pools/small'));
  });
});

describe('content', () => {
  it('is taken in as it is, and given back, in whole or in part', async () => {
    const content = await readFile(await qcow2('good.qcow2'));
    const { result } = await succeeded(await put('/v1/volumes/disks/good/content', content));
    expect(result).toMatchObject({
      format: 'qcow2',
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    });
    expect(await volume('good')).toMatchObject({ format: 'qcow2', capacityBytes: String(8 * mib) });
    const whole = await fetch(`${daemon.http}/v1/volumes/disks/good/content`);
    expect(whole.headers.get('content-length')).toBe(String(content.length));
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(content);
    const part = await fetch(`${daemon.http}/v1/volumes/disks/good/content`, {
      headers: { Range: 'bytes=2-9' },
    });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 2-9/${content.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(2, 10));
    expect(await put('/v1/volumes/disks/good/content', content)).toMatchObject({ status: 409 });
    await succeeded(await call('DELETE', '/v1/volumes/disks/good'));
  });

  it('that lies, or would read other files, is refused', async () => {
    const refused = async (content: Uint8Array, query = '') => {
      const answer = await put(`/v1/volumes/disks/bad/content${query}`, content);
      return answer.status === 202 ? (await ended(answer)).error?.code : answer.body['code'];
    };
    const layer = await qcow2('layer.qcow2', '-b', '/etc/passwd', '-F', 'raw');
    expect(await refused(await readFile(layer))).toBe('image-refused');
    expect(await refused(await readFile(layer), '?format=raw')).toBe('image-refused');
    expect(await refused(randomBytes(4096))).toBe('image-refused');
    expect(await refused(randomBytes(4096), '?format=exe')).toBe('argument-invalid');
    expect(await names('disks')).toEqual([]);
  });
});

it('the command line does the same', async () => {
  const protium = async (...args: string[]) => {
    const run = await runCli(daemon.grpc, args);
    expect(run).toMatchObject({ exitCode: 0 });
    return run.stdout;
  };
  expect(await protium('pool', 'list', '-o', 'name')).toContain('disks');
  expect(await protium('volume', 'create', 'disks/cli.qcow2', '--size', '8MiB')).toBe(
    'disks/cli.qcow2 is made',
  );
  expect(await protium('volume', 'clone', 'disks/cli.qcow2', 'disks/two', '--linked')).toBe(
    'disks/two is made',
  );
  expect(await protium('volume', 'get', 'disks/cli.qcow2')).toContain('volume disks/two');
  expect(await protium('volume', 'list', '--unused', '-o', 'name')).toContain('disks/two');
  expect(await protium('volume', 'resize', 'disks/two', '16MiB', '--dry-run')).toContain(
    'nothing was changed',
  );
  expect(await runCli(daemon.grpc, ['volume', 'delete', 'disks/cli.qcow2'])).toMatchObject({ exitCode: 4 });
  expect(await protium('volume', 'move', 'disks/two', 'archive', '--dry-run')).toContain(
    'nothing was changed',
  );
  expect(await protium('volume', 'move', 'disks/two', 'archive', '--name', 'moved')).toBe(
    'disks/two is now archive/moved',
  );
  expect(await protium('volume', 'delete', 'archive/moved', '-y')).toBe('archive/moved is deleted');
  expect(await protium('volume', 'delete', 'disks/cli.qcow2', '-y')).toBe('disks/cli.qcow2 is deleted');
  expect(
    await protium('network', 'create', 'cli-net', '--mode', 'isolated', '--subnet', '192.168.231.0/24'),
  ).toBe('cli-net is made');
  expect(await protium('network', 'get', 'cli-net')).toContain('192.168.231.1/24');
  expect(await protium('network', 'leases', 'cli-net', '-o', 'name')).toBe('');
  expect(await protium('network', 'update', 'cli-net', '--no-autostart')).toBe('cli-net is changed');
  expect(await protium('network', 'delete', 'cli-net', '-y')).toBe('cli-net is deleted');
  expect(await protium('port-forward', 'list', '-o', 'name')).toBe('');
  expect(await protium('pool', 'stop', 'disks')).toBe('disks is stopped');
  expect(await protium('pool', 'start', 'disks')).toBe('disks is started');
  expect(await protium('pool', 'delete', 'disks', '-y')).toBe('disks is deleted');
});
