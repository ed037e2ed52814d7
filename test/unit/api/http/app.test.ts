import http from 'node:http';
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CocosUseCases, CreateDomainRequest } from '../../../../internal/api/cocos-use-cases.ts';
import { createHttpApp } from '../../../../internal/api/http/app.ts';
import type { Instances } from '../../../../internal/instances/instance.ts';
import type { RunInput } from '../../../../internal/computations/model.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { createLog } from '../../../../internal/observability/log.ts';
import { Metrics } from '../../../../internal/observability/metrics.ts';
import { noFailedLogins, openDoor } from '../door/open-door.ts';
import { nobody } from './gpueater/nobody.ts';
import { noObjects } from '../../authorization/no-objects.ts';
import { unowned } from '../../ownership/owners.ts';
import { noImages } from './no-images.ts';
import { noAudit } from '../../audit/no-audit.ts';
import { sleepingV1 } from './sleeping-v1.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const json = { 'Content-Type': 'application/json' };
const asked: CreateDomainRequest[] = [];
const runs: RunInput[] = [];
let createDomain: CocosUseCases['createDomain'];
let server: http.Server;

const noInstances: Instances = {
  check: () => Promise.reject(new Error('not asked')),
  register: () => Promise.reject(new Error('not asked')),
  unregister: () => Promise.reject(new Error('not asked')),
  begin: () => Promise.reject(new Error('not asked')),
  tryBegin: () => Promise.reject(new Error('not asked')),
  remove: () => Promise.reject(new Error('not asked')),
  tryRemove: () => Promise.reject(new Error('not asked')),
  list: () => [],
  get: () => undefined,
  uuidOfUnmade: () => undefined,
  reach: () => Promise.reject(new Error('not asked')),
  situation: () => {
    throw new ProtiumError('libvirt-unavailable', 'nothing was read');
  },
};

