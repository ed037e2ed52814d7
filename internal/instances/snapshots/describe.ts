import type { LibvirtClient } from '../../libvirt/client.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import { ensureChild, setText } from '../../xml/edit.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { readSnapshots, snapshotNamed } from './read-snapshots.ts';
import { redefineSnapshot } from './redefine-snapshot.ts';

/** Gives a snapshot another description; what it holds stays as it is. Rejects with `not-found`. */
export type DescribeSnapshot = (target: InstanceTarget, name: string, description: string) => Promise<void>;

export function createDescribeSnapshot(options: {
  readonly client: LibvirtClient;
  readonly locks: KeyedLock;
}): DescribeSnapshot {
  const { client, locks } = options;
  return (target, name, description) =>
    locks.run(instanceResources(target), async () => {
      const domain = await existingDomain(client, target.uuid);
      const { document, current } = snapshotNamed(await readSnapshots(client, domain), name);
      const described = ensureChild(document, 'description', ['name', 'description'], (child) =>
        setText(child, description),
      );
      await redefineSnapshot(client, domain, described, current);
    });
}
