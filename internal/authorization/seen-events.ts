import type { HostEvent } from '../events/event-log.ts';
import type { Caller } from '../identity/caller.ts';
import type { Instances } from '../instances/instance.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Operations } from '../operations/operations.ts';
import type { VolumeOwners } from '../subscriptions/volume-owners.ts';
import { sees } from './decide.ts';
import { ownerOfOperation, type ResourceOwners } from './operation-owner.ts';

/** Which events a caller sees, from now on: of objects of their projects, and of what is the host's. Remembers what it was asked. */
export type SeenEvents = (
  caller: Pick<Caller, 'administrator' | 'roles'>,
) => (event: Pick<HostEvent, 'kind' | 'type' | 'id' | 'about'>) => boolean;

export function createSeenEvents(sources: {
  readonly view: Pick<LiveView, 'volumes'>;
  readonly instances: Pick<Instances, 'get' | 'list'>;
  readonly operations: Pick<Operations, 'get'>;
  readonly volumes: Pick<VolumeOwners, 'ownerOf'>;
  readonly resources: ResourceOwners;
}): SeenEvents {
  const { view, instances, operations, volumes, resources } = sources;
  return (caller) => {
    if (caller.administrator) return () => true;
    const isOwn = (owner: string | null | undefined): boolean => sees(caller, owner ?? null);
    /** What is gone cannot be asked whose it was. */
    const domains = new Set(instances.list().flatMap(({ uuid, owner }) => (isOwn(owner) ? uuid : [])));
    const keys = new Set(
      view.volumes().flatMap((volume) => (isOwn(volumes.ownerOf(volume)) ? volume.key : [])),
    );
    const known = (
      seen: Set<string>,
      id: string,
      removed: boolean,
      owner: () => string | null | undefined,
    ) => {
      if (removed) return seen.delete(id);
      const own = isOwn(owner());
      if (own) seen.add(id);
      else seen.delete(id);
      return own;
    };
    return ({ kind, type, id, about }) => {
      const removed = type === 'removed';
      switch (kind) {
        case 'domain':
          return known(domains, id, removed, () => instances.get(id)?.owner);
        case 'volume':
          return known(keys, id, removed, () => {
            const volume = view.volumes().find(({ key }) => key === id);
            return volume === undefined ? null : volumes.ownerOf(volume);
          });
        case 'operation': {
          const record = operations.get(id);
          return isOwn(record === undefined ? null : ownerOfOperation(record, resources));
        }
        case 'lease':
          // Its owner stands first.
          return isOwn(about[0]);
        case 'pool':
        case 'network':
        case 'node-device':
          return true;
      }
    };
  };
}
