import type { Config } from '../../internal/config/config.ts';
import type { ReleaseLeases } from '../../internal/networks/leases/release-leases.ts';
import type { ReleaseOf } from '../../internal/instances/unregister/release.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { createMigrationTargets } from '../../internal/migration/migration-targets.ts';
import { createMigrations } from '../../internal/migration/migrations.ts';
import { createMovedInstances } from '../../internal/migration/moved-instances.ts';
import { migrateInstance } from '../../internal/migration/operation.ts';
import type { Database } from '../../internal/store/database.ts';

/** Wires the room of other hosts, and of what goes there. */
export function createMigrationRoom(parts: {
  readonly config: Pick<Config, 'migrationTargets' | 'hostRoot'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly releaseOf: ReleaseOf;
  readonly releaseLeases: ReleaseLeases;
}) {
  const { config, view, database } = parts;
  const targets = createMigrationTargets(config.migrationTargets, (uri) => createRpcClient({ uri }));
  const moved = createMovedInstances(database);
  return {
    migrate: migrateInstance({
      ...parts,
      targets,
      moved,
      hostRoot: config.hostRoot,
      clock: () => new Date(),
    }),
    migrations: createMigrations({ targets, moved, view }),
    /** For the doctor. */
    statuses: async () =>
      (await targets.statuses()).map(({ target: { name, uri }, problem }) => ({ name, uri, problem })),
    stop: () => targets.close(),
  };
}
