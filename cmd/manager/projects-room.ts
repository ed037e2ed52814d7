import { createProjects, type ContentsOf } from '../../internal/authorization/projects/create-projects.ts';
import { createProjectStore } from '../../internal/authorization/projects/project-store.ts';
import { createProjectLimits } from '../../internal/authorization/quotas/limits.ts';
import { guardedByQuota } from '../../internal/authorization/quotas/quota-guard.ts';
import { createQuotaStore, type QuotaStore } from '../../internal/authorization/quotas/quota-store.ts';
import { noLimits, type Quota } from '../../internal/authorization/quotas/quota.ts';
import type { Quotas } from '../../internal/authorization/quotas/quotas.ts';
import { rolesOfUsers } from '../../internal/authorization/roles.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import type { ProjectsSource } from '../../internal/api/v1/projects.ts';
import type { Config } from '../../internal/config/config.ts';
import type { Images } from '../../internal/images/image.ts';
import { createInstanceList } from '../../internal/instances/instance-list.ts';
import type { ProjectLimits } from '../../internal/instances/project-limits.ts';
import type { InstanceRecords } from '../../internal/instances/records.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { Leases } from '../../internal/leases/leases.ts';
import { wasRead } from '../../internal/libvirt/live-view/first-reading.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { isFinal } from '../../internal/operations/model.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Ownership } from '../../internal/ownership/ownership.ts';
import { shareStorage } from '../../internal/storage/pools/share-storage.ts';
import type { Database } from '../../internal/store/database.ts';
import type { SubscriptionHolds } from '../../internal/subscriptions/holds.ts';
import { createStorageGuard, type StorageGuard } from '../../internal/subscriptions/storage-guard.ts';
import type { Subscriptions } from '../../internal/subscriptions/subscription.ts';
import { createVolumeOwners, type VolumeOwners } from '../../internal/subscriptions/volume-owners.ts';

const firstReadingMs = 10_000;

export interface ProjectsRoom {
  readonly quotas: Quotas;
  readonly limits: ProjectLimits;
  readonly store: QuotaStore;
  /** Of a user of that id; of one that is no more, no limits. */
  readonly quotaOfUser: (user: string) => Quota;
  readonly volumeOwners: VolumeOwners;
  /** Asked before volumes are made or grow: what is held for others, and what the project may have. */
  readonly guard: StorageGuard;
  /** What a user may do, by project. */
  readonly rolesOf: ReturnType<typeof rolesOfUsers>;
  open(parts: {
    readonly images: Pick<Images, 'get'>;
    readonly keyPairs: Pick<KeyPairs, 'list'>;
    readonly leases: Pick<Leases, 'list'>;
    readonly subscriptions: Pick<Subscriptions, 'list'>;
    readonly operations: Pick<Operations, 'list'>;
  }): ProjectsSource;
}

/** Wires projects, who may what in them, and what they may have. */
export function createProjectsRoom(parts: {
  readonly config: Pick<Config, 'hostRoot'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly records: InstanceRecords;
  /** What is held for owners. */
  readonly holds: SubscriptionHolds;
  readonly ownership: Ownership;
}): ProjectsRoom {
  const { config, client, view, database, locks, records, holds, ownership } = parts;
  const volumeOwners = createVolumeOwners({ view, records, ownership });
  const storageGuard = createStorageGuard({
    client,
    holds,
    volumes: volumeOwners,
    shareStorage: (pool, other) => shareStorage({ view, hostRoot: config.hostRoot }, pool, other),
  });
  const projectStore = createProjectStore(database);
  const store = createQuotaStore(database);
  const instances = createInstanceList(view, records);
  let imageOf: Images['get'] = () => undefined;
  const bytesOf = (images: readonly { readonly id: string }[]): number =>
    images.reduce((sum, { id }) => sum + (imageOf(id)?.sizeBytes ?? 0), 0);
  /** Whoever comes right after the daemon's start waits until libvirt is read: before that nothing seems to be anybody's. */
  const ready = async (): Promise<void> => {
    if (await wasRead(view, firstReadingMs)) return;
    throw new ProtiumError(
      'libvirt-unavailable',
      'libvirt has not been read yet, so nobody knows what the project has; is libvirtd running?',
    );
  };
  const userName = (user: string): string | undefined => {
    const project = projectStore.byId(user);
    return project?.personal === true ? project.name : undefined;
  };
  const { limits, quotas } = createProjectLimits({
    store,
    instances,
    view,
    volumes: volumeOwners,
    images: {
      ofProject: (project) => bytesOf(ownership.list('image', project)),
      madeBy: (user) => bytesOf(ownership.madeBy('image', user)),
    },
    userName,
  });
  return {
    quotas,
    limits,
    store,
    quotaOfUser: (user) => (userName(user) === undefined ? noLimits : store.quotaOfUser(user)),
    volumeOwners,
    guard: guardedByQuota(storageGuard, quotas),
    rolesOf: rolesOfUsers(projectStore),
    open({ images, keyPairs, leases, subscriptions, operations }) {
      imageOf = (named) => images.get(named);
      const contentsOf: ContentsOf = (owner) => {
        const places = volumeOwners.placesOf(owner);
        const counts: readonly (readonly [string, number])[] = [
          ['instances', instances.list(owner).length],
          ['volumes', view.volumes().filter(({ pool, name }) => places.has(`${pool}/${name}`)).length],
          ['images', ownership.list('image', owner).filter(({ id }) => images.get(id) !== undefined).length],
          ['key pairs', keyPairs.list({ owner, fingerprint: '' }).keyPairs.length],
          ['leases', leases.list({ owner, states: ['pending', 'active', 'ending'], limit: 1000 }).length],
          ['subscriptions', subscriptions.list({ owner }).length],
          [
            'operations under way',
            operations.list({ owner, limit: 1000 }).operations.filter(({ state }) => !isFinal(state)).length,
          ],
        ];
        return counts.flatMap(([what, count]) => (count === 0 ? [] : `${what}: ${count}`));
      };
      return {
        projects: createProjects({ store: projectStore, contentsOf, locks, ready }),
        quotas,
        limits: store,
      };
    },
  };
}
