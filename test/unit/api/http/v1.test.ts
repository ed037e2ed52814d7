import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAdministrator } from '../../../../internal/identity/caller.ts';
import { InvalidFields } from '../../../../internal/errors/invalid-fields.ts';
import { asProtiumError, sendProblem } from '../../../../internal/api/http/problem.ts';
import { addReferenceRoutes } from '../../../../internal/api/http/v1/reference.ts';
import { addV1Routes } from '../../../../internal/api/http/v1/routes.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { createEventLog, type EventLog } from '../../../../internal/events/event-log.ts';
import type { OperationRecord } from '../../../../internal/operations/model.ts';
import type { OperationQuery } from '../../../../internal/operations/operations.ts';
import { sleepingV1 } from './sleeping-v1.ts';

const running: OperationRecord = {
  id: 'op-1',
  kind: 'instance.start',
  state: 'running',
  resources: [],
  input: {},
  result: null,
  error: null,
  steps: [],
  progress: { completedSteps: 0, totalSteps: 1, fraction: 0, message: '' },
  cancelRequested: false,
  owner: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
};

let server: Server;
let base: string;
let events: EventLog;
let queries: OperationQuery[];

beforeEach(async () => {
  events = createEventLog('run', { capacity: 4 });
  queries = [];
  const { services, bindings } = sleepingV1({
    events,
    operations: {
      get: (id) => (id === running.id ? running : undefined),
      list: (query = {}) => {
        queries.push(query);
        return { operations: [running], next: 'more' };
      },
      cancel: () => Promise.resolve({ ...running, cancelRequested: true }),
      requireCancellable: () => undefined,
      wait: () => Promise.reject(new ProtiumError('interrupted', 'The daemon is stopping.')),
      changes: async function* () {
        await Promise.resolve();
        yield running;
        throw new ProtiumError('interrupted', 'The daemon is stopping.');
      },
    },
  });
  const app = express();
  const router = express.Router();
  router.use((_request, response, next) => {
    response.locals['caller'] = localAdministrator('root', 'unix');
    next();
  });
  addReferenceRoutes(router);
  addV1Routes(router, services, bindings);
  app.use(router);
  app.use((thrown: unknown, _request: unknown, response: express.Response, _next: unknown) => {
    sendProblem(response, asProtiumError(thrown), undefined, {
      errors: thrown instanceof InvalidFields ? thrown.fields : [],
    });
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const get = async (path: string) => {
  const response = await fetch(base + path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const send = async (method: string, path: string, body: string) => {
  const response = await fetch(base + path, { method, body });
  return { response, body: (await response.json()) as Record<string, unknown> };
};

describe('a request', () => {
  it('has its fields in the path and the query, by either name, in the text that JSON has', async () => {
    const path =
      '/v1/operations?states=OPERATION_STATE_RUNNING&states=OPERATION_STATE_UNDOING&page_size=7&pageToken=t&kind=k';
    const { status, body } = await get(path);
    expect(status).toBe(200);
    expect(queries).toEqual([{ state: ['running', 'undoing'], limit: 7, after: 't', kind: 'k' }]);
    expect(body).toMatchObject({
      operations: [
        {
          id: 'op-1',
          state: 'OPERATION_STATE_RUNNING',
          createTime: '2026-01-02T03:04:05Z',
          progress: { totalSteps: 1, fraction: 0 },
          steps: [],
        },
      ],
      nextPageToken: 'more',
    });
  });

  it.each([
    ['/v1/operations?nonsense=1', /no parameter "nonsense": there are states, kind, resource, pageSize/],
    ['/v1/operations?kind=a&kind=b', /"kind" once/],
    ['/v1/operations?kind=a&kind[x]=b', /nonsense|plain text|no parameter/],
    ['/v1/operations?pageSize=many', /page_size|pageSize/],
    ['/v1/operations?pageSize=-1', /page_size|pageSize/],
    ['/v1/operations?pageSize=1001', /page_size is at most 1000/],
    ['/v1/operations?states=RUNNING', /RUNNING/],
    ['/v1/operations?pageSize=1&page_size=2', /said twice/],
    ['/v1/operations/op-1/wait?timeoutSeconds=601', /timeout_seconds is at most 600/],
  ])('%s is refused', async (path, why) => {
    const { status, body } = await get(path);
    expect([status, body['code']]).toEqual([400, 'argument-invalid']);
    expect(body['detail']).toMatch(why);
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /must be a JSON object/],
    ['{"nonsense":1}', /nonsense/],
    ['{"suspended":"yes"}', /suspended/],
    ['{"instance":"other"}', /"instance" is said twice/],
    ['{"__proto__":{"suspended":true}}', /__proto__/],
  ])('with the body %s is refused', async (body, why) => {
    const answer = await send('POST', '/v1/instances/web/start', body);
    expect([answer.response.status, answer.body['code']]).toEqual([400, 'argument-invalid']);
    expect(answer.body['detail']).toMatch(why);
  });

  it('that fails has the status of the catalogue', async () => {
    expect((await get('/v1/operations/nobody')).status).toBe(404);
    expect((await get('/v1/operations/op-1/wait')).status).toBe(503);
    expect((await send('POST', '/v1/instances/nobody/start', '')).response.status).toBe(404);
  });
});

it('an operation that goes on is 202, with its place', async () => {
  const { response } = await send('POST', '/v1/operations/op-1/cancel', '');
  expect([response.status, response.headers.get('location')]).toEqual([202, '/v1/operations/op-1']);
});

it('a dry run is 200, without operation and place', async () => {
  const { response, body } = await send('POST', '/v1/operations/op-1/cancel?validateOnly=true', '');
  expect([response.status, response.headers.get('location'), body]).toEqual([200, null, {}]);
});

describe('a stream', () => {
  const append = (id: string) =>
    events.append({ kind: 'domain', type: 'changed', id, name: id, state: 'running', about: [] });

  it('is sent as events that can be gone on from', async () => {
    append('a');
    append('b');
    const response = await fetch(`${base}/v1/events`, { headers: { 'Last-Event-ID': 'run-0' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(
      /^id: run-1\ndata: \{"event":\{"sequence":"run-1".*"id":"b".*\}\}\n\n$/,
    );
    append('c');
    expect((await reader?.read())?.value).toContain('"id":"c"');
    await reader?.cancel();
  });

  it('that cannot be gone on with is an ordinary error', async () => {
    for (const id of 'abcdef') append(id);
    for (const after of ['run-0', 'earlier-3', 'run-17', 'nonsense']) {
      const { status, body } = await get(`/v1/events?after=${after}`);
      expect([status, body['code']]).toEqual([410, 'events-lost']);
    }
  });

  it('that breaks tells why', async () => {
    const text = await (await fetch(`${base}/v1/operations/op-1/watch`)).text();
    const [first, last] = text.trim().split('\n\n');
    expect(first).toMatch(/^data: \{"operation":\{"id":"op-1"/);
    expect(last).toBe('event: error\ndata: {"code":"interrupted","message":"The daemon is stopping."}');
  });
});

describe('the reference', () => {
  it('names every path for programs, and for people on a page without scripts', async () => {
    const { body } = await get('/v1/openapi.json');
    const paths = Object.keys(body['paths'] as object);
    expect(paths).toContain('/v1/instances/{instance}/start');
    const response = await fetch(`${base}/docs`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    for (const path of paths) expect(page).toContain(path);
    expect(page).not.toContain('<script');
  });
});
