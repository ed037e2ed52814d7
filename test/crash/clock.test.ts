import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from '../system/daemon-inside.ts';

const pool = 'clock-vms';
const hour = 3_600_000;
const config = { slots: 1, ramsize: 64, overprovision: 10, has_network: false, volumes: [] };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let clock: string;

const call = (method: string, route: string, body?: unknown) => daemon.call(method, route, body);
const step = (milliseconds: number) => writeFile(clock, String(milliseconds));
const succeeded = async (answer: InsideAnswer): Promise<Record<string, unknown>> => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  const waited = await call('GET', `${answer.headers.location ?? ''}/wait?timeoutSeconds=60`);
  expect(waited.body).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED' } });
  return waited.body['operation'] as Record<string, unknown>;
};
const act = (action: string) => call('POST', `/v1/instances/vm/${action}`, {});

beforeAll(async () => {
  host = await startPrivateHost(`protium-clock-${process.pid}`);
  workspace = await createWorkspace();
  clock = path.join(path.dirname(workspace.directory), 'clock');
  await step(0);
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    NODE_OPTIONS: `--import=${pathToFileURL(path.join(import.meta.dirname, 'shift-clock.js')).href}`,
    PROTIUM_TEST_CLOCK: clock,
  });
  await vi.waitFor(async () => expect((await call('GET', '/v1/host')).status).toBe(200), 30_000);
  await succeeded(await call('POST', '/v1/instances', { name: 'vm', config }));
});

afterAll(async () => {
  await daemon.end();
  await host.down();
  await workspace.remove();
});

it('a clock that is set back leaves operations in the order in which they began', async () => {
  await step(-24 * hour);
  await succeeded(await act('suspend'));
  await succeeded(await act('resume'));
  const { body } = await call('GET', '/v1/operations');
  const kinds = (body['operations'] as { kind: string }[]).map(({ kind }) => kind);
  expect(kinds).toEqual(['instance.resume', 'instance.suspend', 'instance.register']);
  expect((await call('GET', '/metrics')).status).toBe(200);
});

it('what a VM is charged for is the time that it ran, however the clock steps', async () => {
  const began = performance.now();
  await step(400 * 24 * hour);
  await succeeded(await act('reset'));
  await step(0);
  await succeeded(await act('reset'));
  const { body } = await call('GET', '/v1/usage');
  const [record] = body['records'] as { seconds: string }[];
  expect(Number(record?.seconds)).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 1000) + 120);
});

it('a lease that lies in what is to come outlives a step that does not reach its end', async () => {
  await step(0);
  const startTime = new Date(Date.now() + 24 * hour).toISOString();
  const booked = await call('POST', '/v1/leases', {
    name: 'later',
    wish: { config },
    startTime,
    durationSeconds: '7200',
    holdOnly: true,
  });
  const [lease] = booked.body['leases'] as { id: string }[];
  for (const shift of [12 * hour, -12 * hour, 0]) {
    await step(shift);
    await succeeded(await act('reset'));
    const { body } = await call('GET', `/v1/leases/${lease?.id ?? ''}`);
    expect(body).toMatchObject({ lease: { state: expect.stringMatching(/PENDING$/i) as string } });
  }
  expect((await call('POST', `/v1/leases/${lease?.id ?? ''}/cancel`, {})).status).toBe(200);
});
