import type { LibvirtClient } from '../../libvirt/client.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';
import { readSnapshots, snapshotNamed, type Snapshot } from './read-snapshots.ts';

/** Reading the snapshots of instances. Both reject with `not-found`. */
export interface SnapshotList {
  /** Oldest first. */
  list(uuid: string): Promise<readonly Snapshot[]>;
  get(uuid: string, name: string): Promise<Snapshot>;
}

export function createSnapshotList(client: LibvirtClient): SnapshotList {
  const list = async (uuid: string) => readSnapshots(client, await existingDomain(client, uuid));
  return { list, get: async (uuid, name) => snapshotNamed(await list(uuid), name) };
}
