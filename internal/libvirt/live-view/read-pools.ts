import type { LibvirtClient } from '../client.ts';
import { readPoolDocument } from './documents.ts';
import { orGone, orUnsupported, readEach, type KindReader, type ReaderContext } from './reader.ts';

export function createPoolReader(client: LibvirtClient, context: ReaderContext): KindReader<'pool'> {
  const { pools } = client;

  const readOne: KindReader<'pool'>['readOne'] = async (uuid) => {
    const ref = await orGone(pools.lookupByUuid(uuid));
    if (ref === null) return [];
    const parts = await orGone(
      Promise.all([pools.info(ref), pools.xml(ref), pools.isPersistent(ref), pools.autostart(ref)]),
    );
    if (parts === null) return [];
    const [info, xml, persistent, autostart] = parts;
    return [
      Object.freeze({
        name: ref.name,
        uuid: ref.uuid,
        state: info.state,
        persistent,
        autostart,
        ...readPoolDocument(xml),
        readAt: context.now(),
      }),
    ];
  };

  return {
    readOne,
    async readAll({ limit, signal }) {
      const refs = await orUnsupported(pools.list(), []);
      const ids = refs.map(({ uuid }) => uuid);
      return readEach(ids, (uuid) => readOne(uuid, []), { limit, signal });
    },
  };
}
