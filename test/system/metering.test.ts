import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { runCli } from './cli-process.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const pool = 'protium-metering';
const owner = 'c'.repeat(32);
/** As the flavor of that name asks for. */
const config = {
  ...{ slots: 1, allowSMT: true, overprovision: 4, ramsize: 128, has_network: false },
  ...{ volumes: [{ size_gb: 0.1 }], tags: ['flavor:t1.tiny'] },
};

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
/** Of the flavor t1.large: two of them do not fit. */
let largeMib = 0;

interface UsageRecord {
  readonly id: string;
  readonly instance: string;
  readonly pricePerHour: number;
  readonly startTime: string;
  readonly endTime?: string;
  readonly seconds: string;
}

const virsh = (...args: string[]) =>
  host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false });
const usage = async (): Promise<readonly UsageRecord[]> =>
  (await call(daemon, 'GET', `/v1/usage?owner=${owner}`)).body['records'] as readonly UsageRecord[];

async function start(): Promise<void> {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
      PROTIUM_FLAVORS: path.join(workspace.directory, 'flavors.json'),
    },
  });
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/v1/host')).status).toBe(200);
  }, 30_000);
}

/** Makes an instance, or tries to, and resolves with its uuid, or with why not. */
async function create(name: string, more: object = {}): Promise<string> {
  const begun = await call(daemon, 'POST', '/v1/instances', { name, owner, config, ...more });
  if (begun.status !== 202) return begun.text;
  const { body } = await call(
    daemon,
    'GET',
    `${begun.headers.get('location') ?? ''}/wait?timeoutSeconds=100`,
  );
  expect(body['operation'], JSON.stringify(body)).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
  return String(begun.body['uuid']);
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  const flavors = path.join(workspace.directory, 'flavors.json');
  const tiny = { name: 't1.tiny', vcpus: 1, memoryMib: 128, pricePerHour: 3600 };
  await writeFile(flavors, JSON.stringify({ add: [tiny] }));
  await start();
  const { body } = await call(daemon, 'GET', '/v1/host');
  const { freeMib } = (body['usage'] as { memory: { freeMib: number } }).memory;
  largeMib = Math.floor(freeMib * 0.6);
  await writeFile(
    flavors,
    JSON.stringify({ add: [tiny, { name: 't1.large', vcpus: 1, memoryMib: largeMib }] }),
  );
});

afterAll(async () => {
  for (const name of ['metered', 'cut-off']) {
    await virsh('destroy', name);
    await virsh('undefine', '--nvram', name);
  }
  await daemon.end();
  for (const change of ['pool-destroy', 'pool-undefine']) await virsh(change, pool);
  await workspace.remove();
});

describe('what runs is recorded', () => {
  it('from its start to its stop, over a daemon that is killed', async () => {
    const instance = await create('metered');
    const began = Date.now();
    await vi.waitFor(async () => {
      expect(await usage()).toMatchObject([{ instance, pricePerHour: 3600 }]);
    }, 10_000);
    const [first] = await usage();
    await daemon.end('SIGKILL');
    await start();
    await vi.waitFor(async () => {
      const [goesOn] = await usage();
      expect(goesOn?.id).toBe(first?.id);
      expect(goesOn?.endTime).toBeUndefined();
      expect(Number(goesOn?.seconds)).toBeGreaterThanOrEqual(2);
    }, 10_000);
    await virsh('destroy', 'metered');
    const ended = Date.now();
    const [record] = await vi.waitFor(async () => {
      const found = await usage();
      expect(Date.parse(found[0]?.endTime ?? '')).toBeLessThanOrEqual(Date.now());
      return found;
    }, 10_000);
    const ran = (ended - began) / 1000;
    expect(Math.abs(Number(record?.seconds) - ran)).toBeLessThanOrEqual(3);
    const span = Date.parse(record?.endTime ?? '') - Date.parse(record?.startTime ?? '');
    expect(Math.floor(span / 1000)).toBe(Number(record?.seconds));

    const invoices = await call(daemon, 'GET', `/v1/invoices?owner=${owner}`);
    const [invoice] = invoices.body['invoices'] as readonly { id: string; total: number; closed?: boolean }[];
    // A unit of money a second.
    expect(invoice?.total).toBe(Number(record?.seconds));
    const pdf = await fetch(`${daemon.http}/v1/invoices/${invoice?.id ?? ''}/pdf`);
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect((await pdf.text()).startsWith('%PDF-')).toBe(true);
    const listed = await runCli(daemon.grpc, ['usage', 'list', '--owner', owner, '-o', 'name']);
    expect(listed.stdout.trim()).toBe(record?.id);
  });

  it('but not after it was last seen, when it stopped while nobody looked', async () => {
    await create('cut-off');
    await vi.waitFor(async () => expect(await usage()).toHaveLength(2), 10_000);
    await daemon.end();
    const known = Date.now();
    await virsh('destroy', 'cut-off');
    await start();
    await vi.waitFor(async () => {
      const [record] = await usage();
      expect(Date.parse(record?.endTime ?? '')).toBeLessThanOrEqual(known);
    }, 10_000);
  });
});

describe('what is subscribed to', () => {
  it('is there for its owner alone, until that is over', async () => {
    const plans = (await call(daemon, 'GET', '/v1/subscription-plans')).body['plans'];
    expect(plans).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 't1.large', kind: 'flavor' })]),
    );
    const large = { config: { ...config, ramsize: largeMib }, validateOnly: true };
    expect((await call(daemon, 'POST', '/v1/instances', { name: 'large', owner, ...large })).status).toBe(
      200,
    );
    const made = await call(daemon, 'POST', '/v1/subscriptions', { plan: 't1.large', owner });
    expect(made.status, made.text).toBe(200);
    const { id } = made.body['subscription'] as { id: string };
    const claims = (await call(daemon, 'GET', '/v1/host')).body['claims'];
    expect(claims).toEqual(
      expect.arrayContaining([expect.objectContaining({ holder: id, kind: 'subscription' })]),
    );
    expect((await call(daemon, 'GET', '/statusjson')).text).not.toContain(id);

    expect(await create('large', large)).toContain('memory-taken');
    const on = await call(daemon, 'POST', '/v1/instances', {
      name: 'large',
      owner,
      ...large,
      subscription: id,
    });
    expect(on.status, on.text).toBe(200);
    expect((await call(daemon, 'POST', '/v1/subscriptions', { plan: 't1.large', owner })).status).toBe(422);
    const ended = await runCli(daemon.grpc, ['subscription', 'delete', id]);
    expect(ended.stdout).toBe(`${id} is ended`);
    expect((await call(daemon, 'POST', '/v1/instances', { name: 'large', owner, ...large })).status).toBe(
      200,
    );
  });
});
