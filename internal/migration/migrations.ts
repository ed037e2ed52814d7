import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { MigrationTargets } from './migration-targets.ts';
import type { MovedInstance } from './moved-instance.ts';
import type { MovedInstances } from './moved-instances.ts';

/** Where instances can go, and where they went. */
export interface Migrations {
  readonly targets: Pick<MigrationTargets, 'names' | 'open' | 'statuses'>;
  /** Who went and is not back, the latest first; of one owner, or all. */
  list(owner?: string): readonly MovedInstance[];
  /** By uuid, or name of the domain. Throws ProtiumError `not-found`. */
  get(named: string): MovedInstance;
  /** Throws as `get` does. */
  forget(named: string, options: { readonly validateOnly: boolean }): void;
}

export function createMigrations(parts: {
  readonly targets: MigrationTargets;
  readonly moved: MovedInstances;
  readonly view: Pick<LiveView, 'domain'>;
}): Migrations {
  const { targets, moved, view } = parts;
  // It may have come back, or have been defined here again.
  const list: Migrations['list'] = (owner) =>
    moved
      .all()
      .filter(
        (each) => (owner === undefined || each.owner === owner) && view.domain(each.uuid) === undefined,
      );
  const get: Migrations['get'] = (named) => {
    const found = list().find(({ uuid, name }) => uuid === named.toLowerCase() || name === named);
    if (found !== undefined) return found;
    throw new ProtiumError('not-found', `No instance "${named.slice(0, 64)}" went to another host.`);
  };
  return {
    targets,
    list,
    get,
    forget(named, { validateOnly }) {
      const { uuid } = get(named);
      if (!validateOnly) moved.remove(uuid);
    },
  };
}
