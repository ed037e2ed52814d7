import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import {
  CreateDomainRequest,
  CreateDomainResponse,
  ManagerServiceService,
} from '../../internal/api/grpc/generated/manager/manager.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';
import { startTraceCollector, type CollectedSpan } from './trace-collector.ts';

const name = 'QEmu-alpine-standard-x86_64';
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callersSpan}-01`;
const json = { 'Content-Type': 'application/json' };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest | undefined;

async function start(env: Readonly<Record<string, string>> = {}): Promise<DaemonUnderTest> {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env,
  });
  return daemon;
}

function createDomainByGrpc(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { path: method } = ManagerServiceService.createDomain;
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method,
      (request: CreateDomainRequest) => Buffer.from(CreateDomainRequest.encode(request).finish()),
      (answer: Buffer) => CreateDomainResponse.decode(answer),
      { pool: '', volume: '', domain: '' },
      metadata,
      (error, answer) => (error === null ? resolve(answer?.name ?? '') : reject(error)),
    );
  });
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
});
afterEach(async () => {
  await daemon?.end();
  const virsh = (...args: string[]) =>
    host.run('virsh', ['-c', 'qemu:///system', ...args], { reject: false });
  await virsh('destroy', name);
  await virsh('undefine', name, '--nvram');
  await virsh('pool-destroy', 'virtimages');
  await virsh('pool-undefine', 'virtimages');
  await virsh('net-destroy', 'default');
});
afterAll(() => workspace.remove());

describe('the log', () => {
  it('tells of each request by its id, and never its credentials', async () => {
    const served = await start();
    const { http, grpc, log } = served;
    const token = (await readFile(path.join(workspace.stateDirectory, 'admin-token'), 'utf8')).trim();
    const secrets = { Authorization: `Bearer ${token}`, Cookie: 'session=c2VjcmV0LXR3bw' };
    const given = await fetch(`${http}/domain`, {
      method: 'POST',
      headers: { ...json, ...secrets, 'X-Request-Id': 'id-from-a-client' },
      body: '{"pool":"none.xml"}',
    });
    expect(given.headers.get('x-request-id')).toBe('id-from-a-client');
    const made = await fetch(`${http}/domain?token=${token}`, {
      method: 'POST',
      headers: { ...secrets, 'X-Request-Id': 'not acceptable' },
    });
    const madeId = made.headers.get('x-request-id');
    expect(madeId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(
      createDomainByGrpc(grpc, {
        authorization: secrets.Authorization,
        cookie: secrets.Cookie,
        'x-request-id': 'id-by-grpc',
      }),
    ).resolves.toBe(name);
    expect(await served.end()).toBe(0);

    const withId = (id: string | null) => log.filter((line) => line['requestId'] === id);
    expect(withId('id-from-a-client')).toMatchObject([
      {
        level: 'info',
        method: 'POST',
        path: '/domain',
        status: 404,
        durationMs: expect.any(Number) as number,
        err: { code: 'file-not-found' },
      },
    ]);
    expect(withId(madeId)).toMatchObject([{ status: 415, err: { code: 'media-type-unsupported' } }]);
    expect(withId('id-by-grpc')).toMatchObject([
      { method: 'manager.ManagerService/CreateDomain', code: 'OK' },
    ]);
    expect(log.every((line) => typeof line['time'] === 'string' && typeof line['level'] === 'string')).toBe(
      true,
    );
    const text = JSON.stringify(log);
    for (const secret of [token, 'c2VjcmV0LXR3bw']) expect(text).not.toContain(secret);
  });
});

describe('/metrics', () => {
  it("has the original's names, summed over HTTP and gRPC, and ours", async () => {
    const served = await start();
    expect((await call(served, 'POST', '/domain', {})).status).toBe(200);
    expect(await createDomainByGrpc(served.grpc)).toBe(name);
    const run = { name: 'mean', owner: 'ann', datasets: ['d'], algorithms: ['a'] };
    expect((await call(served, 'POST', '/run', run)).status).toBe(200);
    const { text } = await call(served, 'GET', '/metrics');
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.slice(series.length + 1),
      );

    expect(value('manager_api_request_count{method="CreateDomain"}')).toBe(2);
    expect(value('manager_api_request_count{method="Run"}')).toBe(1);
    expect(value('manager_api_request_latency_microseconds_count{method="CreateDomain"}')).toBe(2);
    expect(value('manager_api_request_latency_microseconds_count{method="Run"}')).toBe(1);
    // A domain is not started within a millisecond: in seconds, as the original's were, this would be a small number.
    expect(value('manager_api_request_latency_microseconds_sum{method="CreateDomain"}')).toBeGreaterThan(
      1000,
    );
    const defined = '{call="domains.define",outcome="ok"}';
    expect(value(`protium_libvirt_call_duration_seconds_count${defined}`)).toBe(1);
    expect(text).toMatch(/^protium_operation_duration_seconds_count\{kind="[\w.-]+",state="succeeded"\} 1$/m);
    expect(
      value('protium_http_request_duration_seconds_count{route="/domain",method="POST",status="200"}'),
    ).toBe(1);
    const method = 'manager.ManagerService/CreateDomain';
    expect(value(`protium_grpc_call_duration_seconds_count{method="${method}",code="OK"}`)).toBe(1);
    expect(value('protium_domains{state="running"}')).toBe(1);
    expect(value('protium_event_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(value('protium_libvirt_connected')).toBe(1);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  });
});

describe('traces', () => {
  it("continue the caller's, hold the calls of libvirt, and are complete when the daemon ends", async () => {
    const collector = await startTraceCollector();
    onTestFinished(() => collector.stop());
    const served = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_SERVICE_NAME: 'protium-under-test',
    });
    const answer = await fetch(`${served.http}/domain`, {
      method: 'POST',
      headers: { ...json, traceparent },
      body: '{}',
    });
    expect(answer.status).toBe(200);
    const otherTrace = 'ffffffffffffffffffffffffffffffff';
    await createDomainByGrpc(served.grpc, { traceparent: `00-${otherTrace}-${callersSpan}-01` });
    await call(served, 'POST', '/domain', { pool: 'none.xml' });
    await call(served, 'GET', '/health');
    expect(await served.end()).toBe(0);

    expect([...collector.services]).toEqual(['/v1/traces protium-under-test']);
    const inTrace = (id: string) => collector.spans.filter((span) => span.traceId === id);
    const byId = new Map(collector.spans.map((span) => [span.spanId, span]));
    const ancestors = (span: CollectedSpan): string[] => {
      const parent = byId.get(span.parentSpanId ?? '');
      return parent === undefined ? [] : [parent.name, ...ancestors(parent)];
    };

    const request = inTrace(traceId).find((span) => span.name === 'HTTP POST');
    expect(request?.parentSpanId).toBe(callersSpan);
    for (const libvirtCall of ['libvirt domains.define', 'libvirt domains.create']) {
      const [span, ...more] = inTrace(traceId).filter((each) => each.name === libvirtCall);
      expect(more).toEqual([]);
      expect(span === undefined ? [] : ancestors(span)).toEqual(['create_domain', 'HTTP POST']);
    }
    expect(inTrace(otherTrace).find((span) => span.name === 'create_domain')?.parentSpanId).toBe(callersSpan);

    const failed = collector.spans.filter((span) => span.name === 'create_domain' && span.status.code === 2);
    expect(failed).toMatchObject([{ status: { message: expect.stringContaining('none.xml') as string } }]);
    // What the view reads is no part of a request, and what is asked for every few seconds is no trace.
    expect(
      collector.spans.filter((span) => span.parentSpanId === undefined).map((span) => span.name),
    ).toEqual(['HTTP POST']);
  });

  it.each([
    ['are refused', 400, /^tracing: .*Bad Request/],
    ['are not answered', null, /^tracing: the last spans could not be sent in time/],
  ])('that %s are told in the log, and the daemon ends as ever', async (_title, status, message) => {
    const collector = await startTraceCollector(status);
    onTestFinished(() => collector.stop());
    const served = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    expect((await call(served, 'GET', '/run')).status).toBe(200);
    expect(await served.end()).toBe(0);
    expect(served.log.filter(({ level }) => level === 'warn')).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(message) as string }),
    );
  });

  it.each([
    ['with an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
    ['without an endpoint', {}, false],
  ])('%s: is the SDK loaded?', async (_title, env, loaded) => {
    // At its end Node writes down every script that it has run.
    const directory = await mkdtemp(path.join(tmpdir(), 'protium-scripts-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const served = await start({ ...env, NODE_V8_COVERAGE: directory });
    expect((await call(served, 'POST', '/domain', { pool: 'none.xml' })).status).toBe(404);
    expect(await served.end()).toBe(0);
    const [file = ''] = await readdir(directory);
    const scripts = await readFile(path.join(directory, file), 'utf8');
    expect(scripts).toContain('/@opentelemetry/api/');
    expect(/\/@opentelemetry\/(?:sdk-|exporter-|resources|core)/.test(scripts)).toBe(loaded);
  });
});
