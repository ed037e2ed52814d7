import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import type { DaemonInside } from '../system/daemon-inside.ts';
import { runningGuest, type RunningGuest } from '../system/running-guest.ts';

const name = 'asked';
let host: PrivateHost;
let guest: RunningGuest;
let daemon: DaemonInside;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const fromBase64 = (text: unknown): string => Buffer.from(String(text), 'base64').toString();
const at = (route: string): string => `/v1/instances/${name}/guest${route}`;
const call = async (method: string, route: string, body?: object) =>
  (await daemon.call(method, at(route), body)).body;

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  guest = await runningGuest(host, name);
  daemon = guest.daemon;
  await vi.waitFor(async () => {
    expect(await call('GET', '/ping')).toHaveProperty('durationMs');
  }, 60_000);
});

afterAll(async () => {
  await daemon.end();
  await guest.remove();
});

describe('a program in the guest', () => {
  it('is run, and tells how it ended', async () => {
    const answer = await call('POST', '/execute', {
      path: '/bin/sh',
      arguments: ['-c', 'read -r line; echo "$line $NAME"; echo no >&2; exit 7'],
      environment: ['NAME=value'],
      input: base64('given\n'),
    });
    expect(answer).toMatchObject({ exitCode: 7, outputTruncated: false });
    expect([fromBase64(answer['output']), fromBase64(answer['errorOutput'])]).toEqual([
      'given value\n',
      'no\n',
    ]);
  });

  it('is cut off in what it brings back, not in what it does', async () => {
    const answer = await call('POST', '/execute', {
      path: '/bin/sh',
      arguments: ['-c', 'head -c 5000 /dev/zero; kill -9 $$'],
      maxOutputBytes: 1000,
    });
    expect(answer).toMatchObject({ signal: 9, outputTruncated: true });
    expect(fromBase64(answer['output'])).toHaveLength(1000);
    expect(answer).not.toHaveProperty('exitCode');
  });

  it('is not waited for longer than was said', async () => {
    const answer = await call('POST', '/execute', {
      path: '/bin/sleep',
      arguments: ['30'],
      timeoutSeconds: 1,
    });
    expect(answer).toMatchObject({
      code: 'deadline-exceeded',
      details: { pid: expect.any(Number) as unknown },
    });
  });

  it('that is not there is the guest refusing', async () => {
    expect(await call('POST', '/execute', { path: '/nowhere' })).toMatchObject({ code: 'guest-refused' });
    expect(await call('POST', '/execute', { path: '' })).toMatchObject({ code: 'argument-invalid' });
  });

  it('is not run when it is only checked', async () => {
    const request = { path: '/bin/touch', arguments: ['/data/checked'], validateOnly: true };
    expect(await call('POST', '/execute', request)).toMatchObject({ output: '' });
    expect(await call('GET', '/file?path=/data/checked')).toMatchObject({ code: 'guest-refused' });
  });
});

describe('a file in the guest', () => {
  it('is written in parts, and read in parts', async () => {
    const path = '/data/notes';
    expect(await call('POST', '/file', { path, content: base64('one\n') })).toEqual({ writtenBytes: 4 });
    const more = { path, content: base64('two\n'), mode: 'GUEST_FILE_MODE_APPEND' };
    expect(await call('POST', '/file', more)).toEqual({ writtenBytes: 4 });
    const first = await call('GET', `/file?path=${path}&maxBytes=5`);
    expect(first).toEqual({ content: base64('one\nt'), nextOffset: '5', end: false });
    const rest = await call('GET', `/file?path=${path}&offset=5`);
    expect(rest).toEqual({ content: base64('wo\n'), nextOffset: '8', end: true });
  });

  it('has an absolute path', async () => {
    expect(await call('GET', '/file?path=notes')).toMatchObject({ code: 'argument-invalid' });
  });
});

describe('the guest', () => {
  it('tells of itself', async () => {
    const info = await call('GET', '');
    expect(info).toMatchObject({
      hostname: expect.any(String) as unknown,
      operatingSystem: { kernelRelease: expect.any(String) as unknown, machine: 'x86_64' },
      agentVersion: expect.stringMatching(/^\d/) as unknown,
    });
    expect(info['agentCommands']).toContain('guest-exec');
  });

  it('tells who is logged in', async () => {
    expect(await call('GET', '/users')).toHaveProperty('users');
  });

  it('is given a password that is nowhere in the log', async () => {
    const password = 'n3w-and-secret';
    const answer = await call('POST', '/password', { user: 'root', password });
    expect(answer).toEqual({});
    expect(JSON.stringify(daemon.log)).not.toContain(password);
    expect(await call('POST', '/password', { user: '', password })).toMatchObject({
      code: 'argument-invalid',
    });
  });
});

describe('freezing', () => {
  it('ends by thawing', async () => {
    const frozen = await call('POST', '/freeze', { timeoutSeconds: 600 });
    expect(frozen).toMatchObject({ filesystems: 1, thawTime: expect.any(String) as unknown });
    expect(await call('POST', '/freeze', {})).toMatchObject({ code: 'state-conflict' });
    expect(await call('POST', '/execute', { path: '/bin/true' })).toMatchObject({ code: 'guest-refused' });
    expect(await call('POST', '/thaw', {})).toEqual({ filesystems: 1 });
    expect(await call('POST', '/execute', { path: '/bin/true' })).toMatchObject({ exitCode: 0 });
  });

  it('ends by itself', async () => {
    expect(await call('POST', '/freeze', { timeoutSeconds: 1 })).toMatchObject({ filesystems: 1 });
    await expect
      .poll(() => call('POST', '/execute', { path: '/bin/true' }), { timeout: 20_000 })
      .toMatchObject({ exitCode: 0 });
  });

  it('ends after a crash of the daemon', async () => {
    expect(await call('POST', '/freeze', { timeoutSeconds: 2 })).toMatchObject({ filesystems: 1 });
    await daemon.end('SIGKILL');
    daemon = await guest.startDaemon();
    await expect
      .poll(() => call('POST', '/execute', { path: '/bin/true' }), { timeout: 30_000 })
      .toMatchObject({ exitCode: 0 });
  });
});

