import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pool, twoHosts, type OneHost, type TwoHosts } from './two-hosts.ts';

let hosts: TwoHosts;
let here: OneHost;
let there: OneHost;

const bootId = async (on: OneHost, name: string): Promise<string> =>
  (await on.protium('exec', name, '--', 'cat', '/proc/sys/kernel/random/boot_id')).trim();
const stateOn = (on: OneHost, name: string): Promise<string> => on.virsh('domstate', name);
const operationOf = async (uuid: string): Promise<Record<string, unknown> | undefined> => {
  const { body } = await here.daemon.call(
    'GET',
    `/v1/operations?resource=instance/${uuid}&kind=instance.migrate`,
  );
  return (body['operations'] as readonly Record<string, unknown>[])[0];
};
const isUnderWay = async (uuid: string): Promise<void> => {
  await vi.waitFor(async () => {
    expect(await here.virsh('domjobinfo', uuid)).toMatch(/Data processed/);
  }, 60_000);
};

beforeAll(async () => {
  hosts = await twoHosts('mig');
  ({ here, there } = hosts);
});

afterAll(async () => {
  await hosts.remove();
});

it('the hosts of the configuration are told, with those that do not answer', async () => {
  const listed = await here.daemon.call('GET', '/v1/migration-targets');
  expect(listed.body).toMatchObject({
    targets: [
      { name: 'nowhere', reachable: false, problem: expect.any(String) as unknown },
      { name: 'other', reachable: true, disks: 'copied', hostname: there.host.name },
    ],
  });
  expect(await here.protium('migration', 'targets')).toMatch(/other .*reachable/);
  const doctor = await here.attempt('doctor', '-o', 'json');
  expect(doctor.stdout).toMatch(/"nowhere\\?" .*does not answer/);
});

it('a VM moves while it runs, and is here no more', async () => {
  const before = await here.traces();
  const uuid = await hosts.boot('mover');
  await here.protium('firewall', 'set', 'mover', '--drop', 'in:tcp:9999');
  await here.protium('network', 'reserve', 'default', 'mover');
  await here.protium('port-forward', 'open', 'mover', '80');
  await here.virsh('autostart', 'mover');
  const boot = await bootId(here, 'mover');
  const tried = await here.protium('migrate', 'mover', 'other', '--dry-run');
  expect(tried).toContain('nothing was changed');
  expect(await there.virsh('list', '--all', '--name')).toBe('');

  expect(await here.protium('migrate', 'mover', 'other')).toContain('mover is on other');

  expect(await stateOn(there, 'mover')).toBe('running');
  expect(await there.virsh('dominfo', 'mover')).toMatch(
    /Autostart:\s+enable[^]*Persistent:\s+yes|Persistent:\s+yes[^]*Autostart:\s+enable/,
  );
  expect(await here.traces()).toEqual(before);
  expect(await here.protium('port-forward', 'list')).not.toContain(uuid);
  // The other daemon finds it, with all that it is; the guest did not notice.
  await vi.waitFor(async () => {
    expect(await there.protium('list')).toMatch(/mover .*running/i);
  }, 30_000);
  expect(await bootId(there, 'mover')).toBe(boot);
  expect(await there.virsh('net-dumpxml', 'default', '--inactive')).toContain("name='mover'");
  const { body } = await here.daemon.call('GET', '/v1/migrations/mover');
  expect(body).toMatchObject({ migration: { instance: uuid, target: 'other', name: 'mover' } });
  expect((await here.protium('migration', 'list', '-o', 'name')).trim()).toBe(uuid);
  expect(await operationOf(uuid)).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
});

it('it comes back, and is then told as here', async () => {
  expect(await there.protium('migrate', 'mover', 'other')).toContain('mover is on other');
  await vi.waitFor(async () => {
    expect(await here.protium('list')).toMatch(/mover .*running/i);
  }, 30_000);
  expect(await here.protium('migration', 'list', '-o', 'name')).toBe('');
  expect(await there.virsh('list', '--all', '--name')).toBe('');
  await here.protium('delete', 'mover', '--yes');
});

it('what cannot move is refused, with the reason and the way that there is', async () => {
  const uuid = await hosts.boot('stuck');
  const before = await there.traces();
  const refused = async (host: string, ...args: string[]): Promise<string> => {
    const run = await here.attempt('migrate', 'stuck', host, ...args);
    expect(run.exitCode).not.toBe(0);
    return run.stderr;
  };
  expect(await refused('none')).toContain('There is no host "none" to move to');
  expect(await refused('nowhere')).toContain('reach the host "nowhere"');
  expect(await refused('other', '--offline')).toContain('It is not off');
  await here.protium('snapshot', 'create', 'stuck', 'first');
  expect(await refused('other')).toContain('It has snapshots (first)');
  await here.protium('snapshot', 'delete', 'stuck', 'first', '--yes');
  await there.virsh('net-destroy', 'default');
  expect(await refused('other')).toContain('The network "default" of "other" is not active');
  await there.virsh('net-start', 'default');
  await there.virsh('pool-destroy', pool);
  expect(await refused('other')).toContain(`The pool "${pool}" of "other" is not active`);
  await there.virsh('pool-start', pool);
  expect(await there.traces()).toEqual(before);
  expect(await stateOn(here, 'stuck')).toBe('running');
  expect(uuid).toMatch(/-/);
});

