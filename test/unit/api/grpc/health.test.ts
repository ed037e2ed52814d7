import type { ClientReadableStream } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
  type HealthCheckResponse,
  type HealthListResponse,
} from '../../../../internal/api/grpc/generated/grpc/health/v1/health.ts';
import { healthService, type HealthSource } from '../../../../internal/api/grpc/health.ts';
import { answered, connect, refused, serve, silent } from './harness.ts';

/** A source that is told how things are. */
class Told implements HealthSource {
  readonly listeners = new Set<() => void>();
  #serving = true;

  serving(service: string): boolean {
    return service === 'always.Fine' || this.#serving;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(serving: boolean): void {
    this.#serving = serving;
    for (const listener of this.listeners) listener();
  }
}

async function health() {
  const source = new Told();
  const server = await serve([healthService(source, ['some.Service', 'always.Fine'], { log: silent })]);
  return { source, ...server, client: connect(HealthClient, server.address) };
}

/** Reads the messages of a stream one by one. */
function reader(stream: ClientReadableStream<HealthCheckResponse>): () => Promise<number> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<HealthCheckResponse>;
  return async () => {
    const next = await iterator.next();
    if (next.done === true) throw new Error('the stream has ended');
    return next.value.status;
  };
}

describe('Check', () => {
  it('tells of the server and of each service', async () => {
    const { client, source } = await health();
    const check = async (service: string) =>
      (await answered<HealthCheckResponse>((done) => client.check({ service }, done))).response.status;
    expect(await check('')).toBe(ServingStatus.SERVING);
    source.tell(false);
    expect(await check('')).toBe(ServingStatus.NOT_SERVING);
    expect(await check('some.Service')).toBe(ServingStatus.NOT_SERVING);
    expect(await check('always.Fine')).toBe(ServingStatus.SERVING);
  });

  it('answers NOT_FOUND for an unknown service', async () => {
    const { client } = await health();
    const error = await refused(answered((done) => client.check({ service: 'no.Such' }, done)));
    expect(error.code).toBe(5);
  });
});

describe('List', () => {
  it('tells of all', async () => {
    const { client, source } = await health();
    source.tell(false);
    const { response } = await answered<HealthListResponse>((done) => client.list({}, done));
    expect(response.statuses).toEqual({
      '': { status: ServingStatus.NOT_SERVING },
      'some.Service': { status: ServingStatus.NOT_SERVING },
      'always.Fine': { status: ServingStatus.SERVING },
    });
  });
});

describe('Watch', () => {
  it('tells the state at once and then each change, once', async () => {
    const { client, source } = await health();
    const stream = client.watch({ service: 'some.Service' });
    const next = reader(stream);
    expect(await next()).toBe(ServingStatus.SERVING);
    source.tell(true);
    source.tell(false);
    expect(await next()).toBe(ServingStatus.NOT_SERVING);
    source.tell(true);
    expect(await next()).toBe(ServingStatus.SERVING);
    stream.on('error', () => undefined).cancel();
  });

  it('answers SERVICE_UNKNOWN for an unknown service and stays open', async () => {
    const { client } = await health();
    const stream = client.watch({ service: 'no.Such' });
    expect(await reader(stream)()).toBe(ServingStatus.SERVICE_UNKNOWN);
    expect(stream.readableEnded).toBe(false);
    stream.on('error', () => undefined).cancel();
  });

  it('forgets a client that goes away', async () => {
    const { client, source, reports } = await health();
    const stream = client.watch({ service: '' });
    await reader(stream)();
    expect(source.listeners.size).toBe(1);
    stream.on('error', () => undefined).cancel();
    await expect.poll(() => source.listeners.size).toBe(0);
    expect(reports.map(({ code }) => code)).toEqual(['CANCELLED']);
  });
});
