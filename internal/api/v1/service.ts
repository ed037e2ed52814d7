import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { RequestContext } from '../request-context.ts';

/** A service of protium.v1: the same functions answer over gRPC and over HTTP. */
export interface V1Service {
  /** Full name, e.g. `protium.v1.OperationsService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  /**
   * By the method's name in lower camel case: a function of the request (of the requests, where the client streams), or an
   * async generator where the answers are a stream.
   */
  readonly methods: Readonly<Record<string, V1Method>>;
}

/** Untyped where methods of all services are handled alike; `v1Service` sees to it that each fits its contract. */
export type V1Method = (request: never, context: RequestContext) => unknown;

type Method<Call> =
  Call extends handleServerStreamingCall<infer Request, infer Response>
    ? (request: Request, context: RequestContext) => AsyncIterable<Response>
    : Call extends handleUnaryCall<infer Request, infer Response>
      ? (request: Request, context: RequestContext) => Response | Promise<Response>
      : Call extends handleClientStreamingCall<infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, context: RequestContext) => Promise<Response>
        : Call extends handleBidiStreamingCall<infer Request, infer Response>
          ? (requests: AsyncIterable<Request>, context: RequestContext) => AsyncIterable<Response>
          : never;

/** The methods of a service, from the server type that is generated of its contract. */
type Methods<Server> = {
  readonly [Name in keyof Server as string extends Name ? never : number extends Name ? never : Name]: Method<
    Server[Name]
  >;
};

/**
 * @typeParam Server the server type that is generated of the contract
 * @param client the generated client class: it knows the name and the definition
 */
export function v1Service<Server extends UntypedServiceImplementation>(
  { serviceName, service }: { readonly serviceName: string; readonly service: object },
  methods: Methods<Server>,
): V1Service {
  return {
    name: serviceName,
    definition: service as ServiceDefinition,
    methods,
  };
}
