import { credentials, status } from '@grpc/grpc-js';
import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
  type HealthCheckResponse,
} from '../../../../internal/api/grpc/generated/grpc/health/v1/health.ts';
import {
  ManagerServiceClient,
  RunRequest,
  type CreateDomainResponse,
} from '../../../../internal/api/grpc/generated/manager/manager.ts';
import { cocosServices } from '../../../../internal/api/grpc/cocos.ts';
import { healthService } from '../../../../internal/api/grpc/health.ts';
import { createGrpcServer } from '../../../../internal/api/grpc/server.ts';
import { openGrpcDoor } from '../door/open-door.ts';
import { answered, connect, later, refused, serve, silent } from './harness.ts';

const healthy = healthService({ serving: () => true, onChange: () => () => undefined }, [], { log: silent });

describe('listen', () => {
  it('serves several addresses', async () => {
    const { server, address } = await serve([healthy]);
    const second = `127.0.0.2:${await server.listen('127.0.0.2', 0)}`;
    for (const each of [address, second]) {
      const client = connect(HealthClient, each);
      const { response } = await answered<HealthCheckResponse>((done) => client.check({ service: '' }, done));
      expect(response.status).toBe(ServingStatus.SERVING);
    }
  });

  it('serves IPv6', async () => {
    const { server } = await serve([healthy]);
    const client = connect(HealthClient, `[::1]:${await server.listen('::1', 0)}`);
    const { response } = await answered<HealthCheckResponse>((done) => client.check({ service: '' }, done));
    expect(response.status).toBe(ServingStatus.SERVING);
  });

  it('rejects with the error of the system when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const taken = other.address();
    if (taken === null || typeof taken === 'string') throw new Error('no port');
    const { server } = await serve([]);
    await expect(server.listen('127.0.0.1', taken.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('TLS', () => {
  let directory: string;
  let server: { certificate: Buffer; key: Buffer };
  let client: { certificate: Buffer; key: Buffer };

  async function selfSigned(name: string): Promise<{ certificate: Buffer; key: Buffer }> {
    const [key, certificate] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)];
    await execa('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...[
        '-subj',
        `/CN=${name}`,
        '-addext',
        'subjectAltName=DNS:server.test',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
    ]);
    return { key: await readFile(key), certificate: await readFile(certificate) };
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'protium-tls-'));
    [server, client] = await Promise.all([selfSigned('server'), selfSigned('client')]);
  });
  afterAll(() => rm(directory, { recursive: true }));

  function check(address: string, ...own: [key?: Buffer, certificate?: Buffer]) {
    const trusted = credentials.createSsl(server.certificate, ...own);
    const health = new HealthClient(address, trusted, { 'grpc.ssl_target_name_override': 'server.test' });
    onTestFinished(() => health.close());
    return answered<HealthCheckResponse>((done) => health.check({ service: '' }, done));
  }

  it('serves with a certificate, and not in plaintext', async () => {
    const { server: grpc } = await serve([healthy]);
    const address = `127.0.0.1:${await grpc.listen('127.0.0.1', 0, server)}`;
    expect((await check(address)).response.status).toBe(ServingStatus.SERVING);
    const plain = connect(HealthClient, address);
    const error = await refused(answered((done) => plain.check({ service: '' }, done)));
    expect(error.code).toBe(status.UNAVAILABLE);
  });

  it('asks clients for a certificate; whom it lets in, the door says', async () => {
    const { server: grpc } = await serve([healthy]);
    const tls = { ...server, clientAuthorities: [client.certificate.toString()] };
    const address = `127.0.0.1:${await grpc.listen('127.0.0.1', 0, tls)}`;
    const known = await check(address, client.key, client.certificate);
    expect(known.response.status).toBe(ServingStatus.SERVING);
    expect((await check(address)).response.status).toBe(ServingStatus.SERVING);
  });
});

describe('limits', () => {
  it('refuses a request that is too large', async () => {
    const server = createGrpcServer({
      services: cocosServices(never(), { log: silent, emptyErrors: false }),
      log: silent,
      door: openGrpcDoor,
      maxMessageBytes: 1000,
    });
    const port = await server.listen('127.0.0.1', 0);
    onTestFinished(() => server.stop(0));
    const client = connect(ManagerServiceClient, `127.0.0.1:${port}`);
    const request = RunRequest.fromPartial({ computation: Buffer.alloc(1001) });
    const error = await refused(answered((done) => client.run(request, done)));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
  });
});

describe('stop', () => {
  it('ends an open stream with UNAVAILABLE', async () => {
    const { server, address } = await serve([healthy]);
    const watch = connect(HealthClient, address).watch({ service: '' });
    const ended = new Promise<unknown>((resolve) => watch.on('error', resolve));
    await new Promise((resolve) => watch.once('data', resolve));
    await server.stop(3_600_000);
    expect(await ended).toMatchObject({ code: status.UNAVAILABLE, details: 'The server is stopping.' });
  });

  it('waits for a unary call', async () => {
    const { server, address, begun, finish } = await slow();
    const client = connect(ManagerServiceClient, address);
    const outcome = answered<CreateDomainResponse>((done) => client.createDomain(nothing, done));
    await begun;
    const stopped = server.stop(3_600_000);
    finish({ name: 'late', notices: [] });
    expect((await outcome).response).toEqual({ name: 'late' });
    await stopped;
  });

  it('cuts a unary call off after the grace period', async () => {
    const { server, address, begun, aborted } = await slow();
    const client = connect(ManagerServiceClient, address);
    const outcome = refused(answered((done) => client.createDomain(nothing, done)));
    await begun;
    await server.stop(1);
    expect([status.UNAVAILABLE, status.CANCELLED]).toContain((await outcome).code);
    expect(await aborted).toMatchObject({ code: 'cancelled' });
  });
});

const nothing = { pool: '', volume: '', domain: '' };

function never() {
  const fail = () => Promise.reject(new Error('must not be called'));
  return { createDomain: fail, run: fail };
}

/** A server whose createDomain answers when it is told to. */
async function slow() {
  const begun = later<undefined>();
  const finished = later<{ name: string; notices: string[] }>();
  const aborted = later<unknown>();
  const useCases = {
    ...never(),
    createDomain: (_request: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason));
      begun.resolve(undefined);
      return finished.promise;
    },
  };
  const served = await serve(cocosServices(useCases, { log: silent, emptyErrors: false }));
  return { ...served, begun: begun.promise, finish: finished.resolve, aborted: aborted.promise };
}
