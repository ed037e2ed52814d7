import { readFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { LibvirtConnectionError } from '../../error.ts';
import { duplexTransport } from './duplex.ts';
import type { Transport } from './transport.ts';
import type { LibvirtUri } from './uri.ts';

const defaultPort = 16_514;
const tcpKeepaliveMs = 30_000;

/** The authority, and our own certificate and key, which a server may do without. */
interface Credentials {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * libvirt's places for certificates (https://libvirt.org/kbase/tlscerts.html): `?pkipath=`, else the user's own, else
 * the system's. The authority must be there; without a client certificate the server may refuse us.
 */
async function readCredentials(pkipath: string | null): Promise<Credentials> {
  const own = path.join(os.homedir(), '.pki/libvirt');
  const find = async (name: string, systemPath: string): Promise<Buffer | null> => {
    const places = pkipath === null ? [path.join(own, name), systemPath] : [path.join(pkipath, name)];
    for (const place of places) {
      try {
        return await readFile(place);
      } catch (error) {
        if (!isMissing(error)) {
          throw new LibvirtConnectionError(`cannot read the certificate file ${place}`, { cause: error });
        }
      }
    }
    return null;
  };
  const ca = await find('cacert.pem', '/etc/pki/CA/cacert.pem');
  const cert = await find('clientcert.pem', '/etc/pki/libvirt/clientcert.pem');
  const key = await find('clientkey.pem', '/etc/pki/libvirt/private/clientkey.pem');
  if (ca === null) {
    throw new LibvirtConnectionError(
      `there is no CA certificate (${pkipath ?? '/etc/pki/CA'}/cacert.pem) to check the server with`,
    );
  }
  return cert === null || key === null ? { ca } : { ca, cert, key };
}

/**
 * Opens a TLS connection. libvirtd checks our certificate after the handshake and then sends one byte: 1 if it accepts
 * us; else it closes the connection.
 */
export async function openTls(uri: LibvirtUri, signal: AbortSignal): Promise<Transport> {
  const credentials = await readCredentials(uri.parameters.pkipath);
  signal.throwIfAborted();
  const socket = tls.connect({
    ...credentials,
    host: uri.host,
    port: uri.port ?? defaultPort,
    ...(net.isIP(uri.host) === 0 ? { servername: uri.host } : {}),
    rejectUnauthorized: !uri.parameters.noVerify,
    minVersion: 'TLSv1.2',
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, tcpKeepaliveMs);
  const abort = (): void => {
    socket.destroy(new Error('the opening was given up'));
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await verdict(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  // libvirtd waits for the socket, not for what its TLS library has read already: the second of two messages in one TLS
  // record would lie there until more bytes come.
  return duplexTransport(socket, { separateWrites: true });
}

function verdict(socket: tls.TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error?: Error): void =>
      reject(
        socket.authorized || error === undefined
          ? new LibvirtConnectionError('libvirtd did not accept our TLS certificate', { cause: error })
          : error,
      );
    socket.on('error', refuse);
    socket.once('close', () => refuse());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.off('error', refuse);
      if (first.length === 1 && first[0] === 1) resolve();
      else refuse();
    });
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
