import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost } from '../host/private-host.ts';
import { cliProgram } from './cli-process.ts';
import { createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const nobody = 65_534;

let workspace: Workspace;
let daemon: DaemonUnderTest;
let files: string;

function at(name: string): string {
  return path.join(files, name);
}

async function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}, uid = 0) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cliProgram, ...args], {
    cwd: files,
    uid,
    gid: uid,
    env: { HOME: '/nonexistent', ...env },
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  const host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = workspace.directory;
  const made = await cli(['cert', 'server', '--name', 'localhost', '--name', '127.0.0.1', '--out', 'server']);
  expect(made.stdout).toMatch(/SHA-256 ([0-9A-F]{2}:){31}/);
  await chmod(at('server.pem'), 0o644);
  const [certificate, key] = [at('server.pem'), at('server.key')];
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      // TLS, so that no other word is needed.
      PROTIUM_HTTP_HOST: '0.0.0.0',
      PROTIUM_HTTP_SERVER_CERT: certificate,
      PROTIUM_HTTP_SERVER_KEY: key,
      PROTIUM_GRPC_SERVER_CERT: certificate,
      PROTIUM_GRPC_SERVER_KEY: key,
    },
  });
});

afterAll(async () => {
  await daemon.end();
  await workspace.remove();
});

async function curl(args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  const { port } = new URL(daemon.http);
  const url = `https://127.0.0.1:${port}/v1/whoami`;
  const { stdout } = await execa(
    'curl',
    ['-s', '-w', '\n%{http_code}', '--cacert', at('server.pem'), ...args, url],
    { uid: nobody, gid: nobody, reject: false },
  );
  const lines = stdout.split('\n');
  return { status: Number(lines.pop()), text: lines.join('\n') };
}

it('a client certificate shows who calls, over HTTP and gRPC, until it is revoked', async () => {
  const env = { PROTIUM_ADDRESS: daemon.grpc, PROTIUM_CA_CERTS: at('server.pem') };
  expect((await cli(['whoami'], env)).stdout).toMatch(/root/);
  expect((await curl([])).status).toBe(401);
  expect((await cli(['user', 'create', 'anna'], env)).exitCode).toBe(0);
  const made = await cli(['cert', 'create', '--user', 'anna', '--out', 'anna', '-o', 'json'], env);
  const { certificate, keyPem } = JSON.parse(made.stdout) as {
    readonly certificate: { readonly serial: string };
    readonly keyPem?: string;
  };
  // It is in its file, and nowhere else.
  expect(keyPem ?? '').toBe('');
  const again = await cli(['cert', 'create', '--user', 'anna', '--out', 'anna'], env);
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringMatching(/already/)]);
  await chmod(at('anna.pem'), 0o644);
  await chmod(at('anna.key'), 0o644);

  const shown = ['--cert', at('anna.pem'), '--key', at('anna.key')];
  const told = await curl(shown);
  expect([told.status, told.text]).toEqual([200, expect.stringMatching(/"user":"anna","way":"certificate"/)]);
  const pair = { PROTIUM_CLIENT_CERT: at('anna.pem'), PROTIUM_CLIENT_KEY: at('anna.key') };
  expect((await cli(['whoami'], { ...env, ...pair }, nobody)).stdout).toMatch(/anna/);
  expect((await curl(['--tls-max', '1.1', ...shown])).status).toBe(0);

  expect((await cli(['cert', 'list'], env)).stdout).toContain(certificate.serial);
  expect((await cli(['cert', 'revoke', certificate.serial], env)).exitCode).toBe(0);
  expect((await curl(shown)).status).toBe(401);
  const refused = await cli(['whoami'], { ...env, ...pair }, nobody);
  expect([refused.exitCode, refused.stderr]).toEqual([
    4,
    expect.stringMatching(/revoked.*credentials-wrong/s),
  ]);
});

it('a certificate that signs itself shows nothing', async () => {
  const forged = await cli(['cert', 'server', '--name', 'administrator', '--out', 'forged']);
  expect(forged.exitCode).toBe(0);
  await chmod(at('forged.pem'), 0o644);
  await chmod(at('forged.key'), 0o644);
  const { status, text } = await curl(['--cert', at('forged.pem'), '--key', at('forged.key')]);
  expect([status, text]).toEqual([401, expect.stringMatching(/not trusted/)]);
});
