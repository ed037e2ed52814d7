import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { cookiesOf, basicOf } from '../../../../../internal/api/http/gpueater/authenticate.ts';
import {
  Download,
  type GpueaterCall,
  type GpueaterFunction,
} from '../../../../../internal/api/http/gpueater/function.ts';
import { noLimits } from '../../../rate-limits/no-limits.ts';
import { noAudit } from '../../../audit/no-audit.ts';
import { auditOf, entriesOf } from '../../../audit/support.ts';
import { addGpueaterRoutes } from '../../../../../internal/api/http/gpueater/routes.ts';
import { isGpueaterUrl, sendFailure } from '../../../../../internal/api/http/gpueater/envelope.ts';
import { LibvirtConnectionError } from '../../../../../internal/libvirt/error.ts';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';
import { createIdentity } from '../../../../../internal/identity/create-identity.ts';
import { openFor } from '../../../operations/fixture.ts';

let server: http.Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Ask = (
  method: string,
  path: string,
  headers?: http.OutgoingHttpHeaders,
  body?: string,
) => Promise<Answer>;

async function serve(options: { readonly names?: readonly string[]; readonly audit?: typeof noAudit } = {}) {
  const calls: GpueaterCall[] = [];
  const shape = { fields: [], since: '0', description: '', listed: false };
  const noting =
    (answer: () => unknown) =>
    (call: GpueaterCall): Promise<unknown> => {
      calls.push(call);
      return Promise.resolve().then(answer);
    };
  const functions: readonly GpueaterFunction[] = [
    { ...shape, name: 'get', method: 'GET', path: '/get', handle: noting(() => ['x']) },
    { ...shape, name: 'post', method: 'POST', path: '/post', handle: noting(() => undefined) },
    {
      ...shape,
      name: 'file',
      method: 'GET',
      path: '/file',
      handle: noting(() => new Download('application/pdf', 'a"b.pdf', Buffer.from('%PDF-'))),
    },
    {
      ...shape,
      name: 'refuse',
      method: 'POST',
      path: '/refuse',
      handle: noting(() => {
        throw new ProtiumError('not-found', 'There is none.');
      }),
    },
    {
      ...shape,
      name: 'crash',
      method: 'POST',
      path: '/crash',
      handle: noting(() => {
        throw new TypeError('a secret of the code');
      }),
    },
    {
      ...shape,
      name: 'ask_libvirt',
      method: 'POST',
      path: '/ask_libvirt',
      handle: noting(() => {
        throw new LibvirtConnectionError('libvirtd has gone');
      }),
    },
  ];
  const identity = createIdentity({ database: openFor(':memory:') });
  const issued = identity.issue('anna', { validateOnly: false, idempotencyKey: '' });
  if (typeof issued?.secret !== 'string') throw new Error('no secret');
  const { key, secret } = issued;
  const app = express();
  const routes = express.Router({ caseSensitive: true, strict: true });
  addGpueaterRoutes(routes, {
    identity,
    functions,
    names: options.names ?? [],
    audit: options.audit ?? noAudit,
    limits: noLimits,
  });
  app.use(routes);
  app.use(
    (thrown: unknown, request: express.Request, response: express.Response, next: express.NextFunction) => {
      if (isGpueaterUrl(request.originalUrl)) sendFailure(response, thrown);
      else next(thrown);
    },
  );
  server = http.createServer(app);
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const ask: Ask = (method, path, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const sent = http.request(
        { host: '127.0.0.1', port, method, path, headers, agent: false },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const basic = { Authorization: `Basic ${Buffer.from(`${key.id}:${secret}`).toString('base64')}` };
  const credentials = `email=${key.id}&password=${secret}`;
  return { ask, basic, calls, credentials, identity, key };
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const error = (answer: Answer): string => {
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  const body = JSON.parse(answer.body) as { data: unknown; error: unknown };
  expect(Object.keys(body).sort()).toEqual(['data', 'error']);
  expect(body.data).toBeNull();
  expect(body.error).toEqual(expect.stringMatching(/./));
  return String(body.error);
};

describe('with an access key', () => {
  it('answers in the envelope', async () => {
    const { ask, basic, calls, key } = await serve();
    const got = await ask('GET', '/console/servers/get?a=1', { ...basic, 'User-Agent': 'NodeJS-API' });
    expect(got).toMatchObject({ status: 200, body: '{"data":["x"],"error":null}\n' });
    expect(got.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(got.headers['set-cookie']).toBeUndefined();
    expect(calls[0]).toMatchObject({ user: key.user, userAgent: 'NodeJS-API' });
    expect(calls[0]?.form.text('a')).toBe('1');
    const posted = await ask('POST', '/console/servers/post?a=1&b=2', { ...basic, ...form }, 'a=3');
    expect(posted).toMatchObject({ status: 200, body: '{"data":null,"error":null}\n' });
    expect(calls[1]?.form.text('a')).toBe('3');
    expect(calls[1]?.form.text('b')).toBe('2');
  });

  it('takes leading slashes, JSON bodies and files', async () => {
    const { ask, basic, calls } = await serve();
    expect((await ask('GET', '//console/servers/get', basic)).status).toBe(200);
    const body = JSON.stringify({ a: 5 });
    await ask('POST', '/console/servers/post', { ...basic, 'Content-Type': 'application/json' }, body);
    expect(calls.at(-1)?.form.text('a')).toBe('5');
    const file = await ask('GET', '/console/servers/file', basic);
    expect(file).toMatchObject({ status: 200, body: '%PDF-' });
    expect(file.headers['content-disposition']).toBe('attachment; filename="a_b.pdf"');
  });

  it.each([
    ['POST', '/console/servers/refuse', 404, /^There is none/],
    ['POST', '/console/servers/crash', 500, /^Protium failed/],
    ['GET', '/console/servers/none', 404, /^There is no GET \/console\/servers\/none/],
    ['GET', '/console/servers', 404, /^There is no/],
    ['GET', '/console/servers/post', 405, /takes POST/],
    ['DELETE', '/console/servers/get', 405, /takes GET/],
    ['GET', '/api_login', 405, /takes POST/],
    ['GET', '//console/servers/%ff', 404, /^There is no/],
  ])('%s %s fails as JSON', async (method, path, status, message) => {
    const { ask, basic } = await serve();
    const answer = await ask(method, path, basic);
    expect(answer.status).toBe(status);
    expect(error(answer)).toMatch(message);
    expect(answer.body).not.toContain('secret of the code');
  });

  it.each([
    ['application/json', '{"a":', 400],
    ['application/json', '[1]', 400],
    ['application/json', '"x"', 400],
    ['text/plain', 'a=1', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['application/x-www-form-urlencoded', `a=${'x'.repeat(300_000)}`, 413],
  ])('a body of %s that cannot be read is not acted on (%#)', async (type, body, status) => {
    const { ask, basic, calls } = await serve();
    const answer = await ask('POST', '/console/servers/post', { ...basic, 'Content-Type': type }, body);
    expect(answer.status).toBe(status);
    error(answer);
    expect(calls).toEqual([]);
  });

  it('a wrong one is not sent to log in, nor told what is wrong', async () => {
    const { ask, key, calls } = await serve();
    for (const text of [`${key.id}:wrong`, 'nobody:wrong', key.id, ''])
      for (const scheme of ['Basic', 'Bearer']) {
        const headers = { Authorization: `${scheme} ${Buffer.from(text).toString('base64')}` };
        const answer = await ask('GET', '/console/servers/get', headers);
        expect(answer.status).toBe(401);
        expect(error(answer)).toMatch(/wrong/);
      }
    expect(calls).toEqual([]);
  });
});

describe('without one', () => {
  it('who was sent to log in stands in the record, with nothing of what was sent', async () => {
    const audit = auditOf(openFor(':memory:'));
    const { ask } = await serve({ audit });
    await ask('GET', '/console/servers/get?password=secret', { 'User-Agent': 'Mozilla/5.0' });
    const entries = entriesOf(audit);
    expect(entries).toMatchObject([
      {
        event: 'refusal',
        result: 'unauthenticated',
        way: 'none',
        user: '',
        method: 'GET /console/servers/get',
      },
    ]);
    expect(entries[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('nothing is done, and the way leads to a page that is no JSON', async () => {
    const { ask, calls } = await serve();
    for (const [method, path] of [
      ['GET', '/console/servers/get'],
      ['POST', '/console/servers/post'],
    ] as const) {
      const answer = await ask(
        method,
        path,
        { 'User-Agent': 'PythonAPI', ...form },
        method === 'POST' ? 'a=1' : undefined,
      );
      expect(answer.status).toBe(302);
      expect(answer.headers.location).toBe('/login?state=session_timeout');
      expect(answer.headers['content-type']).toContain('text/plain');
      expect(answer.body).toMatch(/^Found\. Redirecting/);
    }
    expect(calls).toEqual([]);
    const page = await ask('GET', '/login?state=session_timeout');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toMatch(/^<!doctype html>/);
  });

  it('a login gets one cookie, which is taken back with all its attributes', async () => {
    const { ask, credentials, calls } = await serve();
    const agent = { 'User-Agent': 'RubyAPI' };
    const answer = await ask('POST', '/api_login', { ...agent, ...form }, credentials);
    expect(JSON.parse(answer.body)).toEqual({ data: { user: 'anna' }, error: null });
    const [cookie = '', ...more] = answer.headers['set-cookie'] ?? [];
    expect(more).toEqual([]);
    expect(cookie).toMatch(
      /^protium_session=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    const got = await ask('GET', '/console/servers/get', { ...agent, Cookie: cookie });
    expect(got.status).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('a wrong login opens nothing', async () => {
    const { ask, key } = await serve();
    for (const body of [`email=${key.id}&password=x`, 'email=x&password=x', 'email=x', '']) {
      const answer = await ask('POST', '/api_login', { 'User-Agent': 'PythonAPI', ...form }, body);
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers['set-cookie']).toBeUndefined();
      error(answer);
    }
  });
});

it('a libvirt that has gone is told as such, whichever room met it', async () => {
  const { ask, basic } = await serve();
  const answer = await ask('POST', '/console/servers/ask_libvirt', { ...basic, ...form }, '');
  expect(answer.status).toBe(503);
  expect(error(answer)).toMatch(/ask_libvirt.*libvirtd has gone/);
});

describe('Node’s client, which must not get a cookie', () => {
  const node = { 'User-Agent': 'NodeJS-API' };

  it('is known by the local user that has logged in', async () => {
    const { ask, credentials } = await serve();
    expect((await ask('GET', '/console/servers/get', node)).status).toBe(302);
    const login = await ask('POST', '/api_login', form, credentials);
    expect(login.status).toBe(200);
    expect(login.headers['set-cookie']).toBeUndefined();
    expect((await ask('GET', '/console/servers/get', node)).status).toBe(200);
    expect((await ask('POST', '/console/servers/post', { ...node, ...form }, 'a=1')).status).toBe(200);
  });

  it.each([
    ['another client', { 'User-Agent': 'PythonAPI' }],
    ['an agent that only begins so', { 'User-Agent': 'NodeJS-API/2' }],
    ['no agent', {}],
    ['an origin', { ...node, Origin: 'http://127.0.0.1' }],
    ['a page that it comes from', { ...node, Referer: 'http://evil.example/' }],
    ['a proxy of this machine', { ...node, 'X-Forwarded-For': '10.0.0.7' }],
    ['another way of saying so', { ...node, Forwarded: 'for=10.0.0.7' }],
    ['a browser', { ...node, 'Sec-Fetch-Site': 'same-origin' }],
    ['a browser’s mode', { ...node, 'Sec-Fetch-Mode': 'no-cors' }],
    ['another name', { ...node, Host: 'evil.example' }],
  ])('%s is not let in by that', async (_what, headers) => {
    const { ask, credentials, calls } = await serve();
    await ask('POST', '/api_login', form, credentials);
    expect((await ask('GET', '/console/servers/get', headers)).status).toBe(302);
    expect(calls).toEqual([]);
  });

  it('is let in under a name that is configured', async () => {
    const { ask, credentials } = await serve({ names: ['www.gpueater.com'] });
    await ask('POST', '/api_login', { ...form, Host: 'www.gpueater.com' }, credentials);
    expect((await ask('GET', '/console/servers/get', { ...node, Host: 'www.gpueater.com' })).status).toBe(
      200,
    );
  });

  it.each([{ Origin: 'http://127.0.0.1' }, { 'Sec-Fetch-Site': 'none' }, { Host: 'evil.example' }])(
    'a login with %o opens nothing',
    async (headers) => {
      const { ask, credentials } = await serve();
      const login = await ask('POST', '/api_login', { ...form, ...headers }, credentials);
      expect(login.status).toBe(403);
      error(login);
      expect((await ask('GET', '/console/servers/get', node)).status).toBe(302);
    },
  );
});

it('two functions cannot have one route', async () => {
  const one = { name: 'a', path: '/a', fields: [], since: '0', description: '', listed: false };
  const functions = ['GET', 'GET'].map((method) => ({
    ...one,
    method: method as 'GET',
    handle: () => Promise.resolve(),
  }));
  const { identity } = await serve();
  expect(() =>
    addGpueaterRoutes(express.Router(), { identity, functions, names: [], audit: noAudit, limits: noLimits }),
  ).toThrow(/GET \/a/);
});

it.each([
  [`protium_session=${'a'.repeat(43)}; Path=/; HttpOnly`, 1],
  [`lang=en; Path=/, protium_session=${'a'.repeat(43)}; Path=/`, 1],
  [`protium_session=${'a'.repeat(42)}`, 0],
  [`other_protium_session=${'a'.repeat(43)}`, 0],
  ['', 0],
])('cookies of %s', (header, count) => {
  expect(cookiesOf(header)).toHaveLength(count);
});

it('a secret may have colons', () => {
  expect(basicOf(`Basic ${Buffer.from('a:b:c').toString('base64')}`)).toEqual(['a', 'b:c']);
  expect(basicOf('Basic !!')).toBeNull();
});
