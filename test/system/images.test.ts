import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { startFileServer, type FileServer } from '../unit/images/file-server.ts';
import { runCli } from './cli-process.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from './daemon.ts';

const pool = 'images-under-test';
const directory = `/var/lib/libvirt/images/${pool}`;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let server: FileServer;
/** The same over TLS: with a certificate that the daemon trusts, and with another one. */
let trusted: TlsServer;
let stranger: TlsServer;
/** Where the test keeps files that the daemon may read. */
let files: string;
/** A small qcow2 image with something in it. */
let disk: Buffer;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const volumes = async (): Promise<readonly string[]> =>
  (await virsh('vol-list', pool))
    .split('\n')
    .flatMap((line) => line.trim().split(/\s+/)[0] ?? [])
    .filter(Boolean);
/** As the native API shows it. */
interface ShownImage {
  readonly id: string;
  readonly name: string;
  readonly volume: { readonly pool: string; readonly name: string };
}
const images = async () => (await call(daemon, 'GET', '/v1/images')).body['images'] as readonly ShownImage[];
const names = async () => (await images()).map(({ name }) => name);
const incoming = () => readdir(path.join(workspace.stateDirectory, 'images/incoming')).catch(() => []);

const start = async (): Promise<void> => {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      PROTIUM_IMAGE_POOL: pool,
      PROTIUM_IMAGE_DIRECTORY: directory,
      PROTIUM_IMAGE_ALLOW_HTTP: '1',
      PROTIUM_IMAGE_ALLOWED_HOSTS: [server.host, trusted.host, stranger.host].join(','),
      NODE_EXTRA_CA_CERTS: trusted.certificate,
      PROTIUM_IMAGE_CATALOGUE: path.join(files, 'catalogue.yaml'),
      PROTIUM_ALLOWED_PATHS: files,
    },
  });
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/v1/domains')).status).toBe(200);
  }, 30_000);
};

/** As the native API shows it. */
interface ShownOperation {
  readonly id: string;
  readonly state: string;
  readonly endTime?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly leftBehind: readonly string[];
  };
}

/** Waits for the operation that an answer names. */
const ended = async (answer: JsonAnswer): Promise<ShownOperation> => {
  expect(answer).toMatchObject({ status: 202 });
  const place = answer.headers.get('location') ?? '';
  for (;;) {
    const { operation } = (await call(daemon, 'GET', `${place}/wait`)).body as { operation: ShownOperation };
    if (operation.endTime !== undefined) return operation;
  }
};
const post = (name: string, kind: string, location: string, more: object = {}) =>
  call(daemon, 'POST', '/v1/images', { name, source: { kind, location }, ...more });
const succeeded = async (answer: JsonAnswer): Promise<ShownOperation> => {
  const operation = await ended(answer);
  expect(operation.error).toBeUndefined();
  expect(operation.state).toBe('OPERATION_STATE_SUCCEEDED');
  return operation;
};
const remove = async (name: string) => succeeded(await call(daemon, 'DELETE', `/v1/images/${name}`));

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  server = await startFileServer();
  files = path.join(workspace.directory, '../files');
  await mkdir(files);
  const file = path.join(files, 'disk.qcow2');
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '64M']);
  await execa('qemu-io', ['-c', 'write -P 7 0 3M', file]);
  disk = await readFile(file);
  [trusted, stranger] = await Promise.all([serveOverTls('trusted'), serveOverTls('stranger')]);
  await writeFile(
    path.join(files, 'catalogue.yaml'),
    `- name: ours
  os: { family: linux, flavour: debian, loginUser: debian }
  source:
    url: ${server.url('/ours.img')}
    format: qcow2
    checksum: { url: "${server.url('/SHA512SUMS')}", algorithm: sha512, form: sums }
`,
  );
  await start();
});

afterEach(async () => {
  for (const name of (await virsh('list', '--all', '--name')).split('\n').filter(Boolean)) {
    await virsh('undefine', name);
  }
  for (const name of await volumes()) {
    if (!/^[0-9a-f]{64}\./.test(name)) await virsh('vol-delete', '--pool', pool, name);
  }
  for (const name of await names()) await remove(name);
  expect(await volumes()).toEqual([]);
  expect(await incoming()).toEqual([]);
});

