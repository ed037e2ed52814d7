import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { Client, credentials } from '@grpc/grpc-js';
import { InstancesServiceService } from '../../internal/api/grpc/generated/protium/v1/instances.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { call, type DaemonUnderTest, type JsonAnswer } from '../system/daemon.ts';
import { followEvents } from '../system/event-stream.ts';
import { httpLoad } from './http-load.ts';
import { onDaemon } from './on-daemon.ts';
import { median, percentile, short, timed } from './statistics.ts';
import { printTable, type Row } from './table.ts';

/** Guests without a system: what is measured is the way to them. */
const bare = { slots: 1, ramsize: 64, overprovision: 10, has_network: false };
const config = {
  ...bare,
  volumes: [{ image: 'bench', size_gb: 1 }],
  username: 'me',
  authentication: { password: 'a bench has no secrets' },
};

/** Instances by the native API, beside libvirt doing the same without us. */
export async function benchInstances(host: PrivateHost): Promise<void> {
  await onDaemon(host, async ({ daemon, client, directory }) => {
    await importImage(daemon, directory);
    const parts = { daemon, client, uri: host.uri, directory };
    const rows = [
      ...(await createRows(daemon, client)),
      ...(await parallelRows('without a disk', bare, parts)),
      ...(await parallelRows('from an image, with a seed', config, parts)),
      ...(await eventRows(daemon, client)),
      ...(await listRows(daemon, client)),
    ];
    printTable('Instances', rows);
  });
}

async function importImage(daemon: DaemonUnderTest, directory: string): Promise<void> {
  const file = path.join(directory, 'bench.qcow2');
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '64M']);
  await succeeded(
    daemon,
    await call(daemon, 'POST', '/v1/images', { name: 'bench', source: { kind: 'file', location: file } }),
  );
}

async function succeeded(daemon: DaemonUnderTest, answer: JsonAnswer): Promise<void> {
  if (answer.status !== 202) throw new Error(answer.text);
  const place = answer.headers.get('location') ?? '';
  const { text, body } = await call(daemon, 'GET', `${place}/wait?timeoutSeconds=300`);
  const { state } = body['operation'] as { state: string };
  if (state !== 'OPERATION_STATE_SUCCEEDED') throw new Error(text);
}

const create = async (daemon: DaemonUnderTest, name: string, of: object = config): Promise<void> =>
  succeeded(daemon, await call(daemon, 'POST', '/v1/instances', { name, config: of }));
const remove = async (daemon: DaemonUnderTest, name: string): Promise<void> =>
  succeeded(daemon, await call(daemon, 'DELETE', `/v1/instances/${name}`));

/** Stops it and leaves all that was made for it, its seed too; its document. */
async function stopped(client: LibvirtClient, name: string): Promise<string> {
  const domain = await client.domains.lookupByName(name);
  const xml = await client.domains.xml(domain, { inactive: true, secure: true });
  await client.domains.destroy(domain);
  return xml;
}

/** A creation by the daemon, and then the two calls of libvirt that make the same domain from what is there. */
async function createRows(daemon: DaemonUnderTest, client: LibvirtClient): Promise<Row[]> {
  // The first makes the pool too.
  await create(daemon, 'first');
  await remove(daemon, 'first');
  const [ours, direct]: [number[], number[]] = [[], []];
  for (let i = 0; i < 9; i += 1) {
    ours.push(...(await timed(1, () => create(daemon, 'one'))));
    const xml = await stopped(client, 'one');
    direct.push(
      ...(await timed(1, async () =>
        client.domains.create(await client.domains.define(xml, { validate: true })),
      )),
    );
    await remove(daemon, 'one');
  }
  const overhead = median(ours) - median(direct);
  return [
    { what: 'create from an image, with a seed, median of 9', value: `${short(median(ours))} ms` },
    {
      what: 'define and start of the same VM by the rpc driver, in turns',
      value: `${short(median(direct))} ms`,
    },
    {
      what: 'overhead of the creation',
      value: `${short(overhead)} ms`,
      target: '≤ 150 ms',
      met: overhead <= 150,
    },
  ];
}

const together = 20;

