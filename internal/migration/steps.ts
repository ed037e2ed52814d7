import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { ReleaseLeases } from '../networks/leases/release-leases.ts';
import type { ReleaseOf } from '../instances/unregister/release.ts';
import type { MigrationTargets } from './migration-targets.ts';
import type { MovedInstances } from './moved-instances.ts';

/** What the steps of a move work with. */
export interface MigrationParts {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh' | 'domains'>;
  readonly targets: MigrationTargets;
  readonly moved: MovedInstances;
  readonly releaseOf: ReleaseOf;
  readonly releaseLeases: ReleaseLeases;
  /** Where the machine's /var is: `/`. */
  readonly hostRoot: string;
  readonly clock: () => Date;
}

/** Whatever goes wrong in it is told as what could not be done. */
export async function failing<T>(
  doing: string,
  signal: AbortSignal | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw fromLibvirt(error, doing);
  }
}
