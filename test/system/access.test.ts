import { once } from 'node:events';
import { mkdir, readFile, stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { cliProgram, runCli } from './cli-process.ts';
import { createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

/** Debian's nobody, and an account that there is none of. */
const [nobody, stranger] = [65_534, 64_999];

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let base: string;
let socket: string;

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** curl, run by another local user. */
async function curl(uid: number, args: readonly string[]): Promise<Told> {
  const { stdout } = await execa('curl', ['-s', '-w', '\n%{http_code}', ...args], { uid, gid: uid });
  const lines = stdout.split('\n');
  const status = Number(lines.pop());
  const text = lines.join('\n');
  return { status, body: text.startsWith('{') ? (JSON.parse(text) as Told['body']) : { text } };
}

/** The command line, run by another local user. */
async function cliAs(uid: number, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [cliProgram, ...args], {
    uid,
    gid: uid,
    env: { PROTIUM_ADDRESS: daemon.grpc, HOME: '/nonexistent', XDG_CONFIG_HOME: '', ...env },
    reject: false,
  });
}

async function cli(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(daemon.grpc, args);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

const bearer = (token: string): readonly string[] => ['-H', `Authorization: Bearer ${token}`];
const asPage: readonly string[] = ['-H', 'Origin: null', '-A', 'Mozilla/5.0'];
const codeOf = ({ status, body }: Told): unknown => [status, body['code']];

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  base = path.dirname(workspace.directory);
  socket = path.join(base, 'run', 'protium.sock');
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: { PROTIUM_ATOMOS_PORT: '0', PROTIUM_SOCKET: socket, PROTIUM_SOCKET_GROUP: String(nobody) },
  });
});

afterAll(async () => {
  await daemon.end();
  await workspace.remove();
});

describe('without a token', () => {
  it('root on this machine is the administrator, over HTTP and gRPC', async () => {
    const response = await fetch(`${daemon.http}/v1/whoami`);
    expect(await response.json()).toMatchObject({ user: 'root', way: 'local', administrator: true });
    expect(await cli('whoami', '-o', 'json')).toContain('"way": "local"');
  });

  it('another local user is told what to do', async () => {
    const told = await curl(nobody, [`${daemon.http}/v1/instances`]);
    expect(codeOf(told)).toEqual([401, 'unauthenticated']);
    expect(told.body['detail']).toMatch(/local user 65534 .*--local-user 65534.*protium token create/s);
    const { exitCode, stderr } = await cliAs(nobody, ['list']);
    expect([exitCode, stderr]).toEqual([
      4,
      expect.stringMatching(/protium token create.*\(unauthenticated\)/s),
    ]);
  });

  it('nor is another user let in by any dialect', async () => {
    const atomos = String(
      (daemon.log.find((entry) => entry['message'] === 'Protium serves')?.['atomos'] as string[])[0],
    );
    for (const url of [
      `${daemon.http}/status`,
      `${daemon.http}/api/v1.0/statusjson`,
      `http://${atomos}/status`,
      `${daemon.http}/domains`,
    ]) {
      expect([url, (await curl(nobody, [url])).status]).toEqual([url, 401]);
    }
    const post = ['-H', 'Content-Type: application/json', '-d', '{}'];
    expect(codeOf(await curl(nobody, [...post, `${daemon.http}/domain`]))).toEqual([401, 'unauthenticated']);
    expect(codeOf(await curl(nobody, [...post, `${daemon.http}/run`]))).toEqual([401, 'unauthenticated']);
    const console = await curl(nobody, [`${daemon.http}/console/servers/instance_list`]);
    expect(console.status).toBe(302);
  });

  it('everybody may ask how it is; local programs for metrics too', async () => {
    expect((await curl(nobody, [`${daemon.http}/health`])).body).toHaveProperty('status');
    expect((await curl(nobody, [`${daemon.http}/metrics`])).status).toBe(200);
    expect((await curl(nobody, [...asPage, `${daemon.http}/console`])).status).toBe(403);
    expect((await curl(nobody, ['-A', 'Mozilla/5.0', `${daemon.http}/console`])).status).toBe(200);
  });

  it('a browser of root is nobody', async () => {
    for (const headers of [
      { Origin: daemon.http },
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'User-Agent': 'Mozilla/5.0' },
      { 'X-Forwarded-For': '192.0.2.1' },
    ]) {
      const { status } = await fetch(`${daemon.http}/v1/instances`, { headers: { ...headers } as never });
      expect([headers, status]).toEqual([headers, 401]);
    }
  });
});

