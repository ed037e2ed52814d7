import type { Logger } from '../../observability/log.ts';
import type { RequestContext } from '../request-context.ts';
import type { V1Service } from '../v1/service.ts';
import type { GrpcService } from './grpc-service.ts';
import { bidiStream, clientStream, serverStream, unary } from './handle.ts';
import { keepingElements } from './list-answer.ts';

/** The definition sees to it that requests are what a method takes. */
type Method<Answer = unknown> = (request: unknown, context: RequestContext) => Answer;

/** A service of protium.v1 as gRPC serves it. */
export function grpcService(service: V1Service, options: { readonly log: Logger }): GrpcService {
  const { name, methods } = service;
  const definition = Object.fromEntries(
    Object.entries(service.definition).map(([key, method]) => [key, withKeptElements(method)]),
  );
  const handlers = Object.entries(definition).map(([key, { requestStream, responseStream }]) => {
    const method = methods[key] as Method;
    const handler = responseStream
      ? (requestStream ? bidiStream : serverStream)(options, method as Method<AsyncIterable<unknown>>)
      : requestStream
        ? clientStream(options, method)
        : unary(options, method);
    return [key, handler] as const;
  });
  return { name, definition, implementation: Object.fromEntries(handlers) };
}

function withKeptElements(method: V1Service['definition'][string]): V1Service['definition'][string] {
  if (method.responseStream) return method;
  const empty = method.responseDeserialize(Buffer.alloc(0)) as object;
  return { ...method, responseSerialize: keepingElements(method.responseSerialize, empty) };
}
