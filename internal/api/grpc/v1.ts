import type { Logger } from '../../observability/log.ts';
import type { RequestContext } from '../request-context.ts';
import type { V1Service } from '../v1/service.ts';
import type { GrpcService } from './grpc-service.ts';
import { bidiStream, serverStream, unary } from './handle.ts';

/** The definition sees to it that requests are what a method takes. */
type Method<Answer = unknown> = (request: unknown, context: RequestContext) => Answer;

/** A service of protium.v1 as gRPC serves it. */
export function grpcService(service: V1Service, options: { readonly log: Logger }): GrpcService {
  const { name, definition, methods } = service;
  const handlers = Object.entries(definition).map(([key, { requestStream, responseStream }]) => {
    const method = methods[key] as Method;
    const handler = requestStream
      ? bidiStream(options, method as Method<AsyncIterable<unknown>>)
      : responseStream
        ? serverStream(options, method as Method<AsyncIterable<unknown>>)
        : unary(options, method);
    return [key, handler] as const;
  });
  return { name, definition, implementation: Object.fromEntries(handlers) };
}
