import { randomUUID } from 'node:crypto';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { call, type DaemonUnderTest } from '../system/daemon.ts';
import { httpLoad } from './http-load.ts';
import { median, percentile, short } from './statistics.ts';
import { onDaemon } from './on-daemon.ts';
import { printTable, type Row } from './table.ts';

const count = 200;
const config = {
  slots: 1,
  ramsize: 64,
  overprovision: 10,
  has_network: false,
  description: 'a tag of somebody',
  tags: ['flavor:c1.tiny', 'key:laptop'],
};

/** GPUEater's instance_list of a user with 200 instances: time, and size of each. */
export async function benchGpueater(host: PrivateHost): Promise<void> {
  await onDaemon(host, async ({ daemon, client }) => {
    printTable('GPUEater', await listRow(daemon, client));
  });
}

async function listRow(daemon: DaemonUnderTest, client: LibvirtClient): Promise<Row[]> {
  const key = (await call(daemon, 'POST', '/v1/access-keys', { user: 'bench' })).body as {
    readonly accessKey: { readonly id: string; readonly owner: string };
    readonly secret: string;
  };
  const { id, owner } = key.accessKey;
  await define(daemon, client, owner);
  const url = new URL('/console/servers/instance_list', daemon.http);
  const authorization = `Basic ${Buffer.from(`${id}:${key.secret}`).toString('base64')}`;
  const listed = async (): Promise<readonly object[]> => {
    const answer = await fetch(url, { headers: { authorization } });
    return ((await answer.json()) as { readonly data: readonly object[] }).data;
  };
  while ((await listed()).length < count) await new Promise((resolve) => setTimeout(resolve, 100));
  const largest = Math.max(...(await listed()).map((each) => JSON.stringify(each).length));
  url.username = id;
  url.password = key.secret;
  const load = { method: 'GET', url: url.href };
  await httpLoad(load, 1, 50);
  const samples = await httpLoad(load, 1, 500);
  const p99 = percentile(samples, 99);
  return [
    {
      what: `GPUEater's instance_list of ${count} instances, 1 client`,
      value: `p50 ${short(median(samples))} ms, p99 ${short(p99)} ms, at most ${largest} bytes each`,
      target: 'p99 ≤ 30 ms, ≤ 4096 bytes',
      met: p99 <= 30 && largest <= 4096,
    },
  ];
}

/** One is made, the others are like it. */
async function define(daemon: DaemonUnderTest, client: LibvirtClient, owner: string): Promise<void> {
  const name = 'rented-pattern';
  const begun = await call(daemon, 'POST', '/v1/instances', { name, owner, config });
  if (begun.status !== 202) throw new Error(begun.text);
  const place = begun.headers.get('location') ?? '';
  await call(daemon, 'GET', `${place}/wait?timeoutSeconds=60`);
  const domain = await client.domains.lookupByName(name);
  const xml = await client.domains.xml(domain, { inactive: true, secure: true });
  for (let i = 1; i < count; i += 1) {
    const copy = xml.replaceAll(domain.uuid, randomUUID()).replaceAll(name, `rented-${String(i)}`);
    await client.domains.define(copy);
  }
}
