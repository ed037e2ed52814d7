import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** PEM texts. */
export interface GrpcTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authorities of client certificates; none: clients are not asked for one. */
  readonly clientAuthorities?: readonly string[];
}

/** The ends of a connection, as grpc-js tells them of a call. */
export interface ConnectionEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** What a gRPC server listens with: it knows the connections that are open. */
export interface Listeners {
  /** Resolves with the port; rejects with the system's error. */
  listen(address: string, port: number, tls?: GrpcTls): Promise<number>;
  /** Takes a connection that was accepted elsewhere. */
  accept(socket: Socket): void;
  /** The open connection with these ends; there is no other. */
  socketOf(ends: ConnectionEnds): Socket | undefined;
  /** Accepts no more; resolves when all connections are closed. */
  close(): Promise<void>;
  /** Ends the connections that are left. */
  cut(): void;
}

/** @param take takes each connection: over TLS, when the handshake is done */
export function createListeners(take: (socket: Socket) => void): Listeners {
  const servers: Server[] = [];
  const raw = new Set<Socket>();
  const open = new Map<string, Socket>();
  let unixConnections = 0;

  const accept = (socket: Socket): void => {
    if (socket.remoteAddress === undefined) {
      // Either it has ended, or it is of a Unix socket: those have no addresses to tell them apart by.
      if (socket.destroyed) return;
      unixConnections += 1;
      Object.defineProperty(socket, 'remoteAddress', { value: 'unix' });
      Object.defineProperty(socket, 'remotePort', { value: unixConnections });
    }
    const key = keyOf(socket);
    open.set(key, socket);
    socket.once('close', () => {
      if (open.get(key) === socket) open.delete(key);
    });
    take(socket);
  };
  const hold = (socket: Socket): void => {
    raw.add(socket);
    socket.once('close', () => raw.delete(socket));
  };

  return {
    async listen(address, port, tls) {
      const server = tls === undefined ? createServer(accept) : tlsServer(tls, accept);
      server.on('connection', hold);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, resolve);
      });
      servers.push(server);
      return (server.address() as AddressInfo).port;
    },
    accept(socket) {
      hold(socket);
      accept(socket);
    },
    socketOf: (ends) => open.get(keyOf(ends)),
    async close() {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
    cut() {
      for (const socket of raw) socket.destroy();
    },
  };
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: ConnectionEnds): string {
  return `${remoteAddress}|${remotePort}|${localAddress}|${localPort}`;
}

function tlsServer(
  { certificate, key, clientAuthorities = [] }: GrpcTls,
  accept: (socket: Socket) => void,
): Server {
  const server = createTlsServer({
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2'],
    // A client may come without a certificate; whether one is trusted, the door asks.
    ...(clientAuthorities.length === 0
      ? {}
      : { ca: [...clientAuthorities], requestCert: true, rejectUnauthorized: false }),
  });
  server.on('secureConnection', accept);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
