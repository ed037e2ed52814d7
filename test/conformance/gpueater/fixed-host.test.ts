import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { hostOfWorker } from '../../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../../host/private-host.ts';
import { createWorkspace, type Workspace } from '../../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../../system/daemon-inside.ts';
import { clientArguments, readAnswers } from './node-client.ts';

/** Clients that know one host only, www.gpueater.com, within namespaces where that is this machine. */
let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;

const file = (name: string): string => path.join(files, name);

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'gpueater-host-'));
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: files });
  const subject = ['-subj', '/CN=test'];
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...fresh, ...subject, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem');
  await openssl('req', ...fresh, ...subject, '-keyout', 'tls.key', '-out', 'tls.csr');
  await writeFile(file('names'), 'subjectAltName=DNS:www.gpueater.com\n');
  await openssl(
    ...['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '2'],
    ...['-extfile', 'names', '-out', 'tls.pem'],
  );
});

afterAll(async () => {
  await workspace.remove();
  await rm(files, { recursive: true });
});

const startDaemon = async (env: Readonly<Record<string, string>>, url: string): Promise<void> => {
  daemon = await startDaemonInside(host, workspace, { PROTIUM_HTTP_NAMES: 'www.gpueater.com', ...env });
  onTestFinished(() => daemon.end());
  await vi.waitFor(async () => {
    const { exitCode } = await host.run(
      'curl',
      ['-s', '-f', '--cacert', file('ca.pem'), `${url}/statusjson`],
      {
        reject: false,
      },
    );
    expect(exitCode).toBe(0);
  }, 30_000);
};

beforeEach(async () => {
  await rm(file('.eater'), { force: true });
});

/** As its user calls it, with nothing set but whom it trusts. */
const client = async (env: Readonly<Record<string, string>> = {}) => {
  const made = await daemon.cli(['gpueater', 'url', '--user', 'anna', '--eater', file('.eater')]);
  expect(made.exitCode, made.stderr).toBe(0);
  expect(JSON.parse(await readFile(file('.eater'), 'utf8'))).toHaveProperty('gpueater');
  const args = clientArguments([['ssh_key_list'], ['delete_ssh_key', { id: 'none' }], ['image_list']]);
  const run = await host.run(process.execPath, args, {
    cwd: files,
    env: { HOME: files, TMPDIR: files, NODE_EXTRA_CA_CERTS: file('ca.pem'), ...env },
    reject: false,
    timeoutMs: 30_000,
  });
  return readAnswers(run.stdout);
};
const served = [
  { error: null, data: [] },
  { error: expect.stringMatching(/no key pair "none"/) as string },
  { error: null, data: {} },
];

/** In the namespaces, www.gpueater.com is this machine. */
const nameIsOurs = async (): Promise<void> => {
  await writeFile(file('hosts'), '127.0.0.1 localhost www.gpueater.com\n');
  await host.run('mount', ['--bind', file('hosts'), '/etc/hosts']);
  onTestFinished(() => host.run('umount', ['/etc/hosts']).then(() => undefined));
};
const node = async (script: string): Promise<void> => {
  const started = host.spawn(process.execPath, ['-e', script], { cwd: files });
  onTestFinished(async () => {
    await started.kill('SIGKILL');
    await started.end;
  });
  await once(started.stdout, 'data');
};
/** Takes TLS off, as stunnel does: it adds nothing to what it carries. */
const terminator = (port: number): string => `
  const [fs, net, tls] = ['fs', 'net', 'tls'].map(require);
  const options = { key: fs.readFileSync('tls.key'), cert: fs.readFileSync('tls.pem') };
  tls.createServer(options, (outer) => {
    const inner = net.connect(9021, '127.0.0.1');
    outer.pipe(inner).pipe(outer);
    for (const each of [outer, inner]) each.on('error', () => { outer.destroy(); inner.destroy(); });
  }).listen(${port}, '127.0.0.1', () => console.log('up'));
`;

it('D: the daemon serves the name by itself', async () => {
  await nameIsOurs();
  const tls = { PROTIUM_HTTP_SERVER_CERT: file('tls.pem'), PROTIUM_HTTP_SERVER_KEY: file('tls.key') };
  await startDaemon({ PROTIUM_HTTP_PORT: '443', ...tls }, 'https://www.gpueater.com');
  expect(await client()).toMatchObject(served);
});

it('D: a program in front of it takes TLS off', async () => {
  await nameIsOurs();
  await startDaemon({}, 'http://127.0.0.1:9021');
  await node(terminator(443));
  expect(await client()).toMatchObject(served);
});

it('E: a proxy leads the name here', async () => {
  await startDaemon({}, 'http://127.0.0.1:9021');
  await node(terminator(4443));
  await node(`
    const [http, net] = ['http', 'net'].map(require);
    http.createServer().on('connect', (request, outer) => {
      if (request.url !== 'www.gpueater.com:443') return outer.destroy();
      const inner = net.connect(4443, '127.0.0.1', () => {
        outer.write('HTTP/1.1 200 OK\\r\\n\\r\\n');
        outer.pipe(inner).pipe(outer);
      });
      for (const each of [outer, inner]) each.on('error', () => { outer.destroy(); inner.destroy(); });
    }).listen(3128, '127.0.0.1', () => console.log('up'));
  `);
  expect(await client({ https_proxy: 'http://127.0.0.1:3128' })).toMatchObject(served);
});

it('E: without the CA nothing is said to whoever answers', async () => {
  await nameIsOurs();
  await startDaemon({}, 'http://127.0.0.1:9021');
  await node(terminator(443));
  const answers = await client({ NODE_EXTRA_CA_CERTS: '/dev/null' });
  expect(JSON.stringify(answers[0])).toMatch(/certificate/);
});
