import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  Client,
  credentials,
  Metadata,
  type ChannelCredentials,
  type ClientWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { Failure } from '../failure.ts';
import { targetOf } from './target.ts';
import { describeCallError } from './call-error.ts';

/** A method of a generated service. */
export interface Method<Request, Answer> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseSerialize: (answer: Answer) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Answer;
}

/** The daemon, as commands call it. All reject with Failure. */
export interface Daemon {
  call<Request, Answer>(
    method: Method<Request, Answer>,
    request: Request,
    options?: { readonly timeoutMs?: number },
  ): Promise<Answer>;
  /** The answer to all of the requests, each sent when the daemon has room for it; it may come before the last of them. */
  send<Request, Answer>(method: Method<Request, Answer>, requests: AsyncIterable<Request>): Promise<Answer>;
  /** What a stream sends, until it ends, the signal comes or the reader leaves. */
  watch<Request, Answer>(
    method: Method<Request, Answer>,
    request: Request,
    options: WatchOptions,
  ): AsyncGenerator<Answer>;
  /** A call in which both sides send, until one of them ends it or the signal comes. */
  converse<Request, Answer>(
    method: Method<Request, Answer>,
    options: Pick<WatchOptions, 'signal'>,
  ): Conversation<Request, Answer>;
  close(): void;
}

export interface Conversation<Request, Answer> {
  /** Resolves when there is room for more. */
  send(request: Request): Promise<void>;
  /** Nothing more is sent; answers go on. */
  end(): void;
  /** Rejects with Failure; ends when the signal comes. */
  readonly answers: AsyncIterable<Answer>;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** The daemon has taken the call, whether it has something to say or not. */
  readonly opened?: () => void;
}

export interface Address {
  /** host:port */
  readonly address: string;
  /** Certificates (PEM) that the daemon's is checked against; undefined: no TLS. */
  readonly caFile: string | undefined;
  /** Sent with every call; undefined: none. */
  readonly token?: string | undefined;
  /** A certificate (PEM) that shows who calls, and its key. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Longer than any call takes that is answered at all: what takes time is an operation. */
const defaultTimeoutMs = 60_000;

/** Connects at the first call. */
export function connectDaemon(to: Address): Daemon {
  const { address, token } = to;
  const metadata = (): Metadata => {
    const sent = new Metadata();
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`);
    return sent;
  };
  const client = new Client(targetOf(address), credentialsOf(to), {
    'grpc.enable_http_proxy': 0,
    'grpc.max_receive_message_length': -1,
  });
  return {
    call: (method, request, { timeoutMs = defaultTimeoutMs } = {}) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata(),
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            if (error !== null) reject(describeCallError(error, address));
            else if (answer === undefined) reject(new Failure('internal', 'The daemon gave no answer.'));
            else resolve(answer);
          },
        );
      }),
    send: (method, requests) =>
      new Promise((resolve, reject) => {
        const ended = new AbortController();
        const call = client.makeClientStreamRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          metadata(),
          (error, answer) => {
            ended.abort();
            if (error !== null) reject(describeCallError(error, address));
            else if (answer === undefined) reject(new Failure('internal', 'The daemon gave no answer.'));
            else resolve(answer);
          },
        );
        sendAll(requests, call, ended.signal).catch((error: unknown) => {
          // An answer that came before the last request says all; else the requests could not be made.
          if (ended.signal.aborted) return;
          call.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      }),
    watch: async function* (method, request, { signal, opened = () => undefined }) {
      const stream = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata(),
      );
      stream.once('metadata', opened);
      const cancel = (): void => stream.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      try {
        for await (const answer of stream) yield answer as ReturnType<typeof method.responseDeserialize>;
      } catch (error) {
        if (!signal.aborted) throw describeCallError(error as ServiceError, address);
      } finally {
        signal.removeEventListener('abort', cancel);
        stream.cancel();
      }
    },
    converse: (method, { signal }) => {
      const stream = client.makeBidiStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        metadata(),
      );
      const cancel = (): void => stream.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      // Told where answers are read.
      stream.on('error', () => undefined);
      return {
        send: (request) =>
          new Promise((resolve) => {
            if (stream.destroyed || stream.writableEnded || stream.write(request)) resolve();
            else {
              stream.once('drain', resolve);
              stream.once('close', resolve);
            }
          }),
        end: () => stream.end(),
        answers: (async function* () {
          try {
            for await (const answer of stream) yield answer as ReturnType<typeof method.responseDeserialize>;
          } catch (error) {
            if (!signal.aborted) throw describeCallError(error as ServiceError, address);
          } finally {
            signal.removeEventListener('abort', cancel);
            stream.cancel();
          }
        })(),
      };
    },
    close: () => client.close(),
  };
}

async function sendAll<Request>(
  requests: AsyncIterable<Request>,
  call: ClientWritableStream<Request>,
  ended: AbortSignal,
): Promise<void> {
  for await (const request of requests) {
    if (ended.aborted) return;
    if (!call.write(request)) await once(call, 'drain', { signal: ended });
  }
  call.end();
}

function credentialsOf({ caFile, certFile, keyFile }: Address): ChannelCredentials {
  if (caFile === undefined) {
    if (certFile === undefined) return credentials.createInsecure();
    throw new Failure('usage', 'A client certificate needs TLS: give --ca too.', { exit: 'usage' });
  }
  const [ca, key, cert] = [caFile, keyFile, certFile].map((file) => (file === undefined ? null : read(file)));
  try {
    return credentials.createSsl(ca, key, cert);
  } catch (error) {
    throw new Failure('usage', `The certificates cannot be used: ${(error as Error).message}.`, {
      exit: 'usage',
      cause: error,
    });
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  }
}
