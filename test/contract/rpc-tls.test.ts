import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { LibvirtConnectionError } from '../../internal/libvirt/error.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';

/** Runs inside the host, whose network nobody else sees: a unix socket, which anybody sees, in front of the TLS port. */
const forwarder = `
const net = require('node:net');
net.createServer((socket) => {
  const inner = net.connect(16514, '127.0.0.1');
  socket.on('error', () => inner.destroy());
  inner.on('error', () => socket.destroy());
  socket.pipe(inner).pipe(socket);
}).listen(process.argv[1], () => console.log('ready'));
`;

let directory: string;
let host: PrivateHost;
let door: net.Server;
let port: number;
let client: LibvirtClient | undefined;

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'rpc-tls-'));
  await makeCertificates();
  const pki = (name: string): string => path.join(directory, 'full', name);
  host = await startPrivateHost(`rpc-tls-${process.pid}`, {
    libvirtdConf: [
      'listen_tls = 1',
      `ca_file = "${pki('cacert.pem')}"`,
      `cert_file = "${pki('servercert.pem')}"`,
      `key_file = "${pki('serverkey.pem')}"`,
    ].join('\n'),
    libvirtdArgs: '--listen',
  });
  const inside = path.join(directory, 'inside');
  const forwarding = host.spawn(process.execPath, ['-e', forwarder, inside]);
  await once(forwarding.stdout, 'data');
  door = net.createServer((socket) => {
    const inner = net.connect(inside);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterEach(async () => {
  await client?.close();
});

afterAll(async () => {
  door.close();
  await host.down();
  await rm(directory, { recursive: true });
});

/** An authority, a server and a client; and folders as `?pkipath=` takes them: `full`, `anonymous` and `stranger`. */
async function makeCertificates(): Promise<void> {
  const at = (...names: readonly string[]): string => path.join(directory, ...names);
  await Promise.all(['full', 'anonymous', 'stranger'].map((name) => mkdir(at(name))));
  const openssl = (...args: readonly string[]) => execa('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const folder of ['full', 'stranger']) {
    await openssl(
      ...['req', '-x509', ...key, '-keyout', at(folder, 'cakey.pem'), '-out', at(folder, 'cacert.pem')],
      ...['-subj', `/CN=authority ${folder}`, '-days', '2'],
    );
  }
  const extensions = at('extensions');
  await writeFile(extensions, 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
  for (const name of ['server', 'client']) {
    const request = at(`${name}.csr`);
    await openssl(
      ...['req', '-new', ...key, '-keyout', at('full', `${name}key.pem`), '-out', request],
      ...['-subj', `/CN=${name}`],
    );
    await openssl(
      ...['x509', '-req', '-in', request, '-out', at('full', `${name}cert.pem`), '-days', '2'],
      ...['-CA', at('full', 'cacert.pem'), '-CAkey', at('full', 'cakey.pem'), '-CAcreateserial'],
      ...['-extfile', extensions],
    );
  }
  await copyFile(at('full', 'cacert.pem'), at('anonymous', 'cacert.pem'));
  await copyFile(at('full', 'clientcert.pem'), at('stranger', 'clientcert.pem'));
  await copyFile(at('full', 'clientkey.pem'), at('stranger', 'clientkey.pem'));
}

function connectWith(folder: string, more = ''): LibvirtClient {
  const uri = `test+tls://127.0.0.1:${port}/default?pkipath=${path.join(directory, folder)}${more}`;
  client = createRpcClient({ uri });
  return client;
}

describe('libvirt over TLS', () => {
  it('makes calls and follows events with a certificate that the server accepts', async () => {
    const connected = connectWith('full');
    const kinds: string[] = [];
    connected.events.onEvent((event) => kinds.push(event.kind));
    await connected.events.start();
    const [first] = await connected.domains.list({ active: true });
    expect(first?.name).toBe('test');
    const xml = '<domain type="test"><name>tls</name><memory>1024</memory><os><type>hvm</type></os></domain>';
    await connected.domains.undefine(await connected.domains.define(xml));
    await expect.poll(() => kinds).toEqual(['domain-lifecycle', 'domain-lifecycle']);
  });

  it('rejects without a client certificate', async () => {
    const failure = connectWith('anonymous').host.ping();
    await expect(failure).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(failure).rejects.toThrow('did not accept our TLS certificate');
  });

  it('rejects a server whose authority it does not know', async () => {
    await expect(connectWith('stranger').host.ping()).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  it('accepts such a server when it is told not to check', async () => {
    await connectWith('stranger', '&no_verify=1').host.ping();
  });

  it('rejects when there is no authority to check with', async () => {
    await expect(connectWith('empty').host.ping()).rejects.toThrow('there is no CA certificate');
  });
});
