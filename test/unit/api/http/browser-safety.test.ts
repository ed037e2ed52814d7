import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { comesFromElsewhere, otherSite } from '../../../../internal/api/http/same-origin.ts';
import { referenceStyle } from '../../../../internal/api/http/v1/reference-page.ts';
import { fakeInstances, serveAll, serveAtomos, type TestServer } from './atomos/support.ts';

const loopback = { localAddress: '127.0.0.1' } as never;
const from = (headers: Record<string, string>, socket = loopback) =>
  otherSite({ headers: { host: 'localhost:9021', ...headers }, socket }, ['vm.example'])?.code ?? 'let in';

describe('what a browser sends for a page of another site is refused', () => {
  it.each([
    ['a form that is posted', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a script that fetches', { origin: 'http://evil.example', 'sec-fetch-mode': 'cors' }],
    ['a frame or a file, without an origin', { origin: 'null' }],
    ['an image or a script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['a link that is followed', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a page of another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['a page of the other scheme and port', { origin: 'https://localhost' }],
    ['a page of a name like ours', { origin: 'http://localhost:9021.evil.example' }],
    ['a name that leads here (DNS rebinding)', { host: 'evil.example:9021' }],
    ['such a name, with its own page', { host: 'evil.example:9021', origin: 'http://evil.example:9021' }],
    ['such a name without a port', { host: 'evil.example' }],
    ['such a name with a dot at its end', { host: 'localhost.evil.example.' }],
  ] as const)('%s', (_, headers) => {
    expect(from(headers)).toBe('origin-forbidden');
  });

  it.each([
    ['a program', {}],
    ['an address that is typed', { 'sec-fetch-site': 'none' }],
    ['our own page', { origin: 'http://localhost:9021', 'sec-fetch-site': 'same-origin' }],
    ['our own page over TLS', { origin: 'https://localhost:9021' }],
    ['our own page by address', { host: '127.0.0.1:9021', origin: 'http://127.0.0.1:9021' }],
    ['our own page by IPv6', { host: '[::1]:9021', origin: 'http://[::1]:9021' }],
    ["the machine's name", { host: `${hostname()}:9021` }],
    ['a configured name', { host: 'VM.example' }],
    ['HTTP/1.0 without a host', { host: '' }],
  ] as const)('but not %s', (_, headers) => {
    expect(from(headers)).toBe('let in');
  });
});

it('tells by the Referer whose page has made a request', () => {
  const host = 'localhost:9021';
  for (const referer of ['http://localhost:9021/console', 'https://localhost:9021/']) {
    expect(comesFromElsewhere({ host, referer })).toBe(false);
  }
  for (const referer of ['http://evil.example/', 'http://localhost:3000/', 'about:blank', 'x', '']) {
    expect(comesFromElsewhere({ host, referer }), referer).toBe(true);
  }
  expect(comesFromElsewhere({ host })).toBe(false);
});

describe.each([
  ['every dialect', serveAll],
  ['AtomOS alone', serveAtomos],
] as const)('the port of %s', (_, serve) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await serve(fakeInstances());
  });
  afterEach(() => server.close());

  it('turns other sites away, whatever they ask for', async () => {
    const evil = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
    for (const [method, path] of [
      ['GET', '/statusjson'],
      ['POST', '/register'],
      ['DELETE', '/unregister'],
      ['OPTIONS', '/register'],
      ['POST', '/nowhere'],
    ] as const) {
      const answer = await server.call(method, path, '{}', evil);
      expect([path, answer.status, answer.json()['code']]).toEqual([path, 403, 'origin-forbidden']);
      // Nor does a preflight let it in.
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('sends with every answer, refusals too, what keeps a browser from making more of it', async () => {
    const answers = [
      await server.call('GET', '/statusjson'),
      await server.call('GET', '/nowhere'),
      await server.call('POST', '/register', '{'),
      await server.call('GET', '/version', undefined, { Origin: 'https://evil.example' }),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('pages', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await serveAll(fakeInstances());
  });
  afterEach(() => server.close());

  const policyOf = (headers: TestServerHeaders): ReadonlyMap<string, string> =>
    new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]),
    );
  type TestServerHeaders = Readonly<Record<string, unknown>>;

  it('run no script that is not a file of ours, and lie in no frame', async () => {
    for (const path of ['/console', '/docs', '/login']) {
      const { headers, body, status } = await server.call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      const policy = policyOf(headers);
      expect(policy.get('default-src')).toBe("'none'");
      expect(policy.get('frame-ancestors')).toBe("'none'");
      expect(policy.get('form-action')).toBe("'none'");
      expect(policy.get('script-src') ?? "'self'").toBe("'self'");
      expect(body).not.toMatch(/<script(?![^>]* src=)|\son\w+=|javascript:/i);
    }
  });

  it('the reference has one style sheet, known by its digest', async () => {
    const { headers, body } = await server.call('GET', '/docs');
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(body) ?? [];
    expect(style).toBe(referenceStyle);
    const digest = createHash('sha256').update(style).digest('base64');
    expect(policyOf(headers).get('style-src')).toBe(`'sha256-${digest}'`);
    expect(body).not.toMatch(/ style=/);
  });

  it('the console lets in style elements by a nonce that is never the same', async () => {
    const nonces = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      const { headers, body } = await server.call('GET', '/console');
      const [, nonce = ''] = /nonce="([^"]+)"/.exec(body) ?? [];
      expect(policyOf(headers).get('style-src-elem')).toBe(`'self' 'nonce-${nonce}'`);
      expect(Buffer.from(nonce, 'base64')).toHaveLength(18);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });
});

it('takes a body of the native API from a browser only as JSON, which a page of another site cannot send unasked', async () => {
  const server = await serveAll(fakeInstances());
  const plan = (type: string | undefined) =>
    server.call('POST', '/v1/plan', '{"slots": 1}', {
      'Sec-Fetch-Dest': 'empty',
      ...(type !== undefined && { 'Content-Type': type }),
    });
  for (const type of [
    undefined,
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
  ]) {
    const answer = await plan(type);
    expect([type, answer.status, answer.json()['code']]).toEqual([type, 415, 'media-type-unsupported']);
  }
  for (const type of [
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/merge-patch+json',
  ]) {
    expect((await plan(type)).status, type).not.toBe(415);
  }
  expect((await server.call('POST', '/v1/plan')).status).not.toBe(415);
  await server.close();
});
