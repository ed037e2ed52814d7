import { Client, credentials, Metadata, status } from '@grpc/grpc-js';

export interface SoakGrpc {
  /** Calls with an empty message; resolves with the name of the status, e.g. `OK`. */
  call(path: string): Promise<string>;
  /** Listens for a while, and goes away. Resolves with the name of the status. */
  listen(path: string, forMs: number): Promise<string>;
}

const longestMs = 10_000;

export function soakGrpc(socketPath: string): SoakGrpc {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  const pass = (bytes: Buffer): Buffer => bytes;
  const nothing = Buffer.alloc(0);
  return {
    call: (path) =>
      new Promise((resolve) => {
        const options = { deadline: Date.now() + longestMs };
        client.makeUnaryRequest(path, pass, pass, nothing, new Metadata(), options, (error) =>
          resolve(status[error?.code ?? status.OK]),
        );
      }),
    listen: (path, forMs) =>
      new Promise((resolve) => {
        const stream = client.makeServerStreamRequest(path, pass, pass, nothing, new Metadata());
        stream.on('data', () => undefined);
        stream.on('error', () => undefined);
        stream.on('status', ({ code }) => resolve(status[code]));
        setTimeout(() => stream.cancel(), forMs);
      }),
  };
}
