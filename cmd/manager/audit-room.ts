import { join } from 'node:path';
import { limitedService } from '../../internal/api/v1/limited-service.ts';
import { auditedService } from '../../internal/api/v1/audited-service.ts';
import type { V1Service } from '../../internal/api/v1/service.ts';
import type { Audit } from '../../internal/audit/audit.ts';
import { isRefusal } from '../../internal/audit/refusal-codes.ts';
import type { GrpcDoorOptions } from '../../internal/api/door/grpc-door.ts';
import { createAudit } from '../../internal/audit/create-audit.ts';
import type { Config } from '../../internal/config/config.ts';
import { createLimits, type Limits } from '../../internal/rate-limits/limits.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Database } from '../../internal/store/database.ts';

export interface AuditRoom {
  readonly audit: Audit;
  readonly limits: Limits;
  /** The services, limited and recorded. */
  readonly record: (services: readonly V1Service[]) => readonly V1Service[];
  readonly turnedAway: NonNullable<GrpcDoorOptions['turnedAway']>;
}

/** Wires the record of who did what, and the limits of how often. */
export function createAuditRoom({
  config,
  database,
  log,
}: {
  readonly config: Pick<Config, 'audit' | 'rates' | 'stateDirectory'>;
  readonly database: Database;
  readonly log: Logger;
}): AuditRoom {
  const directory = join(config.stateDirectory, 'audit');
  const audit = createAudit({ database, log, directory, reads: config.audit.reads });
  const limits = createLimits(config.rates);
  return {
    audit,
    limits,
    turnedAway: async ({ method, address, requestId, error }) => {
      if (!isRefusal(error)) return;
      const actor = { way: 'none', user: '', address, project: '' } as const;
      await audit.refused({ actor, requestId, method, subject: { kind: '', id: '', project: '' } }, error);
    },
    record: (services) =>
      services.map((service) => limitedService(auditedService(service, audit), limits, audit)),
  };
}