function listen(emptyErrors = false): Promise<void> {
  const metrics = new Metrics({
    domainsByState: () => new Map([['running', 2]]),
    eventLagMs: () => 0,
    connected: () => true,
  });
  const lists = { domains: [{ name: 'a', uuid: 'u' }], none: [] };
  const app = createHttpApp({
    log: createLog({ level: 'error', format: 'json' }).child({}, { level: 'silent' }),
    metrics,
    door: openDoor(),
    failedLogins: noFailedLogins,
    cocos: {
      emptyErrors,
      useCases: {
        createDomain: (request, context) => createDomain(request, context),
        run: (input) => {
          runs.push(input);
          return Promise.resolve({ id: 'ddd7df72-4fdd-47ed-ba8c-34a653824688' });
        },
      },
    },
    computations: {
      get: () => undefined,
      list: () => ({ computations: [], next: null }),
      remove: () => undefined,
    },
    atomos: { version: '0', instances: noInstances, objects: noObjects },
    examineHost: () => Promise.resolve([]),
    images: unowned(noImages),
    gpueater: nobody,
    audit: noAudit,
    v1: sleepingV1(),
    volumeContents: {
      upload: () => Promise.reject(new Error('asleep')),
      content: () => Promise.reject(new Error('asleep')),
    },
    inventory: {
      ownerOf: () => null,
      status: () => ({
        connected: true,
        connectedSince: null,
        ageMs: 0,
        lastSyncAt: '2026-01-01T00:00:00.000Z',
        lastSyncMs: 1,
        lastEventAt: null,
        eventLagMs: { now: 0, maxOfLastMinute: 0 },
        error: null,
        failures: [],
        revision: 1,
      }),
      domains: () => lists.domains as never,
      domain: () => undefined,
      nodeDevices: () => lists.none,
    },
    health: () => ({
      status: 'fail',
      version: '1',
      commit: 'c',
      description: 'manager service',
      build_time: 't',
      instance_id: 'i',
      checks: {},
    }),
  });
  server = http.createServer(app);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function request(
  method: string,
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const call = http.request(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

beforeEach(async () => {
  asked.length = 0;
  runs.length = 0;
  createDomain = (call) => {
    asked.push(call);
    return Promise.resolve({ name: 'QEmu-alpine-standard-x86_64', notices: [] });
  };
  await listen();
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
});

describe('POST /domain', () => {
  it('answers as the original did, to the byte', async () => {
    const answer = await request('POST', '/domain', json, '{"pool":"p","volume":"v","domain":"d"}');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBe('39');
    expect(answer.body).toBe('{"name":"QEmu-alpine-standard-x86_64"}\n');
    expect(asked).toEqual([{ pool: 'p', volume: 'v', domain: 'd' }]);
  });

  it.each(['{}', 'null', '{"pool":"","volume":null}', '{"unknown":1}', ' {} trailing garbage', '{}{}'])(
    'takes %j as the defaults',
    async (body) => {
      expect((await request('POST', '/domain', json, body)).status).toBe(200);
      expect(asked).toEqual([{ pool: '', volume: '', domain: '' }]);
    },
  );

  it('matches keys in any letter case', async () => {
    await request('POST', '/domain', json, '{"POOL":"x","Domain":"y"}');
    expect(asked).toEqual([{ pool: 'x', volume: '', domain: 'y' }]);
  });

  it.each(['', '{"pool":', '{pool:1}', '{"pool":1}', '[]', '"text"', '7', '\ufeff{}'])(
    'refuses %j with 400',
    async (body) => {
      const answer = await request('POST', '/domain', json, body);
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(answer.body)).toMatchObject({
        status: 400,
        code: 'request-malformed',
        retryable: false,
      });
      expect(asked).toEqual([]);
    },
  );

  it.each([undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'Application/JSON'])(
    'refuses the content type %j with 415',
    async (type) => {
      const answer = await request(
        'POST',
        '/domain',
        type === undefined ? {} : { 'Content-Type': type },
        '{',
      );
      expect(answer.status).toBe(415);
    },
  );

  it.each(['application/json; charset=utf-8', 'x-application/json-foo'])(
    'accepts the content type %j',
    async (type) => {
      expect((await request('POST', '/domain', { 'Content-Type': type }, '{}')).status).toBe(200);
    },
  );

  it('refuses a body over the limit, announced or not', async () => {
    const large = Buffer.alloc(10 * 1024 * 1024, 0x20);
    expect((await request('POST', '/domain', { ...json, 'Content-Length': large.length })).status).toBe(413);
    const chunked = await request(
      'POST',
      '/domain',
      { ...json, 'Transfer-Encoding': 'chunked' },
      large.subarray(0, 5e6),
    );
    expect(chunked.status).toBe(413);
  });

  it('tells what it changed in a header', async () => {
    createDomain = () => Promise.resolve({ name: 'x', notices: ['kvm → qemu'] });
    const answer = await request('POST', '/domain', json, '{}');
    expect(answer.headers['protium-notice']).toBe('kvm ? qemu');
  });

  it.each([
    ['file-not-found', 404],
    ['document-refused', 400],
    ['state-conflict', 400],
    ['libvirt-failed', 400],
    ['definition-conflict', 409],
    ['libvirt-unavailable', 503],
    ['path-forbidden', 403],
  ] as const)('answers %s with %i and a problem body', async (code, status) => {
    createDomain = () => Promise.reject(new ProtiumError(code, 'because', { details: { why: 'x' } }));
    const answer = await request('POST', '/domain', json, '{}');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ status, code, detail: 'because', details: { why: 'x' } });
  });

  it('hides what it did not expect', async () => {
    createDomain = () => Promise.reject(new Error('secret path'));
    const answer = await request('POST', '/domain', json, '{}');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('secret');
  });

  it('has empty error bodies when asked to be like the original', async () => {
    await new Promise((resolve) => server.close(resolve));
    await listen(true);
    const answer = await request('POST', '/domain', json, '[]');
    expect(answer).toMatchObject({ status: 400, body: '' });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBe('0');
    const large = await request('POST', '/domain', { ...json, 'Content-Length': 10 * 1024 * 1024 });
    expect(large).toMatchObject({ status: 413, body: '' });
    expect(large.headers.connection).toBe('close');
  });

  it('tells the use case when the client goes away', async () => {
    const aborted = new Promise<unknown>((resolve) => {
      createDomain = (_call, { signal }) => {
        signal.addEventListener('abort', () => {
          resolve(signal.reason);
        });
        client.destroy();
        return new Promise(() => undefined);
      };
    });
    const { port } = server.address() as AddressInfo;
    const client = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/domain',
      headers: json,
      agent: false,
    });
    client.on('error', () => undefined);
    client.end('{}');
    expect(await aborted).toMatchObject({ code: 'cancelled' });
  });
});

describe('POST /run', () => {
  it('reads the structured form', async () => {
    const body = {
      name: 'n',
      owner: 'o',
      datasets: ['d'],
      algorithms: ['a'],
      ttl: 5,
      Result_Consumers: ['c'],
    };
    const answer = await request('POST', '/run', json, JSON.stringify(body));
    expect(answer.body).toBe('{"id":"ddd7df72-4fdd-47ed-ba8c-34a653824688"}\n');
    expect(runs).toEqual([
      {
        form: 'structured',
        ttlRequired: false,
        manifest: {
          name: 'n',
          description: '',
          owner: 'o',
          datasets: ['d'],
          algorithms: ['a'],
          datasetProviders: [],
          algorithmProviders: [],
          resultConsumers: ['c'],
          ttlSeconds: 5,
        },
      },
    ]);
  });

  it.each([['"eyJpZCI6IjEifQ=="'], ['[123,34,105,100,34,58,34,49,34,125]']])(
    'reads the blob %s',
    async (blob) => {
      await request('POST', '/run', json, `{"computation":${blob}}`);
      expect(runs).toHaveLength(1);
      const [run] = runs;
      expect(run?.form === 'blob' && Buffer.from(run.computation).toString()).toBe('{"id":"1"}');
    },
  );

  it.each([
    '{"computation":[300]}',
    '{"computation":"x"}',
    '{"computation":{}}',
    '{"ttl":1.5}',
    '{"ttl":3e9}',
    '{"datasets":"a"}',
    '{"datasets":[1]}',
  ])('refuses %s', async (body) => {
    expect((await request('POST', '/run', json, body)).status).toBe(400);
    expect(runs).toEqual([]);
  });
});

