import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Instance } from './instance.ts';
import type { InstanceRecords } from './records.ts';

/** The instances that there are, from the live view and what their domains say of themselves. */
export interface InstanceList {
  /** Newest first; of one client, or all. */
  list(owner?: string): readonly Instance[];
  /** By uuid. */
  get(uuid: string): Instance | undefined;
  /** The newest that answers this very request and was made within the window; null: none does. */
  earlier(owner: string, requestDigest: string, windowMs: number): string | null;
}

export function createInstanceList(
  view: Pick<LiveView, 'domain' | 'domains'>,
  records: InstanceRecords,
): InstanceList {
  const get = (uuid: string): Instance | undefined => {
    const domain = view.domain(uuid);
    if (domain === undefined) return undefined;
    const record = records.of(domain);
    if (record === null) return undefined;
    const { owner, creator, name, spec, plan, createdAt, createdVolumes, sshHostKeys } = record;
    return {
      uuid: domain.uuid,
      domain: domain.name,
      name,
      owner,
      ...(creator === undefined ? {} : { creator }),
      spec,
      plan,
      state: domain.state,
      sshHostKeys,
      createdAt,
      autostart: domain.autostart,
      description: domain.description,
      saved: domain.hasManagedSave,
      createdVolumes,
      etag: `${domain.documentDigest}-${domain.state}${domain.hasManagedSave ? '-saved' : ''}`,
    };
  };

  const list = (owner?: string): readonly Instance[] =>
    view
      .domains()
      .flatMap(({ uuid }) => get(uuid) ?? [])
      .filter((instance) => owner === undefined || instance.owner === owner)
      .sort((a, b) =>
        a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.uuid < b.uuid ? -1 : 1,
      );

  return {
    list,
    get,
    earlier(owner, requestDigest, windowMs) {
      const since = Date.now() - windowMs;
      const found = list(owner).find(({ uuid, createdAt }) => {
        const domain = view.domain(uuid);
        const record = domain === undefined ? null : records.of(domain);
        return record?.requestDigest === requestDigest && Date.parse(createdAt) >= since;
      });
      return found?.uuid ?? null;
    },
  };
}
