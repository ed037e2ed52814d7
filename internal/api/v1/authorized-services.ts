import { authorize, requireAccess } from '../../authorization/authorize.ts';
import type { Objects } from '../../authorization/objects.ts';
import type { Policy, Row } from '../../authorization/policy/row.ts';
import type { RequestContext } from '../request-context.ts';
import type { V1Service } from './service.ts';

type Method = (request: unknown, context: RequestContext) => unknown;

/** The services, each of whose methods does first what the policy asks of it: the same for HTTP and gRPC. */
export function authorizedServices(
  services: readonly V1Service[],
  policy: Policy,
  objects: Objects,
): readonly V1Service[] {
  return services.map((service) => ({
    ...service,
    methods: Object.fromEntries(
      Object.entries(service.methods).map(([method, call]) => {
        const name = methodName(service.name, method);
        const contract = service.definition[method];
        const wrapped = contract?.requestStream === true ? clientStream : plain;
        const authorized = wrapped(name, policy[name], call as Method, objects);
        return [method, contract?.responseStream === true ? answeringByStream(authorized) : authorized];
      }),
    ),
  }));
}

/** `InstancesService.getInstance`: how the policy names a method. */
export function methodName(service: string, method: string): string {
  return `${service.slice(service.lastIndexOf('.') + 1)}.${method}`;
}

function plain(name: string, row: Row | undefined, call: Method, objects: Objects): Method {
  return (request, context) => call(authorize(name, row, request, context.caller, objects), context);
}

/** Of a stream of requests, the first says what it is about. */
function clientStream(name: string, row: Row | undefined, call: Method, objects: Objects): Method {
  return (requests, context) => {
    requireAccess(name, row, context.caller);
    const check = (request: unknown) => authorize(name, row, request, context.caller, objects);
    return call(checkedFirst(requests as AsyncIterable<unknown>, check), context);
  };
}

/** A refusal ends the stream of answers, as all that goes wrong does. */
function answeringByStream(method: Method): Method {
  return async function* (request, context) {
    yield* method(request, context) as AsyncIterable<unknown>;
  };
}

async function* checkedFirst(
  requests: AsyncIterable<unknown>,
  check: (request: unknown) => unknown,
): AsyncGenerator {
  let seen = false;
  for await (const request of requests) {
    yield seen ? request : check(request);
    seen = true;
  }
}
