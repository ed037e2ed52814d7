import type { LibvirtClient } from '../client.ts';
import { readNetworkDocument } from './documents.ts';
import { orGone, orUnsupported, readEach, type KindReader, type ReaderContext } from './reader.ts';

export function createNetworkReader(client: LibvirtClient, context: ReaderContext): KindReader<'network'> {
  const { networks } = client;

  const readOne: KindReader<'network'>['readOne'] = async (uuid) => {
    const ref = await orGone(networks.lookupByUuid(uuid));
    if (ref === null) return [];
    const parts = await orGone(
      Promise.all([
        networks.xml(ref),
        networks.isActive(ref),
        networks.isPersistent(ref),
        networks.autostart(ref),
      ]),
    );
    if (parts === null) return [];
    const [xml, active, persistent, autostart] = parts;
    return [
      Object.freeze({
        name: ref.name,
        uuid: ref.uuid,
        active,
        persistent,
        autostart,
        ...readNetworkDocument(xml),
        readAt: context.now(),
      }),
    ];
  };

  return {
    readOne,
    async readAll({ limit, signal }) {
      const refs = await orUnsupported(networks.list(), []);
      const ids = refs.map(({ uuid }) => uuid);
      return readEach(ids, (uuid) => readOne(uuid, []), { limit, signal });
    },
  };
}
