import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { createWorkspace, startDaemonProcess, type DaemonUnderTest } from '../system/daemon.ts';
import { statusRows } from './atomos.ts';
import { httpLoad } from './http-load.ts';
import { defineDomains } from './domains.ts';
import { median, percentile, short, timed } from './statistics.ts';
import { printTable, type Row } from './table.ts';

const documents = JSON.stringify({ pool: 'xml/pool.xml', volume: 'xml/vol.xml', domain: 'xml/dom.xml' });
const name = 'QEmu-alpine-standard-x86_64';

/** The daemon as its users meet it, built, in a process of its own. */
export async function benchDaemon(host: PrivateHost): Promise<void> {
  const workspace = await createWorkspace();
  const start = () =>
    startDaemonProcess({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
      env: { PROTIUM_LOG_LEVEL: 'info' },
    });
  const client = createRpcClient({ uri: host.uri });
  try {
    const startTimes: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const started = performance.now();
      const daemon = await start();
      startTimes.push(performance.now() - started);
      await daemon.end();
    }
    const rows: Row[] = [
      {
        what: 'start of `node` to serving, median of 5',
        value: `${short(median(startTimes))} ms`,
        target: '≤ 1000 ms',
        met: median(startTimes) <= 1000,
      },
    ];
    const daemon = await start();
    try {
      rows.push(...(await createRows(daemon, client)), ...(await repeatRows(daemon)));
      await defineDomains(client, 1000);
      rows.push(...(await thousandRows(daemon, start)));
    } finally {
      await daemon.end();
    }
    printTable('The daemon', rows);
  } finally {
    await client.close();
    await workspace.remove();
  }
}

/** A creation by the daemon, in turns with the two calls of libvirt that make the same VM: define and start. */
async function createRows(daemon: DaemonUnderTest, client: LibvirtClient): Promise<Row[]> {
  const post = () => httpLoad({ method: 'POST', url: `${daemon.http}/domain`, body: documents }, 1, 1);
  const remove = async () => {
    const domain = await client.domains.lookupByName(name);
    await client.domains.destroy(domain);
    await client.domains.undefine(domain);
  };
  // The first makes the pool, the volume and the network too.
  await post();
  const xml = await client.domains.xml(await client.domains.lookupByName(name), { inactive: true });
  const [posted, direct]: [number[], number[]] = [[], []];
  for (let i = 0; i < 9; i += 1) {
    await remove();
    direct.push(
      ...(await timed(1, async () =>
        client.domains.create(await client.domains.define(xml, { validate: true })),
      )),
    );
    await remove();
    posted.push(...(await post()));
  }
  const overhead = median(posted) - median(direct);
  return [
    { what: 'create by POST /domain, median of 9', value: `${short(median(posted))} ms` },
    {
      what: 'define and start of the same VM by the rpc driver, in turns',
      value: `${short(median(direct))} ms`,
    },
    {
      what: 'overhead of the creation',
      value: `${short(overhead)} ms`,
      target: '≤ 50 ms',
      met: overhead <= 50,
    },
  ];
}

async function repeatRows(daemon: DaemonUnderTest): Promise<Row[]> {
  const rows: Row[] = [];
  for (const clients of [1, 16]) {
    const repeat = await httpLoad(
      { method: 'POST', url: `${daemon.http}/domain`, body: documents },
      clients,
      400,
    );
    rows.push({
      what: `POST /domain repeated, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      value: `p50 ${short(median(repeat))} ms, p99 ${short(percentile(repeat, 99))} ms`,
      ...(clients === 1 ? { target: 'p50 ≤ 10 ms', met: median(repeat) <= 10 } : {}),
    });
  }
  for (const clients of [1, 16]) {
    const started = performance.now();
    const health = await httpLoad({ method: 'GET', url: `${daemon.http}/health` }, clients, 3000);
    const rate = health.length / ((performance.now() - started) / 1000);
    rows.push({
      what: `GET /health, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      value: `p50 ${short(median(health))} ms, p99 ${short(percentile(health, 99))} ms, ${short(rate)}/s`,
    });
  }
  return rows;
}

async function thousandRows(running: DaemonUnderTest, start: () => Promise<DaemonUnderTest>): Promise<Row[]> {
  await running.end();
  const daemon = await start();
  try {
    const syncMs = await syncTime(daemon);
    const list = await httpLoad({ method: 'GET', url: `${daemon.http}/v1/domains` }, 1, 300);
    const rss =
      Number(
        /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${String(daemon.process.pid)}/status`, 'utf8'))?.[1],
      ) / 1024;
    return [
      {
        what: 'first full read of libvirt, 1000 domains',
        value: `${short(syncMs)} ms`,
        target: '≤ 2000 ms',
        met: syncMs <= 2000,
      },
      {
        what: 'GET /v1/domains, 1000 domains',
        value: `p50 ${short(median(list))} ms, p99 ${short(percentile(list, 99))} ms`,
        target: 'p99 ≤ 20 ms',
        met: percentile(list, 99) <= 20,
      },
      {
        what: 'resident memory, 1000 domains',
        value: `${short(rss)} MiB`,
        target: '≤ 150 MiB',
        met: rss <= 150,
      },
      ...(await statusRows(daemon.http, 1000)),
    ];
  } finally {
    await daemon.end();
  }
}

async function syncTime(daemon: DaemonUnderTest): Promise<number> {
  for (;;) {
    const entry = daemon.log.find(({ message }) => message === 'everything was read from libvirt');
    if (entry !== undefined) return Number(entry['ms']);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Name and version of what was measured with. */
export async function versions(host: PrivateHost): Promise<string> {
  const { stdout } = await host.run('virsh', ['-q', '-c', 'qemu:///system', 'version']);
  const { stdout: kernel } = await execa('uname', ['-sr']);
  return `node ${process.version} · ${kernel} · ${stdout.trim().split('\n').slice(1).join(' · ')}`;
}
