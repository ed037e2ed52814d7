import type { LibvirtClient } from '../client.ts';
import { virError } from '../error-code.ts';
import { LibvirtError } from '../error.ts';
import type { PoolRef, VolumeRef } from '../objects.ts';
import { readVolumeDocument } from './documents.ts';
import { createLimit } from './limit.ts';
import type { Log } from './log.ts';
import { orGone, orUnsupported, readEach, type KindReader, type ReaderContext } from './reader.ts';
import type { VolumeView } from './views.ts';

/** How many volumes of one pool are read at the same time. */
const atOnce = 8;

/**
 * Reads all volumes of a pool: one list, and one document for each. libvirt sends no events for volumes, so they
 * are read when their pool starts, stops or is refreshed, when we changed one, and whenever all is read again.
 */
export function createVolumeReader(
  client: LibvirtClient,
  context: ReaderContext & { readonly log: Log },
): KindReader<'volume'> {
  const { pools, volumes } = client;

  async function readVolume(
    pool: PoolRef,
    ref: VolumeRef,
    known: VolumeView | undefined,
  ): Promise<VolumeView | null> {
    try {
      const xml = await orGone(volumes.xml(ref));
      if (xml === null) return null;
      return Object.freeze({
        pool: pool.name,
        poolUuid: pool.uuid,
        name: ref.name,
        key: ref.key,
        ...readVolumeDocument(xml),
        readAt: context.now(),
      });
    } catch (error) {
      // libvirt reports an image that it cannot open; the pool's other volumes are still to be shown.
      if (!(error instanceof LibvirtError)) throw error;
      context.log.warn({ err: error, pool: pool.name, volume: ref.name }, 'a volume cannot be read');
      return known ?? null;
    }
  }

  const readOne: KindReader<'volume'>['readOne'] = async (poolUuid, known) => {
    const pool = await orGone(pools.lookupByUuid(poolUuid));
    if (pool === null) return [];
    const refs = (await orNotActive(orUnsupported(orGone(volumes.list(pool)), null))) ?? [];
    const byKey = new Map(known.map((view) => [view.key, view]));
    const limit = createLimit(atOnce);
    const views = await Promise.all(
      refs.map((ref) => limit(() => readVolume(pool, ref, byKey.get(ref.key)))),
    );
    return views.filter((view) => view !== null);
  };

  return {
    readOne,
    async readAll({ known, limit, signal }) {
      const refs = await orUnsupported(pools.list({ active: true }), []);
      const ids = refs.map(({ uuid }) => uuid);
      return readEach(ids, (uuid) => readOne(uuid, known(uuid)), { limit, signal });
    },
  };
}

/** null instead of libvirt's error for a pool that is not active: it has no volumes. */
async function orNotActive<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof LibvirtError && error.code === virError.operationInvalid) return null;
    throw error;
  }
}
