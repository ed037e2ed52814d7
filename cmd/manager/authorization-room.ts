import { authorizedServices } from '../../internal/api/v1/authorized-services.ts';
import type { V1Service } from '../../internal/api/v1/service.ts';
import { createObjects, type ObjectSources } from '../../internal/authorization/find-objects.ts';
import type { Objects } from '../../internal/authorization/objects.ts';
import { v1Policy } from '../../internal/authorization/policy/v1.ts';
import { createSeenEvents, type SeenEvents } from '../../internal/authorization/seen-events.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { readConfigOnce } from '../../internal/spec/read-once.ts';

export interface AuthorizationRoom {
  readonly objects: Objects;
  readonly seenEvents: SeenEvents;
  /** The services, for those alone who may. */
  readonly authorize: (services: readonly V1Service[]) => readonly V1Service[];
}

/** Wires whose the objects are that requests name and that events tell of. */
export function createAuthorizationRoom(
  sources: Omit<ObjectSources, 'specOf' | 'instances'> & {
    readonly instances: Pick<Instances, 'get' | 'list' | 'uuidOfUnmade'>;
  },
): AuthorizationRoom {
  const objects = createObjects({
    ...sources,
    specOf(config) {
      const read = readConfigOnce(config);
      return read.ok ? read.spec : null;
    },
  });
  return {
    objects,
    seenEvents: createSeenEvents({ ...sources, resources: objects.resources }),
    authorize: (services) => authorizedServices(services, v1Policy, objects),
  };
}
