import {
  credentials,
  Metadata,
  type ChannelCredentials,
  type ClientUnaryCall,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { openGrpcDoor } from '../door/open-door.ts';
import type { CallReport } from '../../../../internal/api/grpc/call-report.ts';
import type { GrpcService } from '../../../../internal/api/grpc/grpc-service.ts';
import { createGrpcServer, type GrpcServer } from '../../../../internal/api/grpc/server.ts';

export const silent = pino({ level: 'silent' });

export interface TestServer {
  readonly server: GrpcServer;
  readonly address: string;
  readonly reports: readonly CallReport[];
}

/** A server with these services on a free loopback port; stopped when the test has finished. */
export async function serve(services: readonly GrpcService[]): Promise<TestServer> {
  const reports: CallReport[] = [];
  const server = createGrpcServer({
    services,
    door: openGrpcDoor,
    log: silent,
    observe: (report) => reports.push(report),
  });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.stop(0));
  return { server, address: `127.0.0.1:${port}`, reports };
}

interface ClosableClient {
  close(): void;
}

type ClientClass<C> = new (address: string, credentials: ChannelCredentials) => C;

/** A plaintext client; closed when the test has finished. */
export function connect<C extends ClosableClient>(Client: ClientClass<C>, address: string): C {
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

export interface Outcome<Response> {
  readonly response: Response;
  readonly initialMetadata: Metadata;
  readonly status: StatusObject;
}

/** A unary call as a promise; rejects with grpc-js's ServiceError. */
export function answered<Response>(
  start: (callback: (error: ServiceError | null, response: Response) => void) => ClientUnaryCall,
): Promise<Outcome<Response>> {
  return new Promise((resolve, reject) => {
    let initialMetadata = new Metadata();
    let received: { response: Response } | undefined;
    const call = start((error, response) => {
      if (error === null) received = { response };
      else reject(error);
    });
    call.on('metadata', (metadata) => (initialMetadata = metadata));
    call.on('status', (status) => {
      if (received !== undefined) resolve({ ...received, initialMetadata, status });
    });
  });
}

/** The error that a call ends with. Fails when it succeeds. */
export async function refused(outcome: Promise<unknown>): Promise<ServiceError> {
  return outcome.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error as ServiceError,
  );
}

/** A promise that is settled from outside. */
export function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