afterAll(async () => {
  await daemon.end();
  await server.close();
  for (const { close } of [trusted, stranger]) close();
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
});

const sha = (algorithm: string, content: Buffer) => createHash(algorithm).update(content).digest('hex');

describe('import', () => {
  it('from the catalogue: downloaded, verified, inspected, stored under its digest', async () => {
    server.serve('/ours.img', { content: disk });
    server.serve('/SHA512SUMS', { content: Buffer.from(`${sha('sha512', disk)}  ours.img\n`) });
    const answer = await call(daemon, 'POST', '/v1/images', {
      source: { kind: 'catalogue', location: 'ours' },
    });
    const { id } = await succeeded(answer);
    const digest = sha('sha256', disk);
    const image = {
      id,
      name: 'ours',
      digest: `sha256:${digest}`,
      format: 'qcow2',
      virtualSizeBytes: String(64 * 2 ** 20),
      sizeBytes: String(disk.length),
      os: { family: 'linux', flavour: 'debian', loginUser: 'debian' },
      source: { kind: 'catalogue', location: 'ours' },
      volume: { pool, name: `${digest}.qcow2` },
    };
    expect(await images()).toEqual([expect.objectContaining(image)]);
    expect((await call(daemon, 'GET', '/v1/images/ours')).body).toMatchObject({ image, users: [] });
    const stored = await host.run('sha256sum', [`${directory}/${digest}.qcow2`]);
    expect(stored.stdout).toContain(digest);
    expect(await virsh('vol-dumpxml', '--pool', pool, `${digest}.qcow2`)).toContain("<format type='qcow2'/>");
    expect((await post('ours', 'url', server.url('/ours.img'))).body).toMatchObject({
      code: 'already-exists',
    });
  });

  it('the same content twice is one volume, which goes with its last name', async () => {
    const file = path.join(files, 'disk.qcow2');
    await Promise.all([post('one', 'file', file).then(succeeded), post('two', 'file', file).then(succeeded)]);
    expect(await volumes()).toHaveLength(1);
    await remove('one');
    expect(await volumes()).toHaveLength(1);
    await remove('two');
    expect(await volumes()).toEqual([]);
  });

  it('from a file of the machine that the command line runs on', async () => {
    const file = path.join(workspace.directory, 'elsewhere.qcow2');
    await writeFile(file, disk);
    const protium = (...args: string[]) => runCli(daemon.grpc, ['image', ...args]);
    const imported = await protium('import', 'sent', '--file', file, '--login-user', 'me', '--wait');
    expect(imported).toMatchObject({ exitCode: 0, stdout: 'sent is imported' });
    expect(await images()).toMatchObject([{ name: 'sent', os: { loginUser: 'me' } }]);
    expect((await protium('list')).stdout).toMatch(/^NAME .*\nsent .*67.1 MB/);
    expect((await protium('get', 'sent')).stdout).toContain(`sha256:${sha('sha256', disk)}`);
    expect((await protium('catalogue', '-o', 'name')).stdout).toContain('ours');
    const dry = await protium('delete', 'sent', '--dry-run');
    expect(dry.stdout).toBe('sent could be deleted');
    expect(await names()).toEqual(['sent']);
    expect((await protium('import', 'sent', '--file', file)).stderr).toContain('(already-exists)');
    expect((await protium('import', 'x', '--file', `${file}.none`)).exitCode).toBe(2);
    const wrong = await protium('import', 'x', '--file', file, '--checksum', `sha256:${'0'.repeat(64)}`);
    expect(wrong.stderr).toContain('(checksum-mismatch)');
    expect((await protium('delete', 'sent')).stdout).toBe('sent is deleted');
  });

  it('from an upload, and not from one that is cut', async () => {
    const put = (name: string, body: Buffer | ReadableStream, query = '') =>
      fetch(`${daemon.http}/v1/images/${name}/content${query}`, {
        method: 'PUT',
        body: body as never,
        duplex: 'half',
      });
    const response = await put('sent', disk, `?checksum=sha256:${sha('sha256', disk)}`);
    expect(response.status).toBe(202);
    await expect.poll(names, { timeout: 30_000 }).toEqual(['sent']);

    const cut = new ReadableStream({
      start(controller) {
        controller.enqueue(disk.subarray(0, 70_000));
        setTimeout(() => controller.error(new Error('the sender dies')), 200);
      },
    });
    await expect(put('cut', cut)).rejects.toThrow();
    await expect.poll(incoming).toEqual([]);

    const lie = await put('lie', Buffer.from('<html>not found</html>'));
    // Received whole, so the operation tells.
    const { operation } = (await call(daemon, 'GET', `${lie.headers.get('location') ?? ''}/wait`)).body;
    expect(operation).toMatchObject({
      state: 'OPERATION_STATE_FAILED',
      error: { code: 'image-refused' },
    });
    expect(await names()).toEqual(['sent']);
  });

  it('compressed and of another format: stored as qcow2', async () => {
    const raw = path.join(files, 'disk.raw');
    await execa('qemu-img', ['convert', '-O', 'raw', path.join(files, 'disk.qcow2'), raw]);
    await execa('xz', ['-0', '-k', '-f', raw]);
    await succeeded(await post('packed', 'file', `${raw}.xz`, { format: 'raw' }));
    await execa('qemu-img', ['convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, `${raw}.vmdk`]);
    await succeeded(await post('converted', 'file', `${raw}.vmdk`));
    expect(await images()).toMatchObject([
      { name: 'converted', format: 'qcow2', virtualSizeBytes: String(64 * 2 ** 20) },
      {
        name: 'packed',
        format: 'raw',
        sizeBytes: String(64 * 2 ** 20),
        digest: `sha256:${sha('sha256', await readFile(raw))}`,
      },
    ]);
  });

  it('of an instance: its disk, with nothing below it', async () => {
    await succeeded(await post('base', 'file', path.join(files, 'disk.qcow2')));
    const [base] = await images();
    await virsh(
      'vol-create-as',
      pool,
      'web.qcow2',
      '64M',
      '--format',
      'qcow2',
      '--backing-vol',
      base?.volume.name ?? '',
      '--backing-vol-format',
      'qcow2',
    );
    await define('web', `${directory}/web.qcow2`);
    await succeeded(await post('from-web', 'instance', 'web', { asIs: true }));
    const made = (await images()).find(({ name }) => name === 'from-web');
    expect(made).toMatchObject({ format: 'qcow2', virtualSizeBytes: String(64 * 2 ** 20) });
    const info = await host.run('qemu-img', ['info', `${directory}/${made?.volume.name ?? ''}`]);
    expect(info.stdout).not.toContain('backing');
    const { stdout } = await host.run('qemu-io', [
      '-r',
      '-c',
      'read -P 7 0 3M',
      `${directory}/${made?.volume.name ?? ''}`,
    ]);
    expect(stdout).toContain('read 3145728/3145728');
    expect((await volumes()).filter((name) => name.startsWith('incoming'))).toEqual([]);
  });

  it('the tiny guest is built here', async () => {
    expect((await ended(await post('tiny', 'catalogue', 'tiny'))).error).toMatchObject({
      code: 'unsupported',
    });
    await cp(
      path.resolve(import.meta.dirname, '../../img/guest'),
      path.join(workspace.directory, 'img/guest'),
      {
        recursive: true,
      },
    );
    await succeeded(await post('tiny', 'catalogue', 'tiny'));
    expect(await images()).toMatchObject([{ name: 'tiny', format: 'qcow2', os: { loginUser: 'root' } }]);
  }, 300_000);
});

const define = async (name: string, file: string): Promise<void> => {
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><os><type machine='q35'>hvm</type></os>
    <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${file}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;
  const document = path.join(files, `${name}.xml`);
  await writeFile(document, xml);
  await host.run('virsh', ['-q', '-c', 'qemu:///system', 'define', document]);
  await expect.poll(async () => (await call(daemon, 'GET', `/v1/domains/${name}`)).status).toBe(200);
};

interface TlsServer {
  readonly host: string;
  /** The file of its certificate. */
  readonly certificate: string;
  readonly close: () => void;
}

/** Serves the disk at every path. */
async function serveOverTls(name: string): Promise<TlsServer> {
  const [key, certificate] = [path.join(files, `${name}.key`), path.join(files, `${name}.crt`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await execa('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate]);
  const tls = https.createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (_request, response) => response.end(disk),
  );
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(tls.address() as AddressInfo).port}`,
    certificate,
    close: () => {
      tls.close();
      tls.closeAllConnections();
    },
  };
}

it('over TLS only from a server whose certificate is trusted', async () => {
  await succeeded(await post('safe', 'url', `https://${trusted.host}/disk.qcow2`));
  const { error } = await ended(await post('strange', 'url', `https://${stranger.host}/disk.qcow2`));
  expect(error).toMatchObject({ code: 'download-failed' });
  expect(await names()).toEqual(['safe']);
});

describe('a deletion is refused while', () => {
  const refusal = async (): Promise<string> => {
    const answer = await call(daemon, 'DELETE', '/v1/images/base');
    if (answer.status === 409) return answer.text;
    const operation = await ended(answer);
    expect(operation.error?.code).toBe('resource-in-use');
    return JSON.stringify(operation.error);
  };

  it('a volume lies on it, also one that libvirt was not told of', async () => {
    await succeeded(await post('base', 'file', path.join(files, 'disk.qcow2')));
    const [base] = await images();
    await virsh(
      'vol-create-as',
      pool,
      'top.qcow2',
      '64M',
      '--format',
      'qcow2',
      '--backing-vol',
      base?.volume.name ?? '',
      '--backing-vol-format',
      'qcow2',
    );
    expect(await refusal()).toContain(`${pool}/top.qcow2`);
    await virsh('vol-delete', '--pool', pool, 'top.qcow2');
    await host.run('qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      base?.volume.name ?? '',
      '-F',
      'qcow2',
      `${directory}/hidden.qcow2`,
    ]);
    expect(await refusal()).toContain(`${pool}/hidden.qcow2`);
    expect(await names()).toEqual(['base']);
  });

  it("a domain's disk lies on it, outside of all pools", async () => {
    await succeeded(await post('base', 'file', path.join(files, 'disk.qcow2')));
    const [base] = await images();
    const top = path.join(files, 'top.qcow2');
    await host.run('qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      `${directory}/${base?.volume.name ?? ''}`,
      '-F',
      'qcow2',
      top,
    ]);
    await define('outside', top);
    expect(await refusal()).toContain('outside');
  });
});