describe('the first token', () => {
  it('is in a file for the daemon’s user only, and in no log', async () => {
    const file = path.join(workspace.stateDirectory, 'admin-token');
    const token = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(daemon.log.find((entry) => entry['file'] === file)?.['message']).toMatch(/token/);
    expect(JSON.stringify(daemon.log)).not.toContain(token);
    const told = await curl(nobody, [...bearer(token), `${daemon.http}/v1/whoami`]);
    expect(told.body).toMatchObject({ user: 'administrator', way: 'token', administrator: true });
  });
});

describe('a token', () => {
  it('lets in over HTTP, gRPC, GPUEater and AtomOS, until it is revoked', async () => {
    await cli('user', 'create', 'anna');
    const token = await cli('token', 'create', '--user', 'anna', '--description', 'laptop');
    const [, id = ''] = token.split('_');
    const urls = ['/v1/whoami', '/console/servers/instance_list', '/api/v1.0/version'];
    for (const url of urls) {
      expect([url, (await curl(nobody, [...bearer(token), daemon.http + url])).status]).toEqual([url, 200]);
    }
    expect((await cliAs(nobody, ['whoami'], { PROTIUM_TOKEN: token })).stdout).toMatch(/anna/);
    expect(await cli('token', 'list')).toMatch(new RegExp(`${id} +anna +everything`));
    const rotated = await cli('token', 'rotate', id);
    expect(codeOf(await curl(nobody, [...bearer(token), `${daemon.http}/v1/whoami`]))).toEqual([
      401,
      'credentials-wrong',
    ]);
    await cli('token', 'revoke', id);
    for (const url of urls) {
      expect([url, (await curl(nobody, [...bearer(rotated), daemon.http + url])).status]).toEqual([url, 401]);
    }
    const refused = await cliAs(nobody, ['whoami'], { PROTIUM_TOKEN: rotated });
    expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringMatching(/credentials-wrong/)]);
  });

  it('for reads changes nothing, one for metrics sees nothing else, and each ends in time', async () => {
    const reads = await cli('token', 'create', '--user', 'administrator', '--read-only');
    expect((await curl(nobody, [...bearer(reads), `${daemon.http}/v1/users`])).status).toBe(200);
    const post = ['-H', 'Content-Type: application/json', '-d', '{"name":"eve"}'];
    expect(codeOf(await curl(nobody, [...bearer(reads), ...post, `${daemon.http}/v1/users`]))).toEqual([
      403,
      'access-denied',
    ]);
    const created = await cliAs(nobody, ['user', 'create', 'eve'], { PROTIUM_TOKEN: reads });
    expect(created.stderr).toMatch(/access-denied/);
    const metrics = await cli('token', 'create', '--user', 'administrator', '--metrics');
    expect((await curl(nobody, [...bearer(metrics), `${daemon.http}/metrics`])).status).toBe(200);
    expect((await curl(nobody, [...bearer(metrics), `${daemon.http}/v1/users`])).status).toBe(403);
    const short = await cli('token', 'create', '--user', 'administrator', '--for', '2s');
    await vi.waitFor(
      async () => {
        const told = await curl(nobody, [...bearer(short), `${daemon.http}/v1/whoami`]);
        expect(codeOf(told)).toEqual([401, 'credentials-wrong']);
      },
      { timeout: 20_000, interval: 500 },
    );
  });

  it('is kept by login, for its daemon alone', async () => {
    const token = await cli('token', 'create', '--user', 'administrator');
    const home = path.join(base, 'config');
    await mkdir(home);
    const env = { XDG_CONFIG_HOME: home, PROTIUM_ADDRESS: '' };
    const run = (args: readonly string[], input = '') =>
      execa(process.execPath, [cliProgram, ...args], { env, input, reject: false });
    const login = await run(['--address', daemon.grpc, 'login'], token);
    expect([login.exitCode, login.stdout]).toEqual([0, expect.stringMatching(/administrator/)]);
    expect((await stat(path.join(home, 'protium', 'logins.json'))).mode & 0o777).toBe(0o600);
    expect((await run(['whoami', '--address', daemon.grpc])).stdout).toMatch(/known by token/);
    const wrong = await run(['--address', daemon.grpc, 'login'], token.replace(/.$/, '!'));
    expect(wrong.exitCode).toBe(4);
    expect((await run(['logout', '--address', daemon.grpc])).exitCode).toBe(0);
    expect((await run(['whoami', '--address', daemon.grpc])).stdout).toMatch(/known by local/);
    const far = await run(['whoami', '--address', '192.0.2.1:7001', '--token', token]);
    expect([far.exitCode, far.stderr]).toEqual([2, expect.stringMatching(/plain text/)]);
  });
});

