import { rm } from 'node:fs/promises';
import path from 'node:path';
import { connectSqlite } from '../../internal/store/sqlite.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { imagePool, makePool, pool, virshOn, type Bench } from './bench.ts';

/** What there is of each, and how it goes; in an order in which nothing is in use by what is left. */
const removals: readonly [
  list: string,
  key: string,
  remove: (found: Found) => [string, string, object?] | null,
][] = [
  [
    '/v1/provisions',
    'provisions',
    ({ id, state }) =>
      ['booking', 'waiting'].includes(state) ? ['POST', `/v1/provisions/${id}/cancel`, {}] : null,
  ],
  [
    '/v1/bookings',
    'bookings',
    ({ id, state }) =>
      state === 'used'
        ? null
        : ['POST', `/v1/bookings/${id}/cancel`, { user: 'alice', password: 'horse staple' }],
  ],
  [
    '/v1/leases',
    'leases',
    ({ id, state }) =>
      ['pending', 'active'].includes(state) ? ['POST', `/v1/leases/${id}/cancel`, {}] : null,
  ],
  ['/v1/subscriptions', 'subscriptions', ({ id }) => ['DELETE', `/v1/subscriptions/${id}`]],
  ['/v1/port-forwards', 'portForwards', ({ id }) => ['DELETE', `/v1/port-forwards/${id}`]],
  ['/v1/instances', 'instances', ({ uuid }) => ['DELETE', `/v1/instances/${uuid}`]],
  ['/v1/migrations', 'migrations', ({ instance }) => ['DELETE', `/v1/migrations/${instance}`]],
  ['/v1/images', 'images', ({ id }) => ['DELETE', `/v1/images/${id}`]],
  ['/v1/volumes', 'volumes', ({ pool: of, name }) => ['DELETE', `/v1/volumes/${of}/${name}`]],
  [
    '/v1/networks',
    'networks',
    ({ name }) => (name === 'default' ? null : ['DELETE', `/v1/networks/${name}`]),
  ],
  ['/v1/key-pairs', 'keyPairs', ({ name }) => ['DELETE', `/v1/key-pairs/${name}`]],
  [
    '/v1/projects',
    'projects',
    ({ name, personal }) => (personal === true ? null : ['DELETE', `/v1/projects/${name}`]),
  ],
  ['/v1/users', 'users', ({ name }) => (name === 'administrator' ? null : ['DELETE', `/v1/users/${name}`])],
];
type Found = Readonly<Record<'id' | 'uuid' | 'name' | 'pool' | 'instance' | 'state', string>> & {
  readonly personal?: boolean;
};

/** Everything that there is, by the daemon's own means. */
export async function removeAll(bench: Bench): Promise<void> {
  const { call, done, virsh, host, there } = bench;
  const { body: instances } = await call('GET', '/v1/instances');
  const ours = new Set((instances['instances'] as readonly Found[]).map(({ name }) => name));
  for (const name of (await virsh('list', '--all', '--name')).split('\n').filter(Boolean)) {
    if (ours.has(name)) continue;
    await virsh('destroy', name);
    await virsh('undefine', name);
    await host.run('rm', ['-f', `/var/log/libvirt/qemu/${name}.log`]);
  }
  for (const [list, key, remove] of removals) {
    const { body } = await call('GET', list);
    for (const found of (body[key] ?? []) as readonly Found[]) {
      const request = remove(found);
      // What went, or came to its end, with another one may be listed for a moment longer.
      if (request !== null) await done(...request).catch(ignoreAbsent);
    }
  }
  for (const name of (await virsh('pool-list', '--all', '--name')).split('\n').map((each) => each.trim())) {
    if (name === '' || name === pool || name === imagePool) continue;
    // Of a pool that is off nobody can tell what is in it.
    await call('POST', `/v1/pools/${name}/start`, {});
    await call('POST', `/v1/pools/${name}/refresh`, {});
    const { body } = await call('GET', `/v1/volumes?pool=${name}`);
    for (const volume of body['volumes'] as readonly Found[])
      await done('DELETE', `/v1/volumes/${name}/${volume.name}`);
    await done('DELETE', `/v1/pools/${name}`);
  }
  await removeArchives(bench);
  forgetBookings(bench);
  await removeMoved(there);
}

/** What was archived is the operator's, to keep elsewhere. */
async function removeArchives({ stateDirectory }: Bench): Promise<void> {
  await rm(path.join(stateDirectory, 'audit'), { recursive: true, force: true });
}

/** Who has registered stays so: nothing of the daemon's takes them away. */
function forgetBookings({ stateDirectory }: Bench): void {
  const database = connectSqlite(path.join(stateDirectory, 'protium.db'));
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('DELETE FROM booking; DELETE FROM booking_user; DELETE FROM booking_setting');
  database.close();
}

function ignoreAbsent(error: unknown): void {
  if (!/errors#(not-found|state-conflict)/.test(String(error))) throw error;
}

/** What has moved to a host is that host's to remove. */
async function removeMoved(there: PrivateHost): Promise<void> {
  const moved = (await virshOn(there, 'list', '--all', '--name')).split('\n').filter(Boolean);
  for (const name of moved) {
    await virshOn(there, 'destroy', name);
    await virshOn(there, 'undefine', name, '--nvram');
  }
  if (moved.length === 0) return;
  await there.run('bash', ['-c', `rm -f /var/lib/libvirt/images/${pool}/* /var/log/libvirt/qemu/*.log`]);
  await virshOn(there, 'pool-refresh', pool);
}

/** Everything that the daemon may have left on a host, by force. */
export async function wipeHost(host: PrivateHost): Promise<void> {
  const virsh = (...args: string[]) => virshOn(host, ...args);
  const names = async (...list: string[]) => (await virsh(...list)).split('\n').map((each) => each.trim());
  for (const name of await names('list', '--all', '--name')) {
    if (name === '') continue;
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram', '--managed-save', '--snapshots-metadata');
  }
  for (const name of await names('net-list', '--all', '--name')) {
    if (name === '' || name === 'default') continue;
    await virsh('net-destroy', name);
    await virsh('net-undefine', name);
  }
  for (const name of await names('pool-list', '--all', '--name')) {
    if (name === '') continue;
    await virsh('pool-destroy', name);
    await virsh('pool-undefine', name);
  }
  await host.run('bash', ['-c', 'rm -rf /var/lib/libvirt/images/* /var/log/libvirt/qemu/*']);
  const tables = (await host.run('nft', ['list', 'tables'])).stdout.match(/\S+ protium\S*/g) ?? [];
  for (const table of tables) await host.run('nft', ['delete', 'table', ...table.split(' ')]);
  for (const filter of await names('nwfilter-list')) {
    const [, name = ''] = filter.split(/\s+/);
    if (name.startsWith('protium-')) await virsh('nwfilter-undefine', name);
  }
  for (const made of [pool, imagePool]) await makePool(host, made);
  for (const [reserved] of (await virsh('net-dumpxml', '--inactive', 'default')).matchAll(/<host [^>]*\/>/g))
    await virsh('net-update', 'default', 'delete', 'ip-dhcp-host', reserved, '--config');
  await virsh('net-destroy', 'default');
  await virsh('net-start', 'default');
}
