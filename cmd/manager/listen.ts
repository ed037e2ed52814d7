import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { ListenConfig } from '../../internal/config/config.ts';
import { takeUpgrades, type UpgradeHandler } from './upgrades.ts';

export interface HttpListener {
  /** `host:port` of each address, with the real port. */
  readonly addresses: readonly string[];
  /** The same for a browser, e.g. `https://127.0.0.1:9021`. */
  readonly origins: readonly string[];
  /** Stops accepting, lets requests finish for up to `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** What is listened on, and PEM: the authorities of the certificates that clients are asked for over TLS. */
type HttpListenConfig = ListenConfig & { readonly clientAuthorities?: readonly string[] };

/** GPUEater's clients send all that they know of an instance in the query. */
const maxHeaderSize = 64 * 1024;

/**
 * Serves the application on every configured address; rejects (with the system's error) when one cannot be had.
 *
 * @param upgrade takes requests for a WebSocket; without it they are ordinary requests
 * @param listenAtPath makes one more server, without TLS, listen on a Unix socket; false: there is none
 */
export async function listenHttp(
  app: Express,
  config: HttpListenConfig,
  upgrade?: UpgradeHandler,
  listenAtPath: (server: net.Server) => Promise<boolean> = () => Promise.resolve(false),
): Promise<HttpListener> {
  const servers: http.Server[] = [];
  const addresses: string[] = [];
  try {
    for (const host of config.hosts) {
      const server = createServer(app, config, upgrade);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(config.port, host, resolve);
      });
      servers.push(server);
      const { address, port, family } = server.address() as AddressInfo;
      addresses.push(family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`);
    }
    const local = createServer(app, { tls: null }, upgrade);
    if (await listenAtPath(local)) servers.push(local);
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return {
    addresses,
    origins: addresses.map((address) => `${config.tls === null ? 'http' : 'https'}://${address}`),
    async stop(graceMs) {
      await Promise.all(servers.map((server) => close(server, graceMs)));
    },
  };
}

function createServer(
  app: Express,
  { tls, clientAuthorities = [] }: Pick<HttpListenConfig, 'tls' | 'clientAuthorities'>,
  upgrade?: UpgradeHandler,
): http.Server {
  const server =
    tls === null
      ? http.createServer({ maxHeaderSize }, app)
      : https.createServer(
          {
            maxHeaderSize,
            minVersion: 'TLSv1.2',
            cert: readFileSync(tls.certFile),
            key: readFileSync(tls.keyFile),
            // A client may come without a certificate; whether one is trusted, the door asks.
            ...(clientAuthorities.length === 0
              ? {}
              : { ca: [...clientAuthorities], requestCert: true, rejectUnauthorized: false }),
          },
          app,
        );
  // Longer than what proxies and clients keep: else they meet a connection that is just being closed.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 60_000;
  // How long a body may take is the application's to say (body-deadline.ts): an image may take hours.
  server.requestTimeout = 0;
  if (upgrade !== undefined) takeUpgrades(server, upgrade);
  return server;
}

function close(server: http.Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection that was busy when the server closed stays open, idle, once it is answered.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });
}
