import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import type { InstanceRecord } from './documents/metadata.ts';
import { seedName } from './documents/names.ts';
import type { Removal } from './instance.ts';
import { giveUpAsking } from './lifecycle/give-up-asking.ts';
import type { RegisterInput } from './register/shape.ts';
import type { UnregisterInstance } from './unregister/operation.ts';

/**
 * Begins to remove what is being made: that is given up and taken back, and what there is of it by then is removed.
 */
export type RemoveUnmade = (unmade: RegisterInput) => Promise<Removal>;

/** Begins to remove an instance; with `purge` also the volumes that were made for it and that no other domain has. */
export type Remove = (domain: DomainView, record: InstanceRecord, purge: boolean) => Promise<Removal>;

export function createRemoval(options: {
  readonly view: Pick<LiveView, 'domains' | 'volumes'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<UnregisterInstance>;
}): { readonly remove: Remove; readonly removeUnmade: RemoveUnmade } {
  const { view, operations, definition } = options;
  const remove = async (
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
  const removeUnmade = async (unmade: RegisterInput): Promise<Removal> => {
    const { uuid, domain, owner, seed } = unmade;
    await giveUpMaking(operations, uuid);
    const made = unmade.volumes.filter(({ action }) => action === 'create');
    // What was made is taken back by the giving up; but it may have been too late for that.
    const volumes = [...made.map(({ pool, name }) => ({ pool, name })), ...(seed === null ? [] : [seed])];
    const { id, done } = await operations.start(definition, { uuid, domain, volumes }, { owner });
    return { operation: id, done, keptVolumes: [] };
  };
  return { remove, removeUnmade };
}

async function giveUpMaking(operations: Operations, uuid: string): Promise<void> {
  const making = operations.list({
    kind: 'instance.register',
    resource: `instance/${uuid}`,
    state: ['queued', 'running'],
  });
  for (const { id } of making.operations) {
    try {
      await operations.cancel(id);
    } catch (error) {
      // It has just ended: there is an instance to be removed, or nothing.
      if (!(error instanceof ProtiumError && error.code === 'state-conflict')) throw error;
    }
  }
}
