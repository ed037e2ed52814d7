import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli, type CliRun } from './cli-process.ts';
import { lifecycleBench, type LifecycleBench } from './lifecycle-support.ts';

let at: LifecycleBench;

beforeAll(async () => {
  at = await lifecycleBench('protium-lifecycle-cli');
  await at.create('web', {
    slots: 1,
    ramsize: 128,
    overprovision: 10,
    has_network: false,
    volumes: [{ size_gb: 0.05 }],
  });
});

afterAll(async () => {
  await at.close();
});

const protium = (...args: string[]): Promise<CliRun> => runCli(at.daemon.grpc, args);
const said = async (...args: string[]): Promise<string> => {
  const run = await protium(...args);
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  return run.stdout;
};
const failed = async (...args: string[]): Promise<string> => {
  const { exitCode, stderr } = await protium(...args, '-o', 'json');
  expect(exitCode).not.toBe(0);
  return (JSON.parse(stderr) as { code: string }).code;
};

it('resizes, plugs and tells of it', async () => {
  expect(await said('resize', 'web', '--memory', '160MiB', '--dry-run')).toContain('nothing was changed');
  expect(await said('resize', 'web', '--memory', '160')).toContain('next start');
  expect(await said('get', 'web')).toMatch(/at next start +memory_mib: 128 -> 160/);
  expect(await failed('resize', 'web')).toBe('argument-invalid');
  expect(await failed('resize', 'web', '--memory', 'much')).toBe('usage');
  expect(await said('attach', 'network', 'web', 'default', '--mac', '52:54:00:00:11:22')).toBe(
    'web has 52:54:00:00:11:22',
  );
  expect(await said('attachments', 'web')).toMatch(/network +52:54:00:00:11:22 +default virtio +now/);
  expect(await said('attachments', 'web', '-o', 'name')).toBe('vda\n52:54:00:00:11:22');
  expect(await failed('detach', 'network', 'web', '52:54:00:00:11:22', '--timeout', '1')).toBe(
    'deadline-exceeded',
  );
  expect(await failed('attach', 'device', 'web', 'nonsense')).toBe('argument-invalid');
  expect(await failed('attach', 'volume', 'web', 'none')).toBe('not-found');
  expect(await said('resize-volume', 'web', 'vda', '64MiB')).toContain('67108864');
  await said('stop', 'web', '--force');
  expect(await said('detach', 'network', 'web', '52:54:00:00:11:22')).toContain('no more');
});

it('snapshots, saves and renames', async () => {
  expect(await said('snapshot', 'create', 'web', 'one', '--description', 'first')).toBe(
    'web has the snapshot one',
  );
  expect(await said('snapshot', 'list', 'web')).toMatch(/one +off +internal +yes +vda/);
  expect(await said('snapshot', 'get', 'web', 'one')).toMatch(/description +first/);
  expect(JSON.parse(await said('snapshot', 'list', 'web', '-o', 'json'))).toMatchObject({
    snapshots: [{ name: 'one', kind: 'internal' }],
  });
  expect(await said('snapshot', 'revert', 'web', 'one')).toBe('web is brought back to one');
  expect(await failed('snapshot', 'revert', 'web', 'two')).toBe('not-found');
  expect(await said('snapshot', 'delete', 'web', 'one', '--dry-run')).toContain('nothing was changed');
  expect(await said('complete', '--', 'snapshot', 'get', 'web', '')).toContain('one');
  expect(await said('snapshot', 'delete', 'web', 'one')).toContain('no more');
  expect(await said('rename', 'web', 'site')).toBe('web is called site');
  expect(await failed('rename', 'site', 'Site')).toBe('argument-invalid');
  await said('start', 'site');
  expect(await said('save', 'site')).toBe('site is saved');
  expect(await said('get', 'site')).toContain('its memory is on disk');
  await said('start', 'site', '--discard-saved');
  await said('delete', 'site');
  expect(await at.files()).toBe('');
});