describe('the Unix socket', () => {
  it('knows root, and users that an administrator has named', async () => {
    const at = ['--unix-socket', socket, 'http://localhost/v1/whoami'];
    expect((await curl(0, at)).body).toMatchObject({ user: 'root', administrator: true, address: 'unix' });
    expect(codeOf(await curl(nobody, at))).toEqual([401, 'unauthenticated']);
    await cli('user', 'create', 'berta', '--local-user', 'nobody');
    expect((await curl(nobody, at)).body).toMatchObject({
      user: 'berta',
      way: 'local',
      administrator: false,
    });
    const grpc = `unix:${socket.replace('.sock', '-grpc.sock')}`;
    expect((await cliAs(nobody, ['whoami'], { PROTIUM_ADDRESS: grpc })).stdout).toMatch(/berta/);
    expect((await curl(nobody, [`${daemon.http}/v1/whoami`])).body).toMatchObject({ user: 'berta' });
    // Who is not of the group does not reach it.
    await expect(curl(stranger, at)).rejects.toThrow();
    expect((await stat(socket)).mode & 0o777).toBe(0o660);
    await cli('user', 'delete', 'berta');
    expect(codeOf(await curl(nobody, at))).toEqual([401, 'unauthenticated']);
  });
});

describe('what cannot be read', () => {
  async function raw(text: string): Promise<string> {
    const { port } = new URL(daemon.http);
    const connection = net.connect(Number(port), '127.0.0.1');
    let answer = '';
    connection.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    connection.on('error', () => undefined);
    connection.write(text);
    await once(connection, 'close');
    return answer.split('\r\n', 1)[0] ?? '';
  }

  it('lets nobody in, not even root', async () => {
    const token = await cli('token', 'create', '--user', 'administrator');
    const ask = (headers: string) =>
      raw(`GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`);
    const right = `Authorization: Bearer ${token}\r\n`;
    expect(await ask(right)).toBe('HTTP/1.1 200 OK');
    for (const headers of [
      right + right,
      `${right}authorization: Bearer x\r\n`,
      `Authorization: x\r\n${right}`,
      'Authorization:\r\n',
      `Authorization: Bearer ${token},Bearer ${token}\r\n`,
      `Authorization: Bearer ${'x'.repeat(30_000)}\r\n`,
      'Authorization: Basic cm9vdDp4\r\n',
      'Authorization: Negotiate x\r\n',
    ]) {
      expect([headers.slice(0, 60), await ask(headers)]).toEqual([
        headers.slice(0, 60),
        'HTTP/1.1 401 Unauthorized',
      ]);
    }
    expect(await ask(`Authorization: Bearer ${'x'.repeat(70_000)}\r\n`)).toMatch(/^HTTP\/1.1 431/);
    expect(await ask(`Authorization: Bearer ${token}\u0000\r\n`)).toMatch(/^HTTP\/1.1 400/);
    expect(await ask(` ${right}`)).toMatch(/^HTTP\/1.1 400/);
  });

  it('too often is too often, but for root', async () => {
    const wrong = bearer(`pt_${'0'.repeat(16)}_${'A'.repeat(43)}`);
    const statuses = new Set<number>();
    for (let count = 0; count < 25; count += 1) {
      statuses.add((await curl(stranger, [...wrong, `${daemon.http}/v1/whoami`])).status);
    }
    expect([...statuses]).toEqual([401, 429]);
    const { stdout } = await execa(
      'curl',
      ['-s', '-D', '-', '-o', '/dev/null', ...wrong, `${daemon.http}/v1/whoami`],
      { uid: stranger, gid: stranger },
    );
    expect(stdout).toMatch(/Retry-After: \d+/i);
    const token = await cli('token', 'create', '--user', 'administrator');
    expect((await curl(stranger, [...bearer(token), `${daemon.http}/v1/whoami`])).status).toBe(200);
    for (let count = 0; count < 25; count += 1) {
      expect(
        (await fetch(`${daemon.http}/v1/whoami`, { headers: { Authorization: 'Bearer x' } })).status,
      ).toBe(401);
    }
    expect((await fetch(`${daemon.http}/v1/whoami`)).status).toBe(200);
  });
});