describe('nothing is left of', () => {
  it('an image that is refused', async () => {
    const evil = path.join(files, 'evil.qcow2');
    await execa('qemu-img', [
      'create',
      '-q',
      '-u',
      '-f',
      'qcow2',
      '-b',
      '/etc/shadow',
      '-F',
      'raw',
      evil,
      '1M',
    ]);
    const { error } = await ended(await post('evil', 'file', evil));
    expect(error).toMatchObject({
      code: 'image-refused',
      message: expect.stringContaining('backing file') as string,
    });
    expect(await names()).toEqual([]);
  });

  it('a checksum that is not met', async () => {
    server.serve('/ours.img', { content: disk });
    const { error } = await ended(
      await post('x', 'url', server.url('/ours.img'), { checksum: `sha256:${'0'.repeat(64)}` }),
    );
    expect(error).toMatchObject({ code: 'checksum-mismatch' });
  });

  it('a download that is cancelled', async () => {
    server.serve('/slow.img', { content: disk, stallAfter: 100_000 });
    const answer = await post('slow', 'url', server.url('/slow.img'));
    await expect.poll(incoming).toHaveLength(1);
    await call(daemon, 'POST', `${answer.headers.get('location') ?? ''}/cancel`);
    expect(await ended(answer)).toMatchObject({ state: 'OPERATION_STATE_CANCELLED' });
  });

  it('a daemon that is killed while it downloads', async () => {
    server.serve('/slow.img', { content: disk, stallAfter: 1_000_000 });
    await post('slow', 'url', server.url('/slow.img'));
    await expect.poll(incoming).toHaveLength(1);
    await daemon.end('SIGKILL');
    await start();
    await expect.poll(incoming).toEqual([]);
    const { body } = await call(daemon, 'GET', '/v1/operations?pageSize=1');
    expect(body['operations']).toMatchObject([{ kind: 'image.import', state: 'OPERATION_STATE_FAILED' }]);
  });

  it('a daemon that is killed while it stores', async () => {
    const large = path.join(files, 'large.raw');
    await writeFile(large, '');
    await truncate(large, 512 * 2 ** 20);
    await post('large', 'file', large, { format: 'raw' });
    await expect.poll(volumes, { interval: 5, timeout: 60_000 }).toHaveLength(1);
    await daemon.end('SIGKILL');
    await start();
    await expect.poll(volumes, { timeout: 30_000 }).toEqual([]);
    expect(await names()).toEqual([]);
    await rm(large);
  });

  it('an import that is cancelled while it stores', async () => {
    const large = path.join(files, 'large.raw');
    await writeFile(large, '');
    await truncate(large, 512 * 2 ** 20);
    const answer = await post('large', 'file', large, { format: 'raw' });
    await expect.poll(volumes, { interval: 5, timeout: 60_000 }).toHaveLength(1);
    await call(daemon, 'POST', `${answer.headers.get('location') ?? ''}/cancel`);
    const { state, error } = await ended(answer);
    expect(state).toBe('OPERATION_STATE_CANCELLED');
    expect(error?.leftBehind).toEqual([]);
    expect(await volumes()).toEqual([]);
    await rm(large);
  });

  it('an image that its pool has no room for', async () => {
    await host.run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
    try {
      const { error } = await ended(await post('x', 'file', path.join(files, 'disk.qcow2')));
      expect(error).toMatchObject({ code: 'storage-full' });
      expect(await volumes()).toEqual([]);
    } finally {
      await host.run('umount', [directory]);
    }
  });

  it('a full disk', async () => {
    const full = path.join(workspace.stateDirectory, 'images/incoming');
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', full]);
    try {
      server.serve('/ours.img', { content: disk, chunked: true });
      const { error } = await ended(await post('x', 'url', server.url('/ours.img')));
      expect(error).toMatchObject({ code: 'storage-full' });
      expect(await incoming()).toEqual([]);
    } finally {
      await execa('umount', [full]);
    }
  });
});