describe('the command line', () => {
  it('runs a program, and ends as it does', async () => {
    const run = await daemon.cli(['exec', name, '--stdin', '--', 'sh', '-c', 'cat; echo err >&2; exit 5'], {
      input: 'in\n',
    });
    expect(run).toEqual({ exitCode: 5, stdout: 'in', stderr: 'err' });
  });

  it('brings files there and back', async () => {
    const text = 'x'.repeat(3_000_000);
    expect(await daemon.cli(['guest', 'write', name, '-', '/data/large'], { input: text })).toMatchObject({
      exitCode: 0,
    });
    const read = await daemon.cli(['guest', 'read', name, '/data/large']);
    expect(read.stdout === text).toBe(true);
    expect((await daemon.cli(['guest', 'read', name, '/data/none'])).exitCode).toBe(4);
  });

  it.each([
    [['guest', 'ping', name], /answered in \d+ ms/],
    [['guest', 'info', name], /agent +\d/],
    [['guest', 'users', name], /^USER/],
    [['guest', 'freeze', name], /^frozen: 1, until/],
    [['guest', 'thaw', name], /^thawed: 1/],
    [['host', 'get'], /memory +\d/],
    [['host', 'devices'], /^ADDRESS/],
    [['logs', name, '-n', '1'], /\S/],
  ])('%j', async (args, shown) => {
    const run = await daemon.cli(args);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(shown);
  });

  it('sets a password that it is given on stdin', async () => {
    const run = await daemon.cli(['guest', 'set-password', name, 'root'], { input: 'an0ther\n' });
    expect(run).toMatchObject({ exitCode: 0, stderr: 'The password of root is set.' });
  });

  it('the doctor ends by what it finds', async () => {
    const { exitCode, stdout } = await daemon.cli(['doctor', '-o', 'json']);
    const { findings } = JSON.parse(stdout) as { findings: { severity: string }[] };
    expect(exitCode).toBe(findings.some(({ severity }) => severity === 'problem') ? 1 : 0);
  });

  it('writes a screenshot', async () => {
    const file = path.join(guest.workspace.directory, 'shot.png');
    expect(await daemon.cli(['screenshot', name, file])).toMatchObject({ exitCode: 0 });
    expect(PNG.sync.read(await readFile(file)).width).toBe(720);
    expect((await daemon.cli(['screenshot', name, '/nowhere/shot.png'])).exitCode).toBe(2);
  });

  it('types on the console what comes by a pipe, until it has seen enough', async () => {
    const run = await daemon.cli(['console', name, '--no-scrollback', '--until', 'Password: '], {
      input: '\rroot\r',
    });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/login: root\s+Password: $/);
    const never = ['console', name, '--until', 'never', '--timeout', '1'];
    expect(await daemon.cli(never)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('never') as unknown,
    });
    expect(await daemon.cli(['console', 'nobody'])).toMatchObject({ exitCode: 3 });
  });

  it('gives the address of a page', async () => {
    const { stdout } = await daemon.cli(['vnc', name, '--page']);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:9021\/console#kind=vnc&instance=asked&ticket=[\w-]{43}$/);
  });

  it('brings the display to a port for a viewer', async () => {
    const vnc = daemon.startCli(['vnc', name]);
    const line = await vnc.saw(/127\.0\.0\.1:\d+\n/);
    const port = /:(\d+)\n/.exec(line)?.[1] ?? '';
    const viewer = `require('node:net').connect(${port}, '127.0.0.1').once('data', (bytes) => { process.stdout.write(bytes); process.exit(); })`;
    expect((await host.run(process.execPath, ['-e', viewer])).stdout).toBe('RFB 003.008');
    await vnc.kill('SIGINT');
    expect((await vnc.end).exitCode).toBe(0);
  });

  it('follows the log, and leaves the console when the guest is switched off', async () => {
    const following = daemon.startCli(['logs', name, '--follow', '-n', '1']);
    const attached = daemon.startCli(['console', name, '--no-scrollback']);
    await expect
      .poll(async () => (await daemon.call('GET', `/v1/instances/${name}/consoles`)).body, {
        timeout: 20_000,
      })
      .toMatchObject({ consoles: [{ viewers: 1 }, {}] });
    await call('POST', '/execute', { path: '/bin/sh', arguments: ['-c', 'echo followed >/dev/ttyS0'] });
    await following.saw(/followed/);
    await following.kill('SIGINT');
    expect((await following.end).exitCode).toBe(0);
    await host.run('virsh', ['-q', '-c', 'qemu:///system', 'destroy', name]);
    expect(await attached.end).toMatchObject({ exitCode: 0 });
  });

  it('says so when the VM is off', async () => {
    expect(await call('GET', '/ping')).toMatchObject({ code: 'state-conflict' });
    expect(await daemon.cli(['exec', name, 'true'])).toMatchObject({ exitCode: 4 });
  });
});
