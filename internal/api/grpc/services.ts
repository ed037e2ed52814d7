import type { Logger } from '../../observability/log.ts';
import type { CocosUseCases } from '../cocos-use-cases.ts';
import type { V1Service } from '../v1/service.ts';
import { cocosServices } from './cocos.ts';
import { indexDescriptors, readDescriptors } from './descriptors.ts';
import type { GrpcService } from './grpc-service.ts';
import { healthService, type HealthSource } from './health.ts';
import { reflectionServices } from './reflection.ts';
import { grpcService } from './v1.ts';

export interface ServiceSources {
  readonly log: Logger;
  readonly cocos: { readonly useCases: CocosUseCases; readonly emptyErrors: boolean };
  readonly v1: readonly V1Service[];
  readonly health: HealthSource;
}

/** All services of the daemon, health and reflection included. Throws when proto/descriptors.binpb is not installed. */
export function allServices({ log, ...sources }: ServiceSources): readonly GrpcService[] {
  const services = [
    ...cocosServices(sources.cocos.useCases, { log, emptyErrors: sources.cocos.emptyErrors }),
    ...sources.v1.map((service) => grpcService(service, { log })),
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