it('losing the database loses no image', async () => {
  await succeeded(await post('kept', 'file', path.join(files, 'disk.qcow2')));
  const [kept] = await images();
  await daemon.end();
  for (const file of await readdir(workspace.stateDirectory)) {
    if (file.startsWith('protium.db')) await rm(path.join(workspace.stateDirectory, file));
  }
  await start();
  const digest = sha('sha256', disk);
  await expect.poll(images).toMatchObject([
    {
      name: `sha256-${digest.slice(0, 16)}`,
      digest: `sha256:${digest}`,
      source: { kind: 'found' },
      volume: kept?.volume,
    },
  ]);
  // Imported again it has a name again, and is not stored again.
  await succeeded(await post('named', 'file', path.join(files, 'disk.qcow2')));
  expect(await names()).toEqual(['named']);
  expect(await volumes()).toHaveLength(1);
});

it.each([
  ['http://10.0.0.1/a.img', 403, 'address-forbidden'],
  ['https://[::ffff:7f00:1]/a.img', 403, 'address-forbidden'],
  ['file:///etc/shadow', 403, 'address-forbidden'],
  ['https://user:secret@example.org/a.img', 400, 'argument-invalid'],
])('%s is refused at once', async (url, status, code) => {
  const answer = await post('x', 'url', url);
  expect(answer).toMatchObject({ status, body: { code } });
  expect(answer.text).not.toContain('secret');
});

it('files outside of the allowed directories are not read', async () => {
  expect((await post('x', 'file', '/etc/shadow')).body).toMatchObject({ code: 'path-forbidden' });
  await execa('ln', ['-s', '/etc/shadow', path.join(files, 'link')]);
  expect((await post('x', 'file', path.join(files, 'link'))).body).toMatchObject({ code: 'path-forbidden' });
});
