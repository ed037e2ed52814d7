import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDoor, type DoorOptions } from '../../../../internal/api/door/door.ts';
import { createFailedLogins } from '../../../../internal/api/door/failed-logins.ts';
import { httpDoor, knockOf } from '../../../../internal/api/door/http-door.ts';
import { asProtiumError, sendProblem } from '../../../../internal/api/http/problem.ts';
import type { Caller } from '../../../../internal/identity/caller.ts';
import { wholeScope, type TokenScope } from '../../../../internal/identity/tokens/token-scope.ts';
import { createTokens } from '../../../../internal/identity/tokens/tokens.ts';
import { createUsers } from '../../../../internal/identity/users/users.ts';
import { openFor } from '../../operations/fixture.ts';

interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string } & Partial<Caller>;
}

const anna = { name: 'anna', owner: null, administrator: false, localUids: [], oidcSubjects: [] };

/** The door before a route that tells who came in; nobody is a local administrator unless `options` say so. */
async function serve(options: Partial<DoorOptions> = {}, most = 1000) {
  const database = openFor(':memory:');
  let now = new Date('2026-01-01T00:00:00Z');
  const clock = () => now;
  const tokens = createTokens({ database, clock });
  const users = createUsers({ database, clock });
  const door = createDoor({ tokens, users, ownUid: null, ...options });
  const failedLogins = createFailedLogins({ door, most, ownUid: null });
  const app = express();
  app.use(httpDoor(door));
  app.use((request, response) => {
    const caller = response.locals['caller'] as Caller | undefined;
    response.json(
      caller === undefined ? { path: request.path } : { ...caller, roles: Object.fromEntries(caller.roles) },
    );
  });
  app.use(
    async (thrown: Error, request: express.Request, response: express.Response, _: express.NextFunction) => {
      sendProblem(response, await failedLogins.answerTo(asProtiumError(thrown), knockOf(request)));
    },
  );
  const server = http.createServer({ maxHeaderSize: 64 * 1024 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (headers: readonly (readonly [string, string])[] = [], path = '/x', method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const names = headers.map(([name]) => name.toLowerCase());
      const all = names.includes('host') ? headers : [['Host', 'localhost'] as const, ...headers];
      const sent = http.request(
        { host: '127.0.0.1', port, path, method, headers: all.flat(), agent: false, setHost: false },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') as Answer['body'] }),
          );
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  const token = (user: string, scope: TokenScope = wholeScope, expiresAt: string | null = null): string => {
    const issued = tokens.issue(
      users.get(user),
      { description: '', scope, expiresAt },
      { validateOnly: false, idempotencyKey: '' },
    );
    return issued?.text ?? '';
  };
  const bearer = (text: string) => [['Authorization', `Bearer ${text}`] as const];
  return {
    ask,
    bearer,
    token,
    tokens,
    users,
    later: (time: string) => (now = new Date(time)),
  };
}

const ownUid = process.getuid?.() ?? -1;

describe('a local program', () => {
  // The tests run as root or as the daemon's user: both are administrators.
  it('of the daemon’s user is the administrator, without a token', async () => {
    const { ask } = await serve({ ownUid });
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toMatchObject({ way: 'local', administrator: true, roles: {} });
    expect(body.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it.each([
    ['Origin', 'http://localhost'],
    ['Referer', 'http://localhost/'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-Fetch-Mode', 'no-cors'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['X-Forwarded-For', '192.0.2.1'],
    ['Forwarded', 'for=192.0.2.1'],
    ['Via', '1.1 proxy'],
    ['X-Real-IP', '192.0.2.1'],
    ['Host', 'evil.example'],
  ])('with %s: %s may be a browser or a proxy', async (name, value) => {
    const { ask } = await serve({ ownUid });
    expect(await ask([[name, value]])).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('is let in as Node’s fetch sends it, and under a name that is configured', async () => {
    const { ask } = await serve({ ownUid, names: ['vm.example'] });
    expect((await ask([['Sec-Fetch-Mode', 'cors']])).status).toBe(200);
    expect((await ask([['Host', 'vm.example:9021']])).status).toBe(200);
  });
});

// What another local user meets is tested on the real daemon: test/system/access.test.ts.

describe('a token', () => {
  it('lets in as its user, from a browser too', async () => {
    const { ask, bearer, token, users } = await serve();
    const { owner } = users.create(anna, { validateOnly: false });
    const { status, body } = await ask([...bearer(token('anna')), ['User-Agent', 'Mozilla/5.0']]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      way: 'token',
      user: 'anna',
      administrator: false,
      roles: { [owner]: 'admin' },
      project: owner,
    });
    const admin = await ask(bearer(token('administrator')));
    expect(admin.body).toMatchObject({ user: 'administrator', administrator: true, project: '0'.repeat(32) });
  });

  it('has what its scope leaves of the user’s rights', async () => {
    const project = 'a'.repeat(32);
    const { ask, bearer, token, users } = await serve({
      rolesOf: ({ owner }) =>
        new Map([
          [owner, 'admin'],
          [project, 'operator'],
        ]),
    });
    users.create(anna, { validateOnly: false });
    const narrow = token('anna', {
      use: 'everything',
      projects: { [project]: 'admin', ['b'.repeat(32)]: 'viewer' },
    });
    expect((await ask(bearer(narrow))).body).toMatchObject({ roles: { [project]: 'operator' }, project });
    const ofAdministrator = token('administrator', { use: 'everything', projects: { [project]: 'viewer' } });
    expect((await ask(bearer(ofAdministrator))).body).toMatchObject({
      administrator: false,
      roles: { [project]: 'viewer' },
    });
  });

  it('for reads changes nothing', async () => {
    const { ask, bearer, token } = await serve();
    const headers = bearer(token('administrator', { use: 'reads', projects: null }));
    expect((await ask(headers)).status).toBe(200);
    expect((await ask(headers, '/x', 'HEAD')).status).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await ask(headers, '/x', method)).toMatchObject({
        status: 403,
        body: { code: 'access-denied' },
      });
    }
  });

  it('lets nobody in when it is revoked, has another secret, has expired or lost its user', async () => {
    const { ask, bearer, token, tokens, users, later } = await serve();
    users.create(anna, { validateOnly: false });
    const text = token('anna', wholeScope, '2026-01-02T00:00:00.000Z');
    const [, id = ''] = text.split('_');
    expect((await ask(bearer(text))).status).toBe(200);
    const rotated = tokens.rotate(id, { validateOnly: false }).text ?? '';
    expect((await ask(bearer(text))).body.code).toBe('credentials-wrong');
    expect((await ask(bearer(rotated))).status).toBe(200);
    tokens.revoke(id, { validateOnly: false });
    expect((await ask(bearer(rotated))).body.code).toBe('credentials-wrong');
    const short = token('anna', wholeScope, '2026-01-02T00:00:00.000Z');
    expect((await ask(bearer(short))).status).toBe(200);
    later('2026-01-02T00:00:00Z');
    expect((await ask(bearer(short))).body.code).toBe('credentials-wrong');
    const last = token('anna');
    users.remove('anna', { validateOnly: false });
    expect((await ask(bearer(last))).body.code).toBe('credentials-wrong');
  });

  it('what cannot be read is refused, and never taken for nothing', async () => {
    const { ask, token } = await serve({ ownUid });
    const right = token('administrator');
    for (const value of [
      '',
      'Bearer',
      'Bearer ',
      `Token ${right}`,
      `Bearer ${right}x`,
      `Bearer ${right.slice(0, -1)}`,
      `Bearer ${right}, Bearer ${right}`,
      `Bearer pt_${'0'.repeat(16)}_${'A'.repeat(43)}`,
      `Bearer ${right.toUpperCase()}`,
      `Bearer ${'x'.repeat(20_000)}`,
      'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.',
      'Basic cm9vdDpyb290',
    ]) {
      const { status, body } = await ask([['Authorization', value]]);
      expect([value, status, body.code]).toEqual([value, 401, 'credentials-wrong']);
    }
    const twice = ['Authorization', `Bearer ${right}`] as const;
    expect(await ask([twice, twice])).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } });
    expect(await ask([twice, ['authorization', 'Bearer x']])).toMatchObject({ status: 401 });
  });
});

describe('without anything', () => {
  it('says what to do', async () => {
    const { ask } = await serve();
    const { status, body } = await ask([['Origin', 'http://localhost']]);
    expect(status).toBe(401);
    expect(body.detail).toMatch(/Bearer pt_.*protium token create/);
  });

  it.each([
    '/health',
    '/docs',
    '/v1/openapi.json',
    '/login',
    '/console',
    '/console/page.js',
    '/console/servers/instance_list',
    '/api_login',
  ])('%s is passed on', async (path) => {
    const { ask } = await serve();
    expect(await ask([['Origin', 'http://localhost']], path)).toEqual({ status: 200, body: { path } });
  });

  it.each([
    '/v1/instances',
    '/HEALTH',
    '/health/',
    '/health/x',
    '/console/',
    '/console/other.js',
    '/console/../v1/instances',
    '/docs;x',
    '/metrics',
    '/statusjson',
    '/domain',
    '/console/server',
    '//v1/instances',
    '/%68ealth',
  ])('%s is not', async (path) => {
    const { ask } = await serve();
    expect((await ask([['Origin', 'http://localhost']], path)).status).toBe(401);
  });
});

describe('metrics', () => {
  it('are for local programs, administrators, and tokens made for them', async () => {
    const { ask, bearer, token, users } = await serve();
    users.create(anna, { validateOnly: false });
    expect((await ask([], '/metrics')).status).toBe(200);
    expect((await ask(bearer(token('administrator')), '/metrics')).status).toBe(200);
    const metrics = bearer(token('anna', { use: 'metrics', projects: null }));
    expect((await ask(metrics, '/metrics')).status).toBe(200);
    expect((await ask(metrics)).body.code).toBe('access-denied');
    expect((await ask(bearer(token('anna')), '/metrics')).body.code).toBe('access-denied');
    expect((await ask(bearer('pt_x'), '/metrics')).body.code).toBe('credentials-wrong');
  });
});

describe('wrong credentials', () => {
  it('are too many at last; right ones come in all the same', async () => {
    // As a browser: this machine’s administrators are never refused for it.
    const { ask, bearer, token } = await serve({}, 3);
    const page = ['Origin', 'http://localhost'] as const;
    const wrong = bearer(`pt_${'0'.repeat(16)}_${'A'.repeat(43)}`);
    const codes: (string | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) codes.push((await ask([...wrong, page])).body.code);
    const known = 'credentials-wrong';
    expect(codes).toEqual([known, known, known, 'too-many-attempts', 'too-many-attempts']);
    expect((await ask([...bearer(token('administrator')), page])).status).toBe(200);
    expect((await ask([page])).body.code).toBe('unauthenticated');
  });
});
