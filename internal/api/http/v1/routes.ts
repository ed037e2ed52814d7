import type { FileRegistry, JsonObject } from '@bufbuild/protobuf';
import type { Request, Response, Router } from 'express';
import { requestContext } from '../client-gone.ts';
import { sendJsonBytes } from '../json.ts';
import type { RequestContext } from '../../request-context.ts';
import type { V1Service } from '../../v1/service.ts';
import { createAnswerJson } from './answer-json.ts';
import type { HttpBinding, HttpBindings } from './bindings.ts';
import { sendEvents } from './event-stream.ts';
import { readRequest } from './read-request.ts';

/**
 * The HTTP face of protium.v1: each method at the place that its contract names, with JSON as protobuf maps it. An answer
 * with an operation that goes on is 202, with its Location; an object with an etag has the header ETag; a stream is a
 * stream of server-sent events; what the contract names as the body (response_body) is sent as it is.
 */
export function addV1Routes(
  router: Router,
  services: readonly V1Service[],
  { bindings, registry }: HttpBindings,
): void {
  for (const binding of bindings) {
    const service = services.find(({ name }) => name === binding.service);
    if (service === undefined) throw new Error(`No ${binding.service} is served.`);
    router[binding.verb](expressPath(binding.path), handler(service, binding, registry));
  }
}

/** `{instance}` → `:instance`. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

type Call = (request: unknown, context: RequestContext) => unknown;

function handler({ definition, methods }: V1Service, binding: HttpBinding, registry: FileRegistry) {
  const { localName, methodKind } = binding.method;
  const contract = definition[localName];
  const call = methods[localName] as Call | undefined;
  if (contract === undefined || call === undefined) throw new Error(`${localName} is not served.`);
  const json = createAnswerJson(binding.output, contract.responseSerialize, registry);
  return async (request: Request, response: Response): Promise<void> => {
    const context = requestContext(response);
    const bytes = Buffer.from(await readRequest(request, binding, registry));
    const answer = call(contract.requestDeserialize(bytes), context);
    if (methodKind === 'server_streaming') {
      await sendEvents(response, answer as AsyncIterable<unknown>, json, context.signal);
    } else if (binding.responseBody !== '') sendBody(response, binding, (await answer) as BodyAnswer);
    else sendAnswer(response, binding, json(await answer));
  };
}

function sendAnswer(response: Response, { verb }: HttpBinding, answer: JsonObject): void {
  const { operation } = answer;
  const id = isObject(operation) && operation['endTime'] === undefined ? operation['id'] : undefined;
  const begun = verb !== 'get' && typeof id === 'string';
  if (begun) response.setHeader('Location', `/v1/operations/${id}`);
  for (const part of Object.values(answer)) {
    if (isObject(part) && typeof part['etag'] === 'string') response.setHeader('ETag', `"${part['etag']}"`);
  }
  // protobuf's JSON has no bigint: nothing is to be replaced.
  sendJsonBytes(response, begun ? 202 : 200, Buffer.from(`${JSON.stringify(answer)}\n`));
}

/** An answer with a body of its own kind. */
interface BodyAnswer extends Readonly<Record<string, unknown>> {
  readonly contentType: string;
}

function sendBody(response: Response, { responseBody }: HttpBinding, answer: BodyAnswer): void {
  const body = answer[responseBody] as Uint8Array;
  response.writeHead(200, {
    'Content-Type': answer.contentType,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
