import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDoor, type Door } from '../../../../internal/api/door/door.ts';
import { createFailedLogins } from '../../../../internal/api/door/failed-logins.ts';
import { createGrpcServer } from '../../../../internal/api/grpc/server.ts';
import { healthService } from '../../../../internal/api/grpc/health.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { HealthClient } from '../../../../internal/api/grpc/generated/grpc/health/v1/health.ts';
import {
  EventsServiceClient,
  WatchEventsRequest,
  type WatchEventsResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/events.ts';
import {
  KeyPairsServiceClient,
  type DeleteKeyPairResponse,
  type KeyPairsServiceServer,
  type ListKeyPairsResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import type { Caller } from '../../../../internal/identity/caller.ts';
import { wholeScope, type TokenScope } from '../../../../internal/identity/tokens/token-scope.ts';
import { createTokens } from '../../../../internal/identity/tokens/tokens.ts';
import { createUsers } from '../../../../internal/identity/users/users.ts';
import { v1Service } from '../../../../internal/api/v1/service.ts';
import { openFor } from '../../operations/fixture.ts';
import { answered, connect, refused, silent } from '../grpc/harness.ts';

async function serve({
  ownUid = null as number | null,
  most = 1000,
  door: given = null as Door | null,
} = {}) {
  const database = openFor(':memory:');
  const tokens = createTokens({ database });
  const users = createUsers({ database });
  const door = given ?? createDoor({ tokens, users, ownUid });
  const callers: Caller[] = [];
  const turnedAway: { method: string; from: string; code: string }[] = [];
  const never = () => {
    throw new Error('not asked');
  };
  const methods = {
    listKeyPairs: (_request: unknown, { caller }: { caller: Caller }) => {
      callers.push(caller);
      return { keyPairs: [], nextPageToken: '' };
    },
    deleteKeyPair: (_request: unknown, { caller }: { caller: Caller }) => {
      callers.push(caller);
      return { keyPair: undefined };
    },
    getKeyPair: never,
    createKeyPair: never,
    importKeyPair: never,
  };
  const keys = v1Service<KeyPairsServiceServer>(KeyPairsServiceClient, methods);
  const events = v1Service(EventsServiceClient, {
    watchEvents: async function* (_request: unknown, { caller }: { caller: Caller }) {
      callers.push(caller);
      yield await Promise.resolve({ event: undefined });
    },
  } as never);
  const server = createGrpcServer({
    services: [
      grpcService(keys, { log: silent }),
      grpcService(events, { log: silent }),
      healthService({ serving: () => true, onChange: () => () => undefined }, [], { log: silent }),
    ],
    log: silent,
    door: {
      door,
      failedLogins: createFailedLogins({ door, most, ownUid: null }),
      reads: new Set(['protium.v1.KeyPairsService/ListKeyPairs', 'protium.v1.EventsService/WatchEvents']),
      turnedAway: ({ method, address: from, error }) => {
        turnedAway.push({ method, from, code: error.code });
        return Promise.resolve();
      },
    },
  });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.stop(0));
  const address = `127.0.0.1:${port}`;
  const client = connect(KeyPairsServiceClient, address);
  const list = (metadata = new Metadata()) =>
    answered<ListKeyPairsResponse>((done) =>
      client.listKeyPairs({ pageSize: 0, pageToken: '', owner: '', name: '' } as never, metadata, done),
    );
  const remove = (metadata = new Metadata()) =>
    answered<DeleteKeyPairResponse>((done) => client.deleteKeyPair({ name: 'a' } as never, metadata, done));
  const token = (scope: TokenScope = wholeScope): string =>
    tokens.issue(
      users.get('administrator'),
      { description: '', scope, expiresAt: null },
      { validateOnly: false, idempotencyKey: '' },
    )?.text ?? '';
  return { address, callers, turnedAway, list, remove, token };
}

function bearer(text: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${text}`);
  return metadata;
}

const code = ({ metadata }: ServiceError): unknown => metadata.get('protium-error-code')[0];
const ownUid = process.getuid?.() ?? -1;
const page = (): Metadata => {
  const metadata = new Metadata();
  metadata.set('origin', 'http://localhost');
  return metadata;
};

it('a local program of the daemon’s user is the administrator', async () => {
  const { list, callers } = await serve({ ownUid });
  await list();
  await list();
  expect(callers).toHaveLength(2);
  expect(callers[0]).toMatchObject({ way: 'local', administrator: true });
  expect(callers[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/);
});

it('what may be a browser needs a token', async () => {
  const { list, callers, turnedAway } = await serve({ ownUid });
  const error = await refused(list(page()));
  expect([error.code, code(error)]).toEqual([status.UNAUTHENTICATED, 'unauthenticated']);
  expect(error.details).toMatch(/protium token create/);
  expect(callers).toEqual([]);
  const from = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string;
  expect(turnedAway).toEqual([
    { method: 'protium.v1.KeyPairsService/ListKeyPairs', from, code: 'unauthenticated' },
  ]);
});

it('a stream is refused before its handler begins', async () => {
  const { address, callers } = await serve();
  const stream = connect(EventsServiceClient, address).watchEvents(
    WatchEventsRequest.fromPartial({}),
    page(),
  );
  const error = await new Promise<ServiceError>((resolve) =>
    stream.on('error', resolve as (error: Error) => void),
  );
  expect(code(error)).toBe('unauthenticated');
  expect(callers).toEqual([]);
});

it('a stream with a token is served', async () => {
  const { address, callers, token } = await serve();
  const stream = connect(EventsServiceClient, address).watchEvents(
    WatchEventsRequest.fromPartial({}),
    bearer(token()),
  );
  const received: WatchEventsResponse[] = [];
  for await (const each of stream) received.push(each as WatchEventsResponse);
  expect(received).toHaveLength(1);
  expect(callers[0]).toMatchObject({ way: 'token', user: 'administrator' });
});

describe('a token', () => {
  it('lets in; a wrong one, two in one and other text do not', async () => {
    const { list, token, callers } = await serve({ ownUid });
    const right = token();
    await list(bearer(right));
    expect(callers[0]).toMatchObject({ way: 'token', administrator: true });
    const basic = new Metadata();
    basic.set('authorization', 'Basic cm9vdDpyb290');
    for (const metadata of [bearer(`${right}x`), bearer(`${right}, Bearer ${right}`), bearer('x'), basic]) {
      const error = await refused(list(metadata));
      expect([error.code, code(error)]).toEqual([status.UNAUTHENTICATED, 'credentials-wrong']);
    }
    expect(callers).toHaveLength(1);
  });

  it('for reads changes nothing, and one for metrics does nothing', async () => {
    const { list, remove, token } = await serve();
    const reads = bearer(token({ use: 'reads', projects: null }));
    await list(reads);
    expect(code(await refused(remove(reads)))).toBe('access-denied');
    expect(code(await refused(list(bearer(token({ use: 'metrics', projects: null })))))).toBe(
      'access-denied',
    );
  });

  it('wrong ones are too many at last', async () => {
    const { list } = await serve({ most: 2 });
    const codes: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const metadata = page();
      metadata.set('authorization', `Bearer pt_${'0'.repeat(16)}_${'A'.repeat(43)}`);
      codes.push(code(await refused(list(metadata))));
    }
    expect(codes).toEqual(['credentials-wrong', 'credentials-wrong', 'too-many-attempts']);
  });
});

it('anybody may ask how the daemon is', async () => {
  const { address } = await serve();
  const client = connect(HealthClient, address);
  const { response } = await answered((done) => client.check({ service: '' }, page(), done));
  expect(response).toMatchObject({ status: 1 });
});

it('a fault of the door lets nobody in', async () => {
  const broken: Door = {
    admit: () => {
      throw new TypeError('a secret of the code');
    },
    localProgram: () => 0,
    callerFor: () => {
      throw new Error('not asked');
    },
  };
  const { list, callers } = await serve({ door: broken });
  const error = await refused(list());
  expect(error.code).toBe(status.INTERNAL);
  expect(error.details).not.toContain('secret');
  const late = await serve({ door: { ...broken, admit: () => Promise.reject(new TypeError('late')) } });
  expect((await refused(late.list())).code).toBe(status.INTERNAL);
  expect([...callers, ...late.callers]).toEqual([]);
});
