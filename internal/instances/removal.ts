import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import type { InstanceRecord } from './documents/metadata.ts';
import { seedName } from './documents/names.ts';
import type { Removal } from './instance.ts';
import { existingDomain } from './lifecycle/find-domain.ts';
import { giveUpAsking } from './lifecycle/give-up-asking.ts';
import type { RegisterInput } from './register/shape.ts';
import type { UnregisterInstance } from './unregister/operation.ts';

/**
 * Begins to remove what is being made: that is given up and taken back, and what there is of it by then is removed.
 */
export type RemoveUnmade = (unmade: RegisterInput) => Promise<Removal>;

/** Begins to remove an instance; with `purge` also the volumes that were made for it and that no other domain has. */
export type Remove = (domain: DomainView, record: InstanceRecord, purge: boolean) => Promise<Removal>;

/** What that would remove and what would stay, in sentences; changes nothing. Rejects with `not-found`. */
export type RemovalOutlook = (
  domain: DomainView,
  record: InstanceRecord,
  purge: boolean,
) => Promise<readonly string[]>;

export function createRemoval(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'domains' | 'volumes'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<UnregisterInstance>;
}): { readonly remove: Remove; readonly removeUnmade: RemoveUnmade; readonly outlook: RemovalOutlook } {
  const { client, view, operations, definition } = options;
  const removedVolumes = (uuid: string, { createdVolumes }: InstanceRecord, purge: boolean) => {
    const others = new Set(view.domains().flatMap((other) => (other.uuid === uuid ? [] : other.diskPaths)));
    const shared = new Set(
      view
        .volumes()
        .filter(({ path }) => path !== null && others.has(path))
        .map(({ name: volume }) => volume),
    );
    return purge ? createdVolumes.filter(({ name: volume }) => !shared.has(volume)) : [];
  };
  const remove: Remove = async ({ uuid, name }, record, purge) => {
    const { owner, createdVolumes, seedPool } = record;
    const volumes = removedVolumes(uuid, record, purge);
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
  const outlook: RemovalOutlook = async ({ uuid }, record, purge) => {
    const domain = await existingDomain(client, uuid);
    const [snapshots, saved] = await Promise.all([
      client.snapshots.list(domain),
      client.domains.hasManagedSave(domain),
    ]);
    const removed = removedVolumes(uuid, record, purge);
    return removalNotices({
      name: domain.name,
      runs: domain.id !== null,
      saved,
      snapshots: snapshots.map(({ name }) => name),
      removed,
      kept: record.createdVolumes.filter((volume) => !removed.includes(volume)),
      keptAsAsked: !purge,
    });
  };
  return { remove, removeUnmade, outlook };
}

interface NamedVolume {
  readonly pool: string;
  readonly name: string;
}

/** What a removal would do, in sentences. Pure. */
export function removalNotices(found: {
  readonly name: string;
  readonly runs: boolean;
  readonly saved: boolean;
  readonly snapshots: readonly string[];
  readonly removed: readonly NamedVolume[];
  readonly kept: readonly NamedVolume[];
  /** They are kept because that is asked for, not because other domains have them. */
  readonly keptAsAsked: boolean;
}): readonly string[] {
  const { name, snapshots, removed, kept } = found;
  const named = (volumes: readonly NamedVolume[]): string =>
    volumes.map((volume) => `${volume.pool}/${volume.name}`).join(', ');
  return [
    ...(found.runs ? [`"${name}" runs: it would be ended, its guest is not asked.`] : []),
    ...(found.saved ? [`The saved state of "${name}" would be removed.`] : []),
    ...(snapshots.length > 0
      ? [`The snapshots of "${name}" would be removed: ${snapshots.join(', ')}.`]
      : []),
    ...(removed.length > 0 ? [`Volumes that would be removed: ${named(removed)}.`] : []),
    ...(kept.length > 0
      ? [`Volumes that would stay${found.keptAsAsked ? '' : ', as other VMs have them'}: ${named(kept)}.`]
      : []),
  ];
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
