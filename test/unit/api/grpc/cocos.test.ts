import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { CocosUseCases } from '../../../../internal/api/cocos-use-cases.ts';
import type { RequestContext } from '../../../../internal/api/request-context.ts';
import { cocosServices } from '../../../../internal/api/grpc/cocos.ts';
import { ManagerServiceClient } from '../../../../internal/api/grpc/generated/manager/manager.ts';
import {
  ManagerServiceClient as EarlyClient,
  RunRequest,
} from '../../../../internal/api/grpc/generated/manager_proto/manager.ts';
import type { RunInput } from '../../../../internal/computations/model.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { answered, connect, later, refused, serve, silent } from './harness.ts';

interface Seen {
  readonly runs: RunInput[];
  readonly contexts: RequestContext[];
}

const domain = { pool: 'p.xml', volume: 'v.xml', domain: 'd.xml' };

async function managers(useCases: Partial<CocosUseCases> = {}, emptyErrors = false) {
  const seen: Seen = { runs: [], contexts: [] };
  const all: CocosUseCases = {
    createDomain: (request, context) => {
      seen.contexts.push(context);
      return Promise.resolve({ name: `${request.pool} ${request.volume} ${request.domain}`, notices: [] });
    },
    run: (input, context) => {
      seen.runs.push(input);
      seen.contexts.push(context);
      return Promise.resolve({ id: 'the-id' });
    },
    ...useCases,
  };
  const server = await serve(cocosServices(all, { log: silent, emptyErrors }));
  return {
    ...server,
    seen,
    client: connect(ManagerServiceClient, server.address),
    early: connect(EarlyClient, server.address),
  };
}

describe.each(['client', 'early'] as const)('the service by the name of %s', (name) => {
  it('hands over the paths and answers with the name', async () => {
    const { [name]: client } = await managers();
    const { response } = await answered<{ name: string }>((done) => client.createDomain(domain, done));
    expect(response).toEqual({ name: 'p.xml v.xml d.xml' });
  });

  it('takes a blob', async () => {
    const { [name]: client, seen } = await managers();
    const request = RunRequest.fromPartial({ computation: Buffer.from('{"id":"1"}'), name: 'ignored' });
    const { response } = await answered<{ ID: string }>((done) => client.run(request, done));
    expect(response).toEqual({ ID: 'the-id' });
    expect(seen.runs).toEqual([{ form: 'blob', computation: Buffer.from('{"id":"1"}') }]);
  });

  it('takes the structured form', async () => {
    const { [name]: client, seen } = await managers();
    const request = RunRequest.fromPartial({
      name: 'n',
      description: 'd',
      status: 'ignored',
      owner: 'o',
      startTime: new Date(0),
      datasets: ['ds'],
      algorithms: ['a'],
      datasetProviders: ['dp'],
      algorithmProviders: ['ap'],
      ttl: 32,
      resultConsumers: ['rc'],
    });
    await answered((done) => client.run(request, done));
    expect(seen.runs).toEqual([
      {
        form: 'structured',
        ttlRequired: true,
        manifest: {
          name: 'n',
          description: 'd',
          owner: 'o',
          datasets: ['ds'],
          algorithms: ['a'],
          datasetProviders: ['dp'],
          algorithmProviders: ['ap'],
          resultConsumers: ['rc'],
          ttlSeconds: 32,
        },
      },
    ]);
  });
});

describe('answers', () => {
  it('tells the notices in the initial metadata, in ASCII', async () => {
    const notices = ['KVM is missing: 50% slower', 'Größe'];
    const { client } = await managers({ createDomain: () => Promise.resolve({ name: 'n', notices }) });
    const { initialMetadata } = await answered((done) => client.createDomain(domain, done));
    expect(initialMetadata.get('protium-notice').flatMap((value) => String(value).split(', '))).toEqual([
      'KVM is missing: 50%25 slower',
      'Gr%C3%B6%C3%9Fe',
    ]);
  });

  it('maps an error of the catalogue', async () => {
    const error = new ProtiumError('file-not-found', 'p.xml cannot be read.', { details: { path: 'p.xml' } });
    const { client } = await managers({ createDomain: () => Promise.reject(error) });
    const seen = await refused(answered((done) => client.createDomain(domain, done)));
    expect(seen).toMatchObject({ code: 5, details: 'p.xml cannot be read.' });
    expect(seen.metadata.get('protium-error-code')).toEqual(['file-not-found']);
  });

  it('gives errors as the original did, when told to', async () => {
    const error = new ProtiumError('file-not-found', 'p.xml cannot be read.');
    const { client } = await managers({ createDomain: () => Promise.reject(error) }, true);
    const seen = await refused(answered((done) => client.createDomain(domain, done)));
    expect(seen).toMatchObject({ code: 2, details: 'entity not found' });
    expect(seen.metadata.get('protium-error-code')).toEqual([]);
  });

  it('answers UNIMPLEMENTED to a method that there is not', async () => {
    const { client } = await managers();
    const outcome = answered((done) =>
      client.makeUnaryRequest(
        '/manager.ManagerService/CreateVm',
        (b: Buffer) => b,
        (b) => b,
        Buffer.alloc(0),
        done,
      ),
    );
    expect((await refused(outcome)).code).toBe(12);
  });
});

