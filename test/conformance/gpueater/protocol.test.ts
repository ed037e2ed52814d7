import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../system/cli-process.ts';
import { gpueaterBench, type BenchUser, type GpueaterBench } from './bench.ts';
import { clientArguments, clientHome, consoleScript, readAnswers, runClient } from './node-client.ts';
import { python, rawRequest, ruby, type RawAnswer, type Vector } from './raw-request.ts';
import { startRecorder } from './recorder.ts';

let at: GpueaterBench;
let anna: BenchUser;

beforeAll(async () => {
  at = await gpueaterBench();
  anna = await at.user('anna');
});

afterAll(async () => {
  await at.close();
});

const home = async (url: string, eater: Parameters<typeof clientHome>[1] = null) => {
  const made = await clientHome(url, eater);
  onTestFinished(() => made.remove());
  return made;
};
const envelope = (answer: RawAnswer): { readonly data: unknown; readonly error: unknown } => {
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return JSON.parse(answer.body) as { data: unknown; error: unknown };
};

describe('Node’s published client', () => {
  it('with the access key in GPUEATER_URL: keys are made, registered, listed and deleted', async () => {
    const recorder = await startRecorder(at.daemon.http);
    onTestFinished(() => recorder.close());
    // As users who end the URL with a slash: the client asks for `//console`.
    const user = await home(`${anna.url.replace(/@.*/, '@')}${recorder.origin.slice('http://'.length)}/`);
    const pem = await runClient(user, [['generate_ssh_key']]);
    const made = pem.answers[0]?.data as { readonly private_key: string; readonly public_key: string };
    expect(made.private_key).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
    const key = { name: 'My_Key.1', public_key: made.public_key };
    const run = await runClient(user, [
      ['register_ssh_key', key],
      ['register_ssh_key', key],
      ['register_ssh_key', { ...key, name: 'a";x' }],
      ['ssh_key_list'],
      ['delete_ssh_key', { id: 'My_Key.1', ipv6: null, auto: true, nested: { a: [1, 2] } }],
      ['ssh_key_list'],
      ['image_list'],
      ['registered_image_list'],
      ['delete_image', { fingerprint: 'none' }],
      ['import_image', { url: 'file:///etc/passwd', image_name: 'x' }],
      ['create_image', { instance_id: 'none', image_name: 'x' }],
      ['snapshot_list', { instance_id: '../..' }],
      ['card_list'],
      [
        'live_migration',
        { instance_id: 'a', connection_id: 'b', product_id: 'c', region_id: 'd', ssh_key_id: 'e', tag: 'f' },
      ],
      ['peak_transaction', { transaction_id: 'none' }],
      // The client says it itself, and sends nothing.
      ['register_ssh_key', { name: 'x' }],
    ]);
    expect(run.exitCode, run.stderr).toBe(0);
    const failed = { error: expect.stringMatching(/./) as string, data: null };
    expect(run.answers).toMatchObject([
      { name: 'register_ssh_key', error: null, data: { id: 'My_Key.1' } },
      failed,
      failed,
      { error: null, data: [{ id: 'My_Key.1', name: 'My_Key.1', type: 'ecdsa-sha2-nistp256' }] },
      { error: null, data: {} },
      { error: null, data: [] },
      { error: null, data: {} },
      { error: null, data: [] },
      failed,
      failed,
      failed,
      failed,
      { error: null, data: [] },
      { error: expect.stringMatching(/no instance "a"/) as string },
      failed,
      { error: 'Required field => public_key' },
    ]);
    // The first of each process is its probe by curl.
    const requests = recorder.requests.filter(({ url }) => url !== '/');
    expect(requests).toHaveLength(16);
    for (const { headers } of requests) {
      expect(headers['user-agent']).toBe('NodeJS-API');
      expect(headers.authorization).toBe(
        `Basic ${Buffer.from(`${anna.email}:${anna.password}`).toString('base64')}`,
      );
    }
    expect(requests[0]?.url).toBe('//console/servers/ssh_key_gen');
    expect(requests[5]).toMatchObject({
      method: 'POST',
      url: '//console/servers/delete_ssh_key',
      body: 'id=My_Key.1&ipv6=&auto=true&nested%5Ba%5D%5B0%5D=1&nested%5Ba%5D%5B1%5D=2',
    });
  });

  it('functions that it does not have send nothing', async () => {
    const recorder = await startRecorder(at.daemon.http);
    onTestFinished(() => recorder.close());
    const user = await home(`${anna.url.replace(/@.*/, '@')}${recorder.origin.slice('http://'.length)}`);
    const names = [
      'subscription_storage_list',
      'subscription_network_list',
      'subscribe_storage',
      'unsubscribe_storage',
      'subscribe_network',
      'unsubscribe_network',
      'make_invoice',
      'make_directory',
      'file_list',
      'synchronize_files',
      'tunnel',
    ];
    const run = await runClient(
      user,
      names.map((name) => [name, {}]),
    );
    for (const answer of run.answers) expect(answer).toMatchObject({ thrown: expect.any(String) as string });
    expect(run.answers).toHaveLength(names.length);
    expect(recorder.requests.filter(({ url }) => url !== '/')).toEqual([]);
  });

  it('logs in by .eater on a Node that a cookie would end: a GET first, then POSTs too', async () => {
    const user = await home(at.daemon.http, anna);
    const run = await runClient(user, [['ssh_key_list'], ['delete_ssh_key', { id: 'none' }]]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.answers).toMatchObject([
      { error: null, data: [] },
      { error: expect.stringMatching(/no key pair "none"/) as string },
    ]);
    // Another local user of this machine is somebody else.
    const asked = await execa(
      'curl',
      [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-A',
        'NodeJS-API',
        `${at.daemon.http}/console/servers/ssh_keys`,
      ],
      { uid: 65_534, gid: 65_534, env: { PATH: process.env['PATH'] ?? '' }, extendEnv: false, cwd: '/' },
    );
    expect(asked.stdout).toBe('302');
  });

  it('with a wrong secret it gets nowhere', async () => {
    // What the test before it opened is of this local user too.
    const stranger = await at.user('stranger');
    await runCli(at.daemon.grpc, ['gpueater', 'revoke', anna.email]);
    anna = await at.user('anna');
    const user = await home(at.daemon.http, { email: stranger.email, password: 'wrong' });
    const run = await runClient(user, [['ssh_key_list']]);
    expect(run.answers).toMatchObject([{ error: 'Request failed.', data: null }]);
  });

  it('a cookie ends its process: why none is sent to a login without User-Agent', async () => {
    const server = http.createServer((request, response) => {
      if (request.url === '/api_login') {
        response.writeHead(200, { 'Set-Cookie': 'a=b; Path=/' });
        response.end('{"data":null,"error":null}');
      } else if (request.url === '/') response.end();
      else if (request.url?.startsWith('/login') === true) response.end('<html></html>');
      else {
        response.writeHead(302, { Location: '/login?state=session_timeout' });
        response.end('Found');
      }
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const user = await home(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, anna);
    const run = await runClient(user, [['ssh_key_list']]);
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toContain('ERR_INVALID_ARG_TYPE');
  });

  it('where nothing answers, it goes elsewhere', async () => {
    const user = await home('http://127.0.0.1:1', anna);
    // Where there is no network but loopback.
    const run = await at.host.run(process.execPath, clientArguments([['ssh_key_list']]), {
      cwd: user.directory,
      env: user.env,
      reject: false,
      timeoutMs: 30_000,
    });
    expect(JSON.stringify(readAnswers(run.stdout))).toContain('www.gpueater.com');
  });

  it('its command line lists keys and images', async () => {
    const user = await home(anna.url);
    for (const action of ['ssh_keys', 'registered_images']) {
      const run = await execa(process.execPath, [consoleScript, action], {
        cwd: user.directory,
        env: user.env,
        extendEnv: false,
        reject: false,
        input: '',
        timeout: 30_000,
      });
      expect(run.exitCode, `${action}: ${run.stderr}${run.stdout}`).toBe(0);
    }
  });
});

describe.each<readonly [string, Vector]>([
  ['Python', python],
  ['Ruby', ruby],
])('requests as %s’s client sends them', (_name, vector) => {
  const send = (method: 'GET' | 'POST', route: string, form = '', cookie: string | null = null) => {
    const { host } = new URL(at.daemon.http);
    return rawRequest(at.daemon.http, vector(host, method, route, form, cookie), form);
  };
  const login = async (): Promise<string> => {
    const answer = await send('POST', '/api_login', `email=${anna.email}&password=${anna.password}`);
    expect(envelope(answer)).toMatchObject({ error: null });
    return answer.headers.get('set-cookie') ?? '';
  };

  it('are sent to log in, and nothing is done before', async () => {
    for (const [method, form] of [
      ['GET', ''],
      ['POST', `name=early&public_key=x`],
    ] as const) {
      const answer = await send(
        method,
        `/console/servers/${method === 'GET' ? 'ssh_keys' : 'register_ssh_key'}`,
        form,
      );
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toContain('session_timeout');
      expect(() => JSON.parse(answer.body) as unknown).toThrow();
      expect(answer.body).not.toBe('');
    }
    const landing = await send('GET', '/login?state=session_timeout');
    expect(landing.headers.get('content-type')).toContain('text/html');
    const cookie = await login();
    expect(envelope(await send('GET', '/console/servers/ssh_keys', '', cookie))).toEqual({
      data: [],
      error: null,
    });
  });

  it('a session is known by all of its cookie, also after a restart, until the key is revoked', async () => {
    const cookie = await login();
    expect(cookie).toContain('; Path=/');
    await at.restart();
    const list = () => send('GET', '/console/servers/ssh_keys', '', cookie);
    expect(envelope(await list())).toEqual({ data: [], error: null });
    expect((await runCli(at.daemon.grpc, ['gpueater', 'revoke', anna.email])).exitCode).toBe(0);
    expect((await list()).status).toBe(302);
    anna = await at.user('anna');
  });

  it('whatever is wrong is told as JSON', async () => {
    const cookie = await login();
    for (const [method, route, form] of [
      ['POST', 'register_ssh_key', ''],
      ['POST', 'register_ssh_key', 'name=a&public_key=no+key'],
      ['POST', 'register_ssh_key', `name=${'a'.repeat(300_000)}`],
      ['POST', 'delete_ssh_key', 'id[a]=b'],
      ['POST', 'delete_snapshot', 'snapshot_id=%00'],
      ['POST', 'snapshot_instance', 'instance_id=11111111-2222-3333-4444-555555555555'],
      ['POST', 'cancel_transaction', 'transaction_id=None'],
      ['GET', 'no_such_function', ''],
      ['POST', 'ssh_keys', ''],
    ] as const) {
      const answer = await send(method, `/console/servers/${route}`, form, cookie);
      expect(answer.status, route).toBeGreaterThanOrEqual(400);
      expect(answer.status, route).toBeLessThan(500);
      expect(envelope(answer), route).toEqual({ data: null, error: expect.stringMatching(/./) as string });
    }
  });

  it('a long query is read', async () => {
    const cookie = await login();
    const route = `/console/servers/ssh_keys?x=${'y'.repeat(12_000)}&ipv6&tag=t+g`;
    expect(envelope(await send('GET', route, '', cookie))).toEqual({ data: [], error: null });
  });
});

it('the probe of the start page is answered with little', async () => {
  const answer = await fetch(`${at.daemon.http}/`);
  expect(answer.status).toBeLessThan(500);
  expect((await answer.arrayBuffer()).byteLength).toBeLessThan(64 * 1024);
});

it('web pages of other sites are refused, with the access key too', async () => {
  const { host } = new URL(at.daemon.http);
  const basic = `Authorization: Basic ${Buffer.from(`${anna.email}:${anna.password}`).toString('base64')}`;
  for (const header of ['Origin: http://evil.example', 'Sec-Fetch-Site: cross-site']) {
    const lines = [`GET /console/servers/ssh_keys HTTP/1.1`, `Host: ${host}`, basic, header];
    const answer = await rawRequest(at.daemon.http, lines);
    expect(answer.status).toBe(403);
    expect(envelope(answer).error).toMatch(/other sites/);
  }
});

it('the command line writes .eater for its user only, and shows and ends access keys', async () => {
  const cli = (...args: string[]) => runCli(at.daemon.grpc, ['gpueater', ...args]);
  const file = path.join(at.workspace.directory, '.eater');
  expect((await cli('url', '--user', 'clara', '--dry-run')).exitCode).toBe(0);
  const made = await cli('url', '--user', 'clara', '--eater', file);
  expect(made.stdout).toMatch(/^GPUEATER_URL=http:\/\/[A-Za-z0-9_-]{20}:[A-Za-z0-9_-]{43}@127\.0\.0\.1:\d+$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { gpueater } = JSON.parse(await readFile(file, 'utf8')) as {
    gpueater: { email: string; password: string };
  };
  expect(made.stdout).toContain(`${gpueater.email}:${gpueater.password}`);
  expect((await cli('url', '--user', 'clara', '--eater', file)).exitCode).not.toBe(0);
  expect((await cli('keys', '--user', 'clara', '-o', 'name')).stdout.trim()).toBe(gpueater.email);
  expect((await cli('keys', '--user', 'clara')).stdout).toContain('clara');
  expect((await cli('revoke', gpueater.email, '--dry-run')).stdout).toContain('would be revoked');
  expect((await cli('revoke', gpueater.email)).exitCode).toBe(0);
  const again = await cli('revoke', gpueater.email, 'nobody');
  expect(again.exitCode).not.toBe(0);
  expect(again.stderr).toContain('not-found');
});
