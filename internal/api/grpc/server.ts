import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '../../observability/log.ts';
import { grpcDoor, type GrpcDoorOptions } from '../door/grpc-door.ts';
import { reportCalls, type CallReport } from './call-report.ts';
import type { GrpcService } from './grpc-service.ts';
import { createListeners, type GrpcTls } from './listeners.ts';
import { trackStreams } from './open-streams.ts';

export interface GrpcServerOptions {
  readonly services: readonly GrpcService[];
  readonly log: Logger;
  readonly door: GrpcDoorOptions;
  /** Called once for each call that has ended, for metrics. */
  readonly observe?: (report: CallReport) => void;
  /** Largest request and answer in bytes. Default 4 MiB, as gRPC has it everywhere. */
  readonly maxMessageBytes?: number;
}

export interface GrpcServer {
  /** Listens on one more address; `port` 0 is any free one. Resolves with the port. Rejects with the system's error. */
  listen(address: string, port: number, tls?: GrpcTls): Promise<number>;
  /** Takes a connection through a Unix socket, whose listener is the caller's. */
  accept(socket: Socket): void;
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
    interceptors: [
      reportCalls(options.log, options.observe ?? (() => undefined)),
      grpcDoor(options.door, (call) => listeners.socketOf(call.getConnectionInfo())),
      streams.interceptor,
    ],
    'grpc.max_receive_message_length': maxBytes,
    'grpc.max_send_message_length': maxBytes,
    // Finds clients that vanished with a stream open.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  for (const service of options.services) server.addService(service.definition, service.implementation);

  // Connections are accepted here and handed over: so each call's is known, with the user at its other end.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listeners = createListeners((socket) => injector.injectConnection(socket));

  return {
    listen: (address, port, tls) => listeners.listen(address, port, tls),
    accept: (socket) => listeners.accept(socket),
    stop: async (graceMs) => {
      const closed = listeners.close();
      const cutOff = setTimeout(() => {
        server.forceShutdown();
        listeners.cut();
      }, graceMs);
      await new Promise<void>((resolve, reject) => {
        server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
        streams.end();
      });
      // Newer Node.js says so before the calls of connections that were handed over have ended.
      await closed;
      clearTimeout(cutOff);
      listeners.cut();
    },
  };
}
