import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerReadableStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Logger } from '../../observability/log.ts';
import { continueTrace } from '../../observability/tracing.ts';
import { contextOf, type CallContext } from './call-context.ts';
import { toStatus, type CallStatus } from './status.ts';

/** What all handlers of a service share. */
export interface HandlerOptions {
  readonly log: Logger;
  /** Default: toStatus of status.ts. */
  readonly errorStatus?: (error: unknown) => CallStatus;
  /** Anybody may call it, whoever it is. Default: nobody whom the door did not let in. */
  readonly open?: boolean;
}

/** A unary handler from a function; what it throws becomes the call's status. */
export function unary<Request, Response>(
  options: HandlerOptions,
  work: (request: Request, context: CallContext) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, answer) => {
    const context = contextOf(call, options);
    continueTrace(call.metadata.getMap(), async () => work(call.request, context)).then(
      (response) => {
        call.sendMetadata(context.initialMetadata);
        answer(null, response);
      },
      (error: unknown) => answer(statusOf(error, context, options)),
    );
  };
}

/** A client-streaming handler from a function of the requests; a client that goes away makes reading them fail. */
export function clientStream<Request, Response>(
  options: HandlerOptions,
  work: (requests: AsyncIterable<Request>, context: CallContext) => Response | Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return (call, answer) => {
    const context = contextOf(call, options);
    continueTrace(call.metadata.getMap(), async () => work(received(call, context), context)).then(
      (response) => {
        call.sendMetadata(context.initialMetadata);
        answer(null, response);
      },
      (error: unknown) => answer(statusOf(error, context, options)),
    );
  };
}

async function* received<Request>(
  call: ServerReadableStream<Request, unknown> | ServerDuplexStream<Request, never>,
  context: CallContext,
): AsyncGenerator<Request> {
  // A stream that was cut never ends by itself, and is not to be taken for one that has ended.
  const cut = (): void => void call.destroy(context.signal.reason as Error);
  context.signal.throwIfAborted();
  context.signal.addEventListener('abort', cut);
  try {
    for await (const request of call) yield request as Request;
  } finally {
    context.signal.removeEventListener('abort', cut);
  }
}

/** A server-streaming handler from an async generator; each value is sent when the client has room for it. */
export function serverStream<Request, Response>(
  options: HandlerOptions,
  work: (request: Request, context: CallContext) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const context = contextOf(call, options);
    send(call, work(call.request, context), context).catch((error: unknown) => {
      call.emit('error', statusOf(error, context, options));
    });
  };
}

/** A handler that streams both ways, from an async generator of the requests, which are read as it asks for them. */
export function bidiStream<Request, Response>(
  options: HandlerOptions,
  work: (requests: AsyncIterable<Request>, context: CallContext) => AsyncIterable<Response>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const context = contextOf(call, options);
    send(call, work(received(call, context), context), context).catch((error: unknown) => {
      call.emit('error', statusOf(error, context, options));
    });
  };
}

async function send<Request, Response>(
  call: ServerWritableStream<Request, Response> | ServerDuplexStream<Request, Response>,
  responses: AsyncIterable<Response>,
  context: CallContext,
): Promise<void> {
  // At once, so that the client knows the stream to be open before there is anything to say.
  call.sendMetadata(context.initialMetadata);
  for await (const response of responses) {
    if (!call.write(response)) await once(call, 'drain', { signal: context.signal });
  }
  call.end();
}

function statusOf(error: unknown, context: CallContext, options: HandlerOptions): CallStatus {
  // Work that was given up because of the signal may end with any error; the reason is what counts.
  const cause: unknown =
    context.signal.aborted && !(error instanceof ProtiumError) ? context.signal.reason : error;
  if (!(cause instanceof ProtiumError) || cause.code === 'internal') {
    options.log.error({ err: cause, requestId: context.requestId }, 'a gRPC call failed');
  }
  return (options.errorStatus ?? toStatus)(cause);
}
