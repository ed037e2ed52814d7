import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
  makeServerCertificate,
  type CertificateWithKey,
} from '../../internal/identity/certificates/make-certificate.ts';

/** Ends of connections as a server has them, and what closes them all. */
export interface Accepted<End extends Socket> {
  readonly sockets: readonly End[];
  readonly close: () => Promise<void>;
}

/** Connections over loopback. */
export async function overLoopback(count: number): Promise<Accepted<Socket>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return accepted(count, server, 'connection', () => connect(port, '127.0.0.1'));
}

/** Connections through a Unix socket. */
export async function throughUnixSocket(count: number): Promise<Accepted<Socket>> {
  const directory = await mkdtemp(join(tmpdir(), 'protium-bench-door-'));
  const path = join(directory, 's');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const made = await accepted<Socket>(count, server, 'connection', () => connect(path));
  return {
    ...made,
    async close() {
      await made.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Connections over TLS that show the certificate. */
export async function overTls(
  count: number,
  authority: CertificateWithKey,
  shown: CertificateWithKey,
): Promise<Accepted<TLSSocket>> {
  const own = await makeServerCertificate(['localhost'], new Date(Date.now() + 86_400_000));
  const server = createTlsServer({
    cert: own.certificate,
    key: own.key,
    ca: [authority.certificate],
    requestCert: true,
    rejectUnauthorized: false,
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { certificate: cert, key } = shown;
  const options = { port, host: '127.0.0.1', servername: 'localhost', ca: own.certificate, cert, key };
  return accepted<TLSSocket>(count, server, 'secureConnection', () => connectTls(options));
}

/** One after the other: so many at once would be more than a listener lets wait. */
async function accepted<End extends Socket>(
  count: number,
  server: Server,
  event: 'connection' | 'secureConnection',
  open: () => Socket,
): Promise<Accepted<End>> {
  const sockets: End[] = [];
  const clients: Socket[] = [];
  for (let index = 0; index < count; index += 1) {
    const coming = once(server, event) as Promise<[End]>;
    clients.push(open().on('error', () => undefined));
    sockets.push((await coming)[0]);
  }
  return {
    sockets,
    async close() {
      for (const socket of [...clients, ...sockets]) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An issuer on loopback with one key, and what it signs. */
export async function issuer(): Promise<{
  readonly url: string;
  readonly jwksUrl: string;
  readonly sign: (name: string, jti: string) => Promise<string>;
  readonly close: () => Promise<void>;
}> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const server = createHttpServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    jwksUrl: `${url}/keys`,
    sign: (name, jti) =>
      new SignJWT({ iss: url, aud: 'protium', sub: name, jti, exp: Math.floor(Date.now() / 1000) + 3600 })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
