import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationLog } from '../../operations/definition.ts';
import { orAbsent } from '../from-documents/absent.ts';
import type { ReleaseOf } from './release.ts';

/**
 * Releases what instances hold whose domains others have removed, e.g. with virsh: at once, and at the start for what
 * happened before. Returns the function that ends it.
 */
export function sweepVanished(options: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly view: Pick<LiveView, 'onChange'>;
  /** uuids of the instances that hold something. */
  readonly holders: () => readonly string[];
  readonly release: ReleaseOf;
  readonly ready: () => Promise<void>;
  readonly log: OperationLog;
}): () => void {
  const { client, view, holders, release, ready, log } = options;
  const check = async (uuid: string): Promise<void> => {
    try {
      // One that was defined anew meanwhile keeps what it has.
      if ((await orAbsent(client.domains.lookupByUuid(uuid), virError.noDomain)) !== null) return;
      await release(uuid);
      log.info({ instance: uuid }, 'released what a VM held that others removed');
    } catch (error) {
      log.warn(
        { err: error, instance: uuid },
        'what a VM held that others removed could not be released yet',
      );
    }
  };
  const checkAll = async (): Promise<void> => {
    await ready();
    for (const uuid of new Set(holders())) await check(uuid);
  };
  const unwatch = view.onChange(({ kind, type, id }) => {
    if (kind === 'domain' && type === 'removed' && holders().includes(id)) void check(id);
  });
  checkAll().catch((error: unknown) => log.debug({ err: error }, 'libvirt is not there yet'));
  return unwatch;
}