it('GPUEater’s live_migration moves what is its caller’s, and its transaction tells how far it is', async () => {
  const url = (await here.protium('gpueater', 'url', '--user', 'ann')).trim().replace('GPUEATER_URL=', '');
  const gpueater = async (...words: string[]): Promise<unknown> =>
    JSON.parse(await here.protium('gpueater', 'call', '--url', url, ...words, '-o', 'json'));
  const refused = async (...words: string[]): Promise<string> =>
    (await here.attempt('gpueater', 'call', '--url', url, ...words)).stderr;
  const keys = await here.daemon.call('GET', '/v1/access-keys?user=ann');
  const [{ owner = '' } = {}] = keys.body['accessKeys'] as { owner?: string }[];
  const uuid = await hosts.boot('rented', { owner });
  const boot = await bootId(here, 'rented');
  const id = `instance_id=${uuid}`;
  const stuck = await here.virsh('domuuid', 'stuck');
  expect(await refused('live_migration', `instance_id=${stuck}`, 'region_id=other')).toContain('no instance');
  expect(await refused('live_migration', id, 'region_id=mars')).toContain('no host "mars"');
  expect(await refused('live_migration', id)).toContain('region_id');

  const { transaction_id: transaction } = (await gpueater('live_migration', id, 'region_id=other')) as {
    transaction_id: string;
  };
  await vi.waitFor(async () => {
    expect(await gpueater('peak_transaction', `transaction_id=${transaction}`)).toMatchObject({
      state: 'SUCCEEDED',
      progress: 100,
    });
  }, 60_000);
  expect(await bootId(there, 'rented')).toBe(boot);
  expect(await gpueater('instance_list')).toMatchObject([
    { instance_id: uuid, region_id: 'other', state: 'MIGRATED' },
  ]);
  expect(await refused('stop_instance', id)).toContain('It went to the host "other"');
  await there.protium('delete', 'rented', '--yes');
});

it('a cancel leaves it running here, and nothing there', async () => {
  const before = await there.traces();
  await here.virsh('migrate-setspeed', 'stuck', '1');
  const boot = await bootId(here, 'stuck');
  const uuid = await here.virsh('domuuid', 'stuck');
  const begun = await here.daemon.call('POST', '/v1/instances/stuck/migrate', { target: 'other' });
  expect(begun.status).toBe(202);
  await isUnderWay(uuid);
  const id = String((await operationOf(uuid))?.['id']);
  await here.protium('operation', 'cancel', id);
  await vi.waitFor(async () => {
    expect(await operationOf(uuid)).toMatchObject({ state: 'OPERATION_STATE_CANCELLED' });
  }, 60_000);
  expect(await stateOn(here, 'stuck')).toBe('running');
  expect(await bootId(here, 'stuck')).toBe(boot);
  expect(await there.traces()).toEqual(before);
});

it('a daemon that is killed in the middle leaves it on one host', async () => {
  const before = await there.traces();
  const uuid = await here.virsh('domuuid', 'stuck');
  await here.daemon.call('POST', '/v1/instances/stuck/migrate', { target: 'other' });
  await isUnderWay(uuid);
  await here.restart();
  await vi.waitFor(async () => {
    expect(await operationOf(uuid)).toMatchObject({
      state: 'OPERATION_STATE_FAILED',
      error: { code: 'interrupted' },
    });
  }, 60_000);
  expect(await stateOn(here, 'stuck')).toBe('running');
  expect(await there.traces()).toEqual(before);
});

it('a host that dies in the middle leaves it running here', async () => {
  const before = await there.traces();
  const uuid = await here.virsh('domuuid', 'stuck');
  await here.daemon.call('POST', '/v1/instances/stuck/migrate', { target: 'other' });
  await isUnderWay(uuid);
  await there.host.killLibvirtd();
  await vi.waitFor(async () => {
    expect(await operationOf(uuid)).toMatchObject({ state: 'OPERATION_STATE_FAILED' });
  }, 100_000);
  expect(await stateOn(here, 'stuck')).toBe('running');
  await there.host.startLibvirtd();
  // What could not be taken back is, when the daemon looks again.
  await here.restart('SIGTERM');
  await vi.waitFor(async () => {
    expect(await there.traces()).toEqual(before);
  }, 60_000);
});

it('one that is off moves with its disks', async () => {
  const before = await here.traces();
  const uuid = await hosts.boot('parked', { off: true });
  expect((await here.attempt('migrate', 'parked', 'other')).stderr).toContain('It is off');
  expect(await here.protium('migrate', 'parked', 'other', '--offline')).toContain('parked is on other');
  expect(await here.traces()).toEqual(before);
  await vi.waitFor(async () => {
    expect(await there.protium('list')).toMatch(/parked .*(stopped|shutoff|off)/i);
  }, 30_000);
  await there.protium('start', 'parked');
  await vi.waitFor(async () => {
    expect(await bootId(there, 'parked')).toMatch(/-/);
  }, 100_000);
  const { body } = await here.daemon.call('GET', `/v1/migrations/${uuid}`);
  expect(body).toMatchObject({ migration: { offline: true } });
  await here.protium('migration', 'forget', 'parked');
  expect((await here.daemon.call('GET', `/v1/migrations/${uuid}`)).status).toBe(404);
});