describe('routing', () => {
  it.each(['/DOMAIN', '//domain', '/nothing', '/api'])('does not know %s', async (path) => {
    const answer = await request('POST', path, json, '{}');
    expect(answer).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    ['GET', '/domain'],
    ['PUT', '/domain'],
    ['DELETE', '/domain'],
    ['OPTIONS', '/domain'],
    ['POST', '/'],
    ['POST', '/health'],
    ['DELETE', '/v1/domains'],
  ])('has no %s %s', async (method, path) => {
    expect(await request(method, path)).toMatchObject({ status: 405, body: '' });
  });

  it('leads away from a trailing slash', async () => {
    const answer = await request('POST', '/domain/?a=b', json, '{}');
    expect(answer).toMatchObject({ status: 302, body: '' });
    expect(answer.headers.location).toBe('/domain?a=b');
  });

  it.each(['/\\elsewhere/', '//elsewhere/', 'http://elsewhere/domain/'])(
    'never leads elsewhere: %s',
    async (path) => {
      const answer = await request('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.headers.location).toBe(undefined);
    },
  );

  it('refuses a path that is not percent-encoded UTF-8', async () => {
    const answer = await request('GET', '/v1/operations/%ff');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request-malformed' });
  });

  it('ignores the query string', async () => {
    expect((await request('POST', '/domain?x=y', json, '{}')).status).toBe(200);
  });

  it('gives each request an id, the one it brings if it may', async () => {
    expect((await request('GET', '/health', { 'X-Request-Id': 'abc-1' })).headers['x-request-id']).toBe(
      'abc-1',
    );
    expect((await request('GET', '/health', { 'X-Request-Id': 'a b"' })).headers['x-request-id']).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });
});

describe('web pages of other sites', () => {
  it.each([
    [{ Origin: 'http://evil.example' }],
    [{ Origin: 'null' }],
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ Host: 'evil.example:9021' }],
    [{ Host: 'localhost.evil.example' }],
  ])('are kept out: %j', async (headers) => {
    const answer = await request('POST', '/domain', { ...json, ...headers }, '{}');
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'origin-forbidden' });
    expect(asked).toEqual([]);
  });

  it.each([
    [{ Host: 'localhost' }],
    [{ Host: 'LOCALHOST:9021' }],
    [{ Host: '127.0.0.1:9021' }],
    [{ Host: '[::1]:9021' }],
    [{ Host: hostname() }],
    [{ Host: 'protium.localhost' }],
    [{ Host: 'localhost:9021', Origin: 'http://localhost:9021', 'Sec-Fetch-Site': 'same-origin' }],
    [{ 'Sec-Fetch-Site': 'none' }],
  ])('are told from everything else: %j', async (headers) => {
    expect((await request('POST', '/domain', { ...json, ...headers }, '{}')).status).toBe(200);
  });
});

describe('the other routes', () => {
  it('serves the health report with its own content type, 503 when it fails', async () => {
    const answer = await request('GET', '/health');
    expect(answer.status).toBe(503);
    expect(answer.headers['content-type']).toBe('application/health+json');
    expect(Object.keys(JSON.parse(answer.body) as object).slice(0, 6)).toEqual([
      'status',
      'version',
      'commit',
      'description',
      'build_time',
      'instance_id',
    ]);
    expect((await request('HEAD', '/health')).body).toBe('');
  });

  it('serves metrics to any method', async () => {
    const answer = await request('DELETE', '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('protium_domains{state="running"} 2');
  });

  it('lists what libvirt has, with the age of the view', async () => {
    const answer = await request('GET', '/v1/domains');
    expect(JSON.parse(answer.body)).toEqual({ domains: [{ name: 'a', uuid: 'u' }] });
    expect(answer.headers['protium-view-age-ms']).toBe('0');
    expect((await request('GET', '/v1/domains/nobody')).status).toBe(404);
  });

  it.each([
    '/v1/operations?page_size=1001',
    '/v1/operations?pageSize=x',
    '/v1/operations?limit=1',
    '/run?limit=1001',
    '/run?after=a&after=b',
  ])('refuses %s', async (path) => {
    const answer = await request('GET', path);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'argument-invalid' });
  });

  it.each(['/v1/operations/x', '/run/x'])('has no %s', async (path) => {
    expect((await request('GET', path)).status).toBe(404);
  });
});
