import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../system/daemon.ts';
import { gpueaterBench, type BenchUser, type GpueaterBench } from './bench.ts';
import { clientHome, runClient, type ClientHome } from './node-client.ts';

let at: GpueaterBench;
let anna: BenchUser;
let berta: BenchUser;
let homes: readonly ClientHome[] = [];

beforeAll(async () => {
  at = await gpueaterBench();
  [anna, berta] = [await at.user('anna'), await at.user('berta')];
  homes = [await clientHome(anna.url, null), await clientHome(berta.url, null)];
});

afterAll(async () => {
  for (const home of homes) await home.remove();
  await at.close();
});

type Calls = Parameters<typeof runClient>[1];

/** What each call gave; `error` and `data` as the callback had them. */
const as = async (who: 'anna' | 'berta', calls: Calls) => {
  const home = homes[who === 'anna' ? 0 : 1];
  if (home === undefined) throw new Error('no home');
  const run = await runClient(home, calls);
  expect(run.exitCode, run.stderr).toBe(0);
  return run.answers;
};
/** Of routes that Node's client does not have. */
const post = async (route: string, form: Record<string, string>) => {
  const answer = await fetch(`${at.daemon.http}/console/servers/${route}`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${anna.email}:${anna.password}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return (await answer.json()) as { readonly data: unknown; readonly error: unknown };
};
const refused = { error: expect.stringMatching(/./) as string, data: null };

interface Shown {
  readonly name: string;
  readonly alias: string;
  readonly fingerprint: string;
  readonly status: string;
}
/** The user's images, once none is being made any more. */
const settledImages = async (transaction: unknown): Promise<readonly Shown[]> => {
  const { transaction_id } = transaction as { readonly transaction_id: string };
  await call(at.daemon, 'GET', `/v1/operations/${transaction_id}/wait?timeoutSeconds=60`);
  return (await as('anna', [['registered_image_list']]))[0]?.data as readonly Shown[];
};

it('an image is fetched, seen by its user only, and deleted', async () => {
  const disk = path.join(at.workspace.directory, 'disk.qcow2');
  await at.host.run('qemu-img', ['create', '-f', 'qcow2', disk, '8M']);
  const url = `file://${disk}`;
  const [begun, twice] = await as('anna', [
    ['import_image', { url, image_name: 'My image é' }],
    ['import_image', { url, image_name: 'My image é' }],
    ['image_list'],
  ]);
  expect(begun).toMatchObject({ error: null });
  expect(twice).toMatchObject(refused);
  const [image] = await settledImages(begun?.data);
  expect(image).toMatchObject({ name: 'My image é', status: 'READY' });
  const fingerprint = image?.fingerprint ?? '';
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const others = await as('berta', [
    ['registered_image_list'],
    ['image_list'],
    ['delete_image', { fingerprint }],
  ]);
  expect(others).toMatchObject([{ data: [] }, { data: {} }, refused]);
  const own = await as('anna', [
    ['image_list'],
    ['delete_image', { fingerprint }],
    ['registered_image_list'],
    ['delete_image', { fingerprint }],
  ]);
  expect(own).toMatchObject([
    { data: { [image?.alias ?? '']: { name: 'My image é', user_defined: true } } },
    { error: null },
    { data: [] },
    refused,
  ]);
});

it('an instance gives snapshots and an image, to its user only', async () => {
  const config = {
    slots: 1,
    ramsize: 128,
    overprovision: 10,
    has_network: false,
    volumes: [{ size_gb: 0.05 }],
  };
  const made = await call(at.daemon, 'POST', '/v1/instances', { name: 'of-anna', owner: anna.owner, config });
  const place = made.headers.get('location') ?? '';
  expect((await call(at.daemon, 'GET', `${place}/wait?timeoutSeconds=60`)).body).toMatchObject({
    operation: { state: 'OPERATION_STATE_SUCCEEDED' },
  });
  const instance_id = String(made.body['uuid']);
  expect(await as('anna', [['create_image', { instance_id, image_name: 'running' }]])).toMatchObject([
    { error: expect.stringMatching(/Shut it down first/) as string },
  ]);
  const stop = await call(at.daemon, 'POST', '/v1/instances/of-anna/stop', { force: true });
  await call(at.daemon, 'GET', `${stop.headers.get('location') ?? ''}/wait?timeoutSeconds=60`);

  const [taken] = await as('anna', [['snapshot_instance', { instance_id }]]);
  const { snapshot_id } = taken?.data as { readonly snapshot_id: string };
  expect(await post('take_snapshot', { instance_id, tag: 'second' })).toMatchObject({ error: null });
  expect(await post('change_snapshot_tag', { snapshot_id, tag: 'é <&>' })).toMatchObject({ error: null });
  const theirs = { instance_id, snapshot_id };
  expect(
    await as('berta', [
      ['snapshot_list', { instance_id }],
      ['snapshot_instance', { instance_id }],
      ['restore_from_snapshot', theirs],
      ['delete_snapshot', theirs],
      ['create_image', { instance_id, image_name: 'theirs' }],
    ]),
  ).toMatchObject([refused, refused, refused, refused, refused]);
  const listed = [
    { snapshot_id, instance_id, tag: 'é <&>' },
    { instance_id, tag: 'second' },
  ];
  const [list, restored, after] = await as('anna', [
    ['snapshot_list', { instance_id }],
    ['restore_from_snapshot', theirs],
    ['snapshot_list', { instance_id }],
  ]);
  expect(list).toMatchObject({ data: listed });
  expect(restored).toMatchObject({ error: null });
  expect(after).toMatchObject({ data: listed });
  // Without an id: the newest of the instance.
  expect(await post('delete_snapshot', { instance_id })).toMatchObject({ error: null });
  const [left] = await as('anna', [['snapshot_list', { instance_id }]]);
  expect(left).toMatchObject({ data: [listed[0]] });
  const gone = await as('anna', [
    ['delete_snapshot', { snapshot_id }],
    ['delete_snapshot', { snapshot_id }],
  ]);
  expect(gone).toMatchObject([{ error: null }, refused]);

  const [begun] = await as('anna', [
    ['create_image', { instance_id, image_name: 'of the disk', as_is: true }],
  ]);
  const images = await settledImages(begun?.data);
  expect(images).toMatchObject([{ name: 'of the disk', status: 'READY' }]);
  const { transaction_id } = begun?.data as { readonly transaction_id: string };
  const ended = { transaction_id, state: 'SUCCEEDED', progress: 100, error: null };
  expect(await as('anna', [['peak_transaction', { transaction_id }]])).toMatchObject([{ data: ended }]);
  expect(
    await as('berta', [
      ['peak_transaction', { transaction_id }],
      ['cancel_transaction', { transaction_id }],
    ]),
  ).toMatchObject([refused, refused]);
  const [image] = images;
  expect(
    await as('anna', [['delete_image', { fingerprint: image?.fingerprint }], ['registered_image_list']]),
  ).toMatchObject([{ error: null }, { data: [] }]);
  const removal = await call(at.daemon, 'DELETE', '/v1/instances/of-anna?purge=true');
  await call(at.daemon, 'GET', `${removal.headers.get('location') ?? ''}/wait?timeoutSeconds=60`);
});

it('api_list names what there is', async () => {
  const answer = await fetch(`${anna.url.replace(/\/\/.*@/, '//')}/console/servers/api_list`, {
    headers: { Authorization: `Basic ${Buffer.from(`${anna.email}:${anna.password}`).toString('base64')}` },
  });
  const { data } = (await answer.json()) as { readonly data: readonly { readonly name: string }[] };
  expect(data.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['api_list', 'ssh_key_list', 'copy_file']),
  );
});