async function parallelRows(
  kind: string,
  of: object,
  parts: {
    readonly daemon: DaemonUnderTest;
    readonly client: LibvirtClient;
    readonly uri: string;
    readonly directory: string;
  },
): Promise<Row[]> {
  const { daemon, client, uri, directory } = parts;
  const names = Array.from({ length: together }, (_, index) => `many-${String(index + 1)}`);
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round += 1) {
    const [ours = NaN] = await timed(1, () => Promise.all(names.map((name) => create(daemon, name, of))));
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(directory, `${name}.xml`);
        await writeFile(file, await stopped(client, name));
        return [name, file] as const;
      }),
    );
    const [virsh = NaN] = await timed(1, () =>
      Promise.all(
        files.map(async ([name, file]) => {
          await execa('virsh', ['-q', '-c', uri, 'define', '--validate', file]);
          await execa('virsh', ['-q', '-c', uri, 'start', name]);
        }),
      ),
    );
    rates[0].push(together / (ours / 1000));
    rates[1].push(together / (virsh / 1000));
    await Promise.all(names.map((name) => remove(daemon, name)));
  }
  const [ours, virsh] = [median(rates[0]), median(rates[1])];
  return [
    {
      what: `${together} creations ${kind} at once, beside as many times virsh define and start at once, median of 3`,
      value: `${short(ours)}/s · virsh ${short(virsh)}/s; ${short(ours / virsh)} ×`,
      target: '≥ 0.9 ×',
      met: ours / virsh >= 0.9,
    },
  ];
}

/** From the event's arrival at a client of libvirt in this process to its arrival by the daemon's stream. */
async function eventRows(daemon: DaemonUnderTest, client: LibvirtClient): Promise<Row[]> {
  await create(daemon, 'watched');
  const domain = await client.domains.lookupByName('watched');
  const stream = await followEvents(daemon, '/v1/events?kinds=domain&object=watched');
  let told = 0;
  const stop = client.events.onEvent((event) => {
    if (event.kind === 'domain-lifecycle') told = performance.now();
  });
  await client.events.start();
  const lags: number[] = [];
  try {
    for (let i = 0; i < 300; i += 1) {
      const suspends = i % 2 === 0;
      const seen = stream.next(({ state }) => state === (suspends ? 'paused' : 'running'));
      await (suspends ? client.domains.suspend(domain) : client.domains.resume(domain));
      await seen;
      lags.push(performance.now() - told);
    }
  } finally {
    stop();
    stream.end();
  }
  await remove(daemon, 'watched');
  const p99 = percentile(lags, 99);
  return [
    {
      what: 'event from libvirt to a subscriber (SSE), after the same event at a client of libvirt',
      value: `p50 ${short(median(lags))} ms, p99 ${short(p99)} ms`,
      target: 'p99 ≤ 50 ms',
      met: p99 <= 50,
    },
  ];
}

/** One definition after the other is as quick as it gets: what is listed is what counts. */
async function listRows(daemon: DaemonUnderTest, client: LibvirtClient): Promise<Row[]> {
  const count = 1000;
  await create(daemon, 'pattern');
  const domain = await client.domains.lookupByName('pattern');
  const xml = await client.domains.xml(domain, { inactive: true, secure: true });
  await remove(daemon, 'pattern');
  for (let i = 0; i < count; i += 1) {
    const name = `listed-${String(i)}`;
    await client.domains.define(xml.replaceAll(domain.uuid, randomUUID()).replaceAll('pattern', name));
  }
  const listed = async () =>
    ((await call(daemon, 'GET', '/v1/instances?pageSize=1000')).body['instances'] as unknown[]).length;
  while ((await listed()) < count) await new Promise((resolve) => setTimeout(resolve, 100));
  const load = { method: 'GET', url: `${daemon.http}/v1/instances?pageSize=1000` };
  await httpLoad(load, 1, 50);
  const http = await httpLoad(load, 1, 300);
  const grpc = await grpcLists(daemon.grpc, 350);
  return [row('HTTP', http), row('gRPC', grpc.slice(50))];

  function row(face: string, samples: readonly number[]): Row {
    const p99 = percentile(samples, 99);
    return {
      what: `list of ${count} instances in one page, ${face}, 1 client`,
      value: `p50 ${short(median(samples))} ms, p99 ${short(p99)} ms`,
      target: 'p99 ≤ 25 ms',
      met: p99 <= 25,
    };
  }
}

/** What a client makes of the answer is no part of the figure, as over HTTP. */
const asBytes = (bytes: Buffer): Buffer => bytes;

async function grpcLists(address: string, count: number): Promise<number[]> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const { path: method, requestSerialize } = InstancesServiceService.listInstances;
  const request = { owner: '', states: [], tags: [], pageSize: 1000, pageToken: '' };
  const list = () =>
    new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(method, requestSerialize, asBytes, request, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  try {
    return await timed(count, list);
  } finally {
    client.close();
  }
}
