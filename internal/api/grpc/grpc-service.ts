import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** A service with its handlers, ready to be registered. */
export interface GrpcService {
  /** Full name, e.g. `manager.ManagerService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}
