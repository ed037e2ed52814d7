import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createServer, isIPv6 } from 'node:net';
import type { Logger } from '../../observability/log.ts';
import { reportCalls, type CallReport } from './call-report.ts';
import type { GrpcService } from './grpc-service.ts';
import { trackStreams } from './open-streams.ts';

export interface GrpcServerOptions {
  readonly services: readonly GrpcService[];
  readonly log: Logger;
  /** Called once for each call that has ended, for metrics. */
  readonly observe?: (report: CallReport) => void;
  /** Largest request and answer in bytes. Default 4 MiB, as gRPC has it everywhere. */
  readonly maxMessageBytes?: number;
}

/** PEM texts. With `clientCa`, only clients with a certificate of that authority are let in. */
interface GrpcTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
}

export interface GrpcServer {
  /** Listens on one more address; `port` 0 is any free one. Resolves with the port. Rejects with the system's error. */
  listen(address: string, port: number, tls?: GrpcTls): Promise<number>;
  /**
   * Takes no new calls, ends the open streams with UNAVAILABLE, waits up to `graceMs` for the unary calls and then cuts
   * them off. Resolves when all connections are closed.
   */
  stop(graceMs: number): Promise<void>;
}

const defaultMaxMessageBytes = 4 * 1024 * 1024;

/** A gRPC server with these services; it listens on nothing yet. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const maxBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
  const streams = trackStreams();
  const server = new Server({
    interceptors: [reportCalls(options.log, options.observe ?? (() => undefined)), streams.interceptor],
    'grpc.max_receive_message_length': maxBytes,
    'grpc.max_send_message_length': maxBytes,
    // Finds clients that vanished with a stream open.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  for (const service of options.services) server.addService(service.definition, service.implementation);

  return {
    listen: (address, port, tls) =>
      new Promise((resolve, reject) => {
        const target = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
        server.bindAsync(target, credentialsOf(tls), (error, bound) => {
          if (error === null) resolve(bound);
          else listenError(address, port).then((cause) => reject(cause ?? error), reject);
        });
      }),
    stop: (graceMs) =>
      new Promise((resolve, reject) => {
        const cutOff = setTimeout(() => server.forceShutdown(), graceMs);
        server.tryShutdown((error) => {
          clearTimeout(cutOff);
          if (error === undefined) resolve();
          else reject(error);
        });
        streams.end();
      }),
  };
}

function credentialsOf(tls: GrpcTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: tls.key, cert_chain: tls.certificate };
  return ServerCredentials.createSsl(tls.clientCa ?? null, [pair], tls.clientCa !== undefined);
}

/** grpc-js tells why it could not listen as text only: the same attempt again, for the system's own error. */
function listenError(address: string, port: number): Promise<Error | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, address, () => probe.close(() => resolve(null)));
  });
}