describe('the context', () => {
  it('has the request id of the client, and tells it in the answer', async () => {
    const { client, seen, reports } = await managers();
    const metadata = new Metadata();
    metadata.set('x-request-id', 'abc-1');
    const { initialMetadata } = await answered((done) => client.createDomain(domain, metadata, done));
    expect(seen.contexts[0]?.requestId).toBe('abc-1');
    expect(initialMetadata.get('x-request-id')).toEqual(['abc-1']);
    expect(reports[0]).toMatchObject({
      requestId: 'abc-1',
      method: 'manager.ManagerService/CreateDomain',
      code: 'OK',
    });
  });

  it('makes a request id where the client gives none, or one that is not well-formed', async () => {
    const { client, seen } = await managers();
    const metadata = new Metadata();
    metadata.set('x-request-id', 'two words');
    const first = await answered((done) => client.createDomain(domain, done));
    const second = await answered((done) => client.createDomain(domain, metadata, done));
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(seen.contexts[0]?.requestId).toMatch(uuid);
    expect(first.initialMetadata.get('x-request-id')).toEqual([seen.contexts[0]?.requestId]);
    expect(seen.contexts[1]?.requestId).toMatch(uuid);
    expect(second.initialMetadata.get('x-request-id')).toEqual([seen.contexts[1]?.requestId]);
  });

  it('tells the request id with an error too', async () => {
    const { client } = await managers({ run: () => Promise.reject(new ProtiumError('busy', 'wait')) });
    const error = await refused(answered((done) => client.run(RunRequest.fromPartial({}), done)));
    expect(error.metadata.get('x-request-id')).toHaveLength(1);
  });

  it('carries no deadline unless the client set one', async () => {
    const { client, seen } = await managers();
    await answered((done) => client.createDomain(domain, done));
    expect(seen.contexts[0]?.deadline).toBeUndefined();
    const deadline = new Date(Date.now() + 60_000);
    await answered((done) => client.createDomain(domain, new Metadata(), { deadline }, done));
    const seenDeadline = seen.contexts[1]?.deadline?.getTime() ?? 0;
    expect(Math.abs(seenDeadline - deadline.getTime())).toBeLessThan(30_000);
  });

  it('aborts the signal when the deadline passes, and reports it', async () => {
    const { client, reports, aborted } = await waiting();
    const deadline = new Date(Date.now() + 50);
    const error = await refused(
      answered((done) => client.createDomain(domain, new Metadata(), { deadline }, done)),
    );
    expect(error.code).toBe(4);
    expect(await aborted).toMatchObject({ code: 'deadline-exceeded' });
    expect(reports.map(({ code }) => code)).toEqual(['DEADLINE_EXCEEDED']);
  });

  it('aborts the signal when the client goes away', async () => {
    const { client, begun, reports, aborted } = await waiting();
    let cancel = (): void => undefined;
    const outcome = answered((done) => {
      const call = client.createDomain(domain, done);
      cancel = () => call.cancel();
      return call;
    });
    await begun;
    cancel();
    expect((await refused(outcome)).code).toBe(1);
    expect(await aborted).toMatchObject({ code: 'cancelled' });
    expect(reports.map(({ code }) => code)).toEqual(['CANCELLED']);
  });
});

/** Managers whose createDomain goes on until its signal is aborted; `aborted` is the reason. */
async function waiting() {
  const begun = later<undefined>();
  const aborted = later<unknown>();
  const all = await managers({
    createDomain: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.resolve(signal.reason);
          reject(new Error('gave up'));
        });
        begun.resolve(undefined);
      }),
  });
  return { ...all, begun: begun.promise, aborted: aborted.promise };
}
