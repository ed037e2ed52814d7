import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolView } from '../../libvirt/live-view/views.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations } from '../../operations/operations.ts';
import { requirePersistent } from '../require-persistent.ts';
import { requireNewName } from '../new-name.ts';
import { requireAllowedDirectory } from './allowed-directory.ts';
import { checkPoolSource } from './check-source.ts';
import { requireFreePool, type CreatePool } from './create-pool.ts';
import { requireEmpty, type DeletePool } from './delete-pool.ts';
import { directoryOf, type PoolSource } from './pool-source.ts';
import { poolLock, showPool } from './show-pool.ts';

export interface PoolRequest {
  readonly name: string;
  readonly source: PoolSource;
  readonly autostart: boolean;
}

export interface Change {
  readonly validateOnly: boolean;
  readonly idempotencyKey?: string;
}

/** The use cases of pools. Pools are named by uuid or name; all reject with `not-found` for one that is not there. */
export interface Pools {
  list(): readonly PoolView[];
  get(named: string): PoolView;
  /** Resolve with the operation's id; null in a dry run. */
  create(request: PoolRequest, change: Change): Promise<string | null>;
  remove(named: string, change: Change): Promise<string | null>;
  /** Resolve with the pool as it is afterwards. */
  setAutostart(named: string, on: boolean | undefined, change: Change): Promise<PoolView>;
  start(named: string, change: Change): Promise<PoolView>;
  stop(named: string, change: Change): Promise<PoolView>;
  refresh(named: string, change: Change): Promise<PoolView>;
}

export function createPools(options: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly definitions: {
    readonly create: OperationDefinition<CreatePool>;
    readonly remove: OperationDefinition<DeletePool>;
  };
  /** Below which directories pools may be made. */
  readonly roots: readonly string[];
  readonly ready: () => Promise<void>;
}): Pools {
  const { client, view, operations, definitions, roots, ready } = options;
  const get = (named: string): PoolView => {
    const pool = view.pool(named);
    if (pool === undefined) throw new ProtiumError('not-found', `There is no pool "${named}".`);
    return pool;
  };
  const changed = async (
    named: string,
    { validateOnly }: Change,
    doing: string,
    work: (pool: PoolView) => Promise<void>,
  ): Promise<PoolView> => {
    await ready();
    const pool = get(named);
    if (validateOnly) return pool;
    return operations.locks.run([poolLock(pool.name)], async () => {
      try {
        await work(pool);
      } catch (error) {
        throw fromLibvirt(error, doing);
      }
      await showPool(client, view, pool.name);
      return get(pool.uuid);
    });
  };
  return {
    list: () => view.pools(),
    get,
    async create(request, { validateOnly, idempotencyKey }) {
      const { name, source, autostart } = request;
      requireNewName('pool', name);
      checkPoolSource(source);
      const directory = directoryOf(source);
      if (directory !== null) await requireAllowedDirectory(directory, roots);
      await ready();
      // With a key it may be a request that was answered before, whose pool is there by now.
      if (idempotencyKey === undefined || validateOnly) await requireFreePool(client, name, source);
      if (validateOnly) return null;
      const input = { name, source, autostart };
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      return (await operations.start(definitions.create, input, key)).id;
    },
    async remove(named, { validateOnly }) {
      await ready();
      const { uuid, name } = get(named);
      try {
        await requireEmpty(client, { uuid, name });
      } catch (error) {
        throw fromLibvirt(error, 'remove the pool');
      }
      return validateOnly ? null : (await operations.start(definitions.remove, { uuid, name })).id;
    },
    async setAutostart(named, on, change) {
      await ready();
      if (on !== undefined) requirePersistent('pool', get(named));
      return changed(named, change, 'change the pool', async (pool) => {
        if (on !== undefined) await client.pools.setAutostart(pool, on);
      });
    },
    start: (named, change) =>
      changed(named, change, 'start the pool', async (pool) => {
        if (!(await client.pools.isActive(pool))) await client.pools.create(pool);
      }),
    async stop(named, change) {
      const { name, uuid } = get(named);
      const paths = new Set(view.volumes(uuid).map(({ path }) => path));
      const users = view
        .domains()
        .filter(({ id, diskPaths }) => id !== null && diskPaths.some((file) => paths.has(file)));
      if (users.length > 0) {
        const names = users.map((domain) => domain.name);
        throw new ProtiumError(
          'resource-in-use',
          `Volumes of the pool "${name}" are used by running VMs: ${names.join(', ')}. Stop these first.`,
          { details: { domains: names } },
        );
      }
      return changed(named, change, 'stop the pool', async (pool) => {
        if (await client.pools.isActive(pool)) await client.pools.destroy(pool);
      });
    },
    refresh: (named, change) =>
      changed(named, change, 'read the pool again', (pool) => client.pools.refresh(pool)),
  };
}
