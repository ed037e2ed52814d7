import type { Logger } from '../../observability/log.ts';
import type { CocosUseCases } from '../cocos-use-cases.ts';
import { cocosServices } from './cocos.ts';
import { computationsService, type ComputationsSource } from './computations.ts';
import { indexDescriptors, readDescriptors } from './descriptors.ts';
import { domainsService, type DomainsSource } from './domains.ts';
import type { GrpcService } from './grpc-service.ts';
import { healthService, type HealthSource } from './health.ts';
import { operationsService, type OperationsSource } from './operations.ts';
import { reflectionServices } from './reflection.ts';

export interface ServiceSources {
  readonly log: Logger;
  readonly cocos: { readonly useCases: CocosUseCases; readonly emptyErrors: boolean };
  readonly domains: DomainsSource;
  readonly operations: OperationsSource;
  readonly computations: ComputationsSource;
  readonly health: HealthSource;
}

/** All services of the daemon, health and reflection included. Throws when proto/descriptors.binpb is not installed. */
export function allServices({ log, ...sources }: ServiceSources): readonly GrpcService[] {
  const services = [
    ...cocosServices(sources.cocos.useCases, { log, emptyErrors: sources.cocos.emptyErrors }),
    domainsService(sources.domains, { log }),
    operationsService(sources.operations, { log }),
    computationsService(sources.computations, { log }),
  ];
  const health = healthService(
    sources.health,
    services.map(({ name }) => name),
    { log },
  );
  const listed = [...services, health];
  const names = listed.map(({ name }) => name);
  return [...listed, ...reflectionServices(indexDescriptors(readDescriptors()), names)];
}
