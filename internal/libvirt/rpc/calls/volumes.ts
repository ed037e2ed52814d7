import type { VolumeCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { nameOf, volumeTypes } from '../wire/enumerations.ts';
import { pools, volumes } from '../wire/procedures/storage.ts';
import { bit } from './flags.ts';

export function volumeCalls(session: Session): VolumeCalls {
  return {
    list: async (pool, call) => {
      const values = { pool, needResults: true, flags: 0 };
      return (await session.call('volumes.list', pools.listAllVolumes, values, call)).vols;
    },
    lookupByName: async (pool, name, call) =>
      (await session.call('volumes.lookupByName', volumes.lookupByName, { pool, name }, call)).vol,
    lookupByPath: async (path, call) =>
      (await session.call('volumes.lookupByPath', volumes.lookupByPath, { path }, call)).vol,
    lookupByKey: async (key, call) =>
      (await session.call('volumes.lookupByKey', volumes.lookupByKey, { key }, call)).vol,
    xml: async (vol, call) =>
      (await session.call('volumes.xml', volumes.getXmlDesc, { vol, flags: 0 }, call)).xml,
    info: async (vol, call) => {
      const info = await session.call('volumes.info', volumes.getInfo, { vol }, call);
      return {
        type: nameOf(volumeTypes, info.type, 'volume type'),
        capacityBytes: info.capacity,
        allocationBytes: info.allocation,
      };
    },
    path: async (vol, call) => (await session.call('volumes.path', volumes.getPath, { vol }, call)).name,
    create: async (pool, xml, options = {}, call) => {
      const flags = bit(options.preallocateMetadata, 1 << 0) | bit(options.validate, 1 << 2);
      return (await session.longCall('volumes.create', volumes.createXml, { pool, xml, flags }, call)).vol;
    },
    clone: async (pool, xml, clonevol, options = {}, call) => {
      const values = { pool, xml, clonevol, flags: bit(options.reflink, 1 << 1) };
      return (await session.longCall('volumes.clone', volumes.createXmlFrom, values, call)).vol;
    },
    resize: async (vol, capacity, options = {}, call) => {
      const flags = bit(options.allocate, 1 << 0) | bit(options.shrink, 1 << 2);
      await session.longCall('volumes.resize', volumes.resize, { vol, capacity, flags }, call);
    },
    delete: async (vol, call) => {
      await session.longCall('volumes.delete', volumes.delete, { vol, flags: 0 }, call);
    },
    wipe: async (vol, call) => {
      await session.longCall('volumes.wipe', volumes.wipe, { vol, flags: 0 }, call);
    },
    upload: async (vol, range, call) => {
      const values = { vol, ...range, flags: 0 };
      return (await session.stream('volumes.upload', volumes.upload, values, 'write', call)).stream;
    },
    download: async (vol, range, call) => {
      const values = { vol, ...range, flags: 0 };
      return (await session.stream('volumes.download', volumes.download, values, 'read', call)).stream;
    },
  };
}
