import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { PoolRef, VolumeRef } from '../libvirt/objects.ts';
import type { Logger } from '../observability/log.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import { readPool } from '../xml/pool.ts';
import { uuidOfSeed } from './documents/names.ts';
import { orAbsent } from './from-documents/absent.ts';
import { findDomain } from './lifecycle/find-domain.ts';

const localTypes: ReadonlySet<string> = new Set(['dir', 'fs', 'logical', 'zfs']);

export interface SeedSweepOptions {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'onChange' | 'domain' | 'domains' | 'status'>;
  /** Those of the operations: what one is working on is left to it. */
  readonly locks: KeyedLock;
  /** Resolves when nothing is left of what an earlier daemon began. */
  readonly ready: () => Promise<void>;
  /** Where seeds are made. */
  readonly pool: string;
  readonly log: Logger;
  readonly againAfterMs?: number;
}

/**
 * Deletes the seeds of domains that somebody else removed: they hold secrets. Looks when everything was read, and when a domain
 * has gone. A seed that some domain still has stays.
 */
export function createSeedSweep(options: SeedSweepOptions): {
  /** Resolves when what was begun is done. */
  idle(): Promise<void>;
  stop(): void;
} {
  const { client, view, locks, ready, pool: poolName, log, againAfterMs = 3000 } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  const sweepOne = async (pool: PoolRef, { name, key }: VolumeRef, uuid: string): Promise<void> => {
    if (view.domain(uuid) !== undefined) return;
    await locks.run([`instance/${uuid}`], async () => {
      if (stopped || (await findDomain(client, uuid)) !== null) return;
      if (view.domains().some(({ diskPaths }) => diskPaths.includes(key))) return;
      const volume = await orAbsent(client.volumes.lookupByName(pool, name), virError.noStorageVolume);
      if (volume === null) return;
      await client.volumes.delete(volume);
      log.info({ uuid, volume: name }, 'a domain was removed by somebody else: its seed was deleted');
    });
  };
  const sweep = async (): Promise<void> => {
    try {
      await ready();
      const pool = await orAbsent(client.pools.lookupByName(poolName), virError.noStoragePool);
      if (stopped || pool === null || !(await client.pools.isActive(pool))) return;
      // On storage that other hosts have too, a seed may be that of a domain of theirs.
      if (!localTypes.has(readPool(await client.pools.xml(pool)).type)) return;
      for (const volume of await client.volumes.list(pool)) {
        const uuid = uuidOfSeed(volume.name);
        if (uuid !== null) await sweepOne(pool, volume, uuid);
      }
    } catch (error) {
      lookAgain();
      log.warn({ err: error }, 'the seeds of vanished domains could not be looked for; it is tried again');
    }
  };
  const look = (): void => {
    if (stopped) return;
    if (view.status().ageMs === null) lookAgain();
    else last = last.then(sweep);
  };
  const lookAgain = (): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(look, againAfterMs).unref();
  };
  const unsubscribe = view.onChange(({ kind, type }) => {
    if (kind === 'domain' && type === 'removed') look();
  });
  look();
  return {
    idle: () => last,
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
