import type { EventLog } from '../../events/event-log.ts';
import { attachmentsService, type AttachmentsSource } from './attachments.ts';
import { computationsService, type ComputationsSource } from './computations.ts';
import { domainsService, type DomainsSource } from './domains.ts';
import { eventsService } from './events.ts';
import { instancesService, type InstancesSource } from './instances.ts';
import { operationsService, type OperationsSource } from './operations.ts';
import type { V1Service } from './service.ts';
import { snapshotsService, type SnapshotsSource } from './snapshots.ts';

export interface V1Sources {
  readonly computations: ComputationsSource;
  readonly domains: DomainsSource;
  readonly events: EventLog;
  readonly instances: InstancesSource;
  readonly operations: OperationsSource;
  readonly attachments: AttachmentsSource;
  readonly snapshots: SnapshotsSource;
}

/** All services of protium.v1. */
export function v1Services(sources: V1Sources): readonly V1Service[] {
  return [
    instancesService(sources.instances),
    domainsService(sources.domains),
    operationsService(sources.operations),
    eventsService(sources.events),
    computationsService(sources.computations),
    attachmentsService(sources.attachments),
    snapshotsService(sources.snapshots),
  ];
}
