import { join } from 'node:path';
import { auditedService } from '../../internal/api/v1/audited-service.ts';
import type { V1Service } from '../../internal/api/v1/service.ts';
import type { Audit } from '../../internal/audit/audit.ts';
import { createAudit } from '../../internal/audit/create-audit.ts';
import type { Config } from '../../internal/config/config.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Database } from '../../internal/store/database.ts';

export interface AuditRoom {
  readonly audit: Audit;
  /** The services, recorded. */
  readonly record: (services: readonly V1Service[]) => readonly V1Service[];
}

/** Wires the record of who did what. */
export function createAuditRoom({
  config,
  database,
  log,
}: {
  readonly config: Pick<Config, 'audit' | 'stateDirectory'>;
  readonly database: Database;
  readonly log: Logger;
}): AuditRoom {
  const directory = join(config.stateDirectory, 'audit');
  const audit = createAudit({ database, log, directory, reads: config.audit.reads });
  return { audit, record: (services) => services.map((service) => auditedService(service, audit)) };
}
