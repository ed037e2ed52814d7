import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolRef } from '../../libvirt/objects.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import { poolLock } from './show-pool.ts';

/** The operation `pool.delete`. */
export interface DeletePool {
  readonly input: { readonly uuid: string; readonly name: string };
  readonly result: { readonly name: string };
  readonly steps: { remove: { facts?: never } };
}

/** Takes a pool out of libvirt, and nothing off the host. */
export function deletePool(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
): OperationDefinition<DeletePool> {
  const remove: Step<DeletePool, 'remove'> = {
    name: 'remove',
    title: 'remove the pool',
    irreversible: true,
    async do({ input: { uuid } }) {
      try {
        const pool = await orAbsent(client.pools.lookupByUuid(uuid), virError.noStoragePool);
        if (pool === null) return;
        await requireEmpty(client, pool);
        const persistent = await client.pools.isPersistent(pool);
        if (await client.pools.isActive(pool)) await client.pools.destroy(pool);
        if (persistent) await orAbsent(client.pools.undefine(pool), virError.noStoragePool);
      } catch (error) {
        throw fromLibvirt(error, 'remove the pool');
      }
    },
  };
  return {
    kind: 'pool.delete',
    onRestart: 'resume',
    resources: ({ name }) => [poolLock(name)],
    steps: () => [remove],
    async result({ input }) {
      await view.refresh('pool', input.uuid);
      return { name: input.name };
    },
  };
}

/**
 * What an inactive pool has, nobody can say: it is started by its owner first.
 *
 * @throws ProtiumError `resource-in-use`, `state-conflict`
 */
export async function requireEmpty(client: LibvirtClient, pool: PoolRef): Promise<void> {
  if (!(await client.pools.isActive(pool))) {
    throw new ProtiumError(
      'state-conflict',
      `The pool "${pool.name}" is not active, so nobody can say whether there are volumes in it. Start it first.`,
    );
  }
  await client.pools.refresh(pool);
  const volumes = (await client.volumes.list(pool)).map(({ name }) => name);
  if (volumes.length === 0) return;
  const shown = volumes.slice(0, 10).join(', ') + (volumes.length > 10 ? ' …' : '');
  throw new ProtiumError(
    'resource-in-use',
    `The pool "${pool.name}" has ${volumes.length} volume${volumes.length === 1 ? '' : 's'}: ${shown}. Delete or move them first.`,
    { details: { volumes: volumes.slice(0, 10) } },
  );
}
