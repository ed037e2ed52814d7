import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside } from './daemon-inside.ts';

/** What is held of storage, on a file system of which there is enough: 150 GiB that take no memory until they are written to. */
const wide = '/var/lib/libvirt/images/wide';
const pools = ['held', 'beside', 'held-images'] as const;
const gib = 2 ** 30;
const owner = 'a'.repeat(32);

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;

const virsh = (...args: string[]) => host.run('virsh', ['-q', '-c', 'qemu:///system', ...args]);
const call = (method: string, route: string, body?: object) => daemon.call(method, route, body);
const ended = async (answer: Awaited<ReturnType<typeof call>>): Promise<unknown> => {
  expect(answer.status).toBe(202);
  const place = String(answer.headers.location);
  return (await call('GET', `${place}/wait?timeoutSeconds=60`)).body['operation'];
};
const succeeded = { state: 'OPERATION_STATE_SUCCEEDED' };
const failed = {
  state: 'OPERATION_STATE_FAILED',
  error: { code: 'storage-full', message: expect.stringMatching(/held for subscriptions/) as string },
};
const refused = { status: 507, body: { code: 'storage-full' } };

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  await host.run('mkdir', ['-p', wide]);
  await host.run('mount', ['-t', 'tmpfs', '-o', 'size=150G', 'tmpfs', wide]);
  for (const pool of pools) {
    await virsh('pool-define-as', pool, 'dir', '--target', `${wide}/${pool}`);
    await virsh('pool-build', pool);
    await virsh('pool-start', pool);
  }
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: 'held',
    PROTIUM_STORAGE_DIRECTORY: `${wide}/held`,
    PROTIUM_IMAGE_POOL: 'held-images',
    PROTIUM_IMAGE_DIRECTORY: `${wide}/held-images`,
  });
  await vi.waitFor(async () => expect((await call('GET', '/v1/host')).status).toBe(200), 30_000);
});

afterAll(async () => {
  await daemon.end();
  for (const pool of pools) for (const change of ['pool-destroy', 'pool-undefine']) await virsh(change, pool);
  await host.run('umount', [wide]);
  await host.run('rmdir', [wide]);
  await workspace.remove();
});

it('it is not taken by volumes, copies, uploads, images or growth of others, in any pool of its file system', async () => {
  const small = { name: 'small', sizeBytes: String(gib) };
  const broad = { name: 'broad', sizeBytes: String(60 * gib) };
  for (const pool of ['held', 'beside']) {
    expect(await ended(await call('POST', `/v1/volumes/${pool}`, small))).toMatchObject(succeeded);
  }
  expect(await ended(await call('POST', '/v1/volumes/beside', broad))).toMatchObject(succeeded);
  const made = await call('POST', '/v1/subscriptions', { plan: 'storage-100gib', owner });
  expect(made.status).toBeLessThan(300);
  const { id } = made.body['subscription'] as { readonly id: string };
  // 150 GiB less 100 are there for all.
  for (const [route, body] of [
    ['held', { name: 'large', sizeBytes: String(60 * gib) }],
    ['beside', { name: 'large', sizeBytes: String(60 * gib), validateOnly: true }],
    ['held/small/resize', { sizeBytes: String(70 * gib) }],
    ['beside/small/resize', { sizeBytes: String(70 * gib), validateOnly: true }],
    ['beside/broad/clone', { targetName: 'copy', targetPool: 'held' }],
    ['beside/broad/move', { targetPool: 'held' }],
  ] as const) {
    expect(await call('POST', `/v1/volumes/${route}`, body), route).toMatchObject(refused);
  }
  // The key may have been used before: the operation looks itself.
  const keyed = { ...broad, name: 'keyed', idempotencyKey: 'k' };
  expect(await ended(await call('POST', '/v1/volumes/beside', keyed))).toMatchObject(failed);
  expect((await virsh('vol-list', 'beside')).stdout).not.toContain('keyed');
  expect((await virsh('vol-list', 'held')).stdout).not.toMatch(/large|copy|broad/);

  // A small file of a disk that may become large.
  const file = `${workspace.directory}/wide.qcow2`;
  await host.run('qemu-img', ['create', '-q', '-f', 'qcow2', file, '80G']);
  const upload = await host.run('curl', [
    ...['-s', '-i', '-X', 'PUT', '--data-binary', `@${file}`, '-H', 'Content-Type: application/octet-stream'],
    'http://127.0.0.1:9021/v1/volumes/beside/uploaded/content',
  ]);
  const place = /location: (\S+)/i.exec(upload.stdout)?.[1];
  expect(place, upload.stdout).toMatch(/^\/v1\/operations\/[0-9a-f-]{36}$/);
  expect((await call('GET', `${place}/wait?timeoutSeconds=60`)).body['operation']).toMatchObject(failed);
  // What is no larger than what is left is taken.
  expect(
    await ended(await call('POST', '/v1/volumes/beside', { name: 'fits', sizeBytes: String(40 * gib) })),
  ).toMatchObject(succeeded);

  expect((await call('DELETE', `/v1/subscriptions/${id}`)).status).toBe(200);
  expect(await ended(await call('POST', '/v1/volumes/beside', { ...broad, name: 'after' }))).toMatchObject(
    succeeded,
  );
});
