import type { LibvirtClient } from '../client.ts';
import { readNodeDeviceDocument } from './documents.ts';
import { orGone, orUnsupported, readEach, type KindReader, type ReaderContext } from './reader.ts';

export function createNodeDeviceReader(
  client: LibvirtClient,
  context: ReaderContext,
): KindReader<'node-device'> {
  const { nodeDevices } = client;

  const readOne: KindReader<'node-device'>['readOne'] = async (name) => {
    const xml = await orGone(nodeDevices.xml({ name }));
    if (xml === null) return [];
    return [Object.freeze({ name, ...readNodeDeviceDocument(xml), readAt: context.now() })];
  };

  return {
    readOne,
    async readAll({ limit, signal }) {
      const refs = await orUnsupported(nodeDevices.list(), []);
      const ids = refs.map(({ name }) => name);
      return readEach(ids, (name) => readOne(name, []), { limit, signal });
    },
  };
}
