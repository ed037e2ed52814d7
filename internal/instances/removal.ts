import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import type { InstanceRecord } from './documents/metadata.ts';
import { seedName } from './documents/names.ts';
import type { Removal } from './instance.ts';
import { giveUpAsking } from './lifecycle/give-up-asking.ts';
import type { UnregisterInstance } from './unregister/operation.ts';

/** Begins to remove an instance; with `purge` also the volumes that were made for it and that no other domain has. */
export type Remove = (domain: DomainView, record: InstanceRecord, purge: boolean) => Promise<Removal>;

export function createRemoval(options: {
  readonly view: Pick<LiveView, 'domains' | 'volumes'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<UnregisterInstance>;
}): Remove {
  const { view, operations, definition } = options;
  return async (
    { uuid, name }: DomainView,
    { owner, createdVolumes, seedPool }: InstanceRecord,
    purge: boolean,
  ): Promise<Removal> => {
    const others = new Set(view.domains().flatMap((other) => (other.uuid === uuid ? [] : other.diskPaths)));
    const shared = new Set(
      view
        .volumes()
        .filter(({ path }) => path !== null && others.has(path))
        .map(({ name: volume }) => volume),
    );
    const volumes = purge ? createdVolumes.filter(({ name: volume }) => !shared.has(volume)) : [];
    await giveUpAsking(operations, uuid);
    const { id, done } = await operations.start(
      definition,
      {
        uuid,
        domain: name,
        volumes: [
          ...volumes.map(({ pool: of, name: volume }) => ({ pool: of, name: volume })),
          // It holds secrets, so it never stays.
          ...(seedPool === null ? [] : [{ pool: seedPool, name: seedName(uuid) }]),
        ],
      },
      { owner },
    );
    return {
      operation: id,
      done,
      keptVolumes: createdVolumes.filter((volume) => !volumes.includes(volume)).map((volume) => volume.id),
    };
  };
}
