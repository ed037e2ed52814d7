import type { PoolCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { nameOf, poolStates } from '../wire/enumerations.ts';
import { pools } from '../wire/procedures/storage.ts';
import { bit, listFlags } from './flags.ts';
import { checkUuid } from './uuid.ts';

/** virConnectListAllStoragePoolsFlags. */
const listBits = { inactive: 1 << 0, active: 1 << 1, persistent: 1 << 2, transient: 1 << 3 };
/** VIR_STORAGE_POOL_CREATE_WITH_BUILD. */
const withBuild = 1 << 0;

export function poolCalls(session: Session): PoolCalls {
  return {
    list: async (filter = {}, call) => {
      const values = { needResults: true, flags: listFlags(filter, listBits) };
      return (await session.call('pools.list', pools.listAll, values, call)).pools;
    },
    lookupByName: async (name, call) =>
      (await session.call('pools.lookupByName', pools.lookupByName, { name }, call)).pool,
    lookupByUuid: async (uuid, call) => {
      checkUuid(uuid, 'pools.lookupByUuid');
      return (await session.call('pools.lookupByUuid', pools.lookupByUuid, { uuid }, call)).pool;
    },
    lookupByTargetPath: async (path, call) =>
      (await session.call('pools.lookupByTargetPath', pools.lookupByTargetPath, { path }, call)).pool,
    xml: async (pool, options = {}, call) => {
      const values = { pool, flags: bit(options.inactive, 1 << 0) };
      return (await session.call('pools.xml', pools.getXmlDesc, values, call)).xml;
    },
    info: async (pool, call) => {
      const info = await session.call('pools.info', pools.getInfo, { pool }, call);
      return {
        state: nameOf(poolStates, info.state, 'pool state'),
        capacityBytes: info.capacity,
        allocationBytes: info.allocation,
        availableBytes: info.available,
      };
    },
    define: async (xml, options = {}, call) => {
      const values = { xml, flags: bit(options.validate, 1 << 0) };
      return (await session.call('pools.define', pools.defineXml, values, call)).pool;
    },
    createXml: async (xml, options = {}, call) => {
      const values = { xml, flags: bit(options.build, withBuild) };
      return (await session.longCall('pools.createXml', pools.createXml, values, call)).pool;
    },
    build: async (pool, call) => {
      await session.longCall('pools.build', pools.build, { pool, flags: 0 }, call);
    },
    create: async (pool, options = {}, call) => {
      const values = { pool, flags: bit(options.build, withBuild) };
      await session.longCall('pools.create', pools.create, values, call);
    },
    destroy: async (pool, call) => {
      await session.slowCall('pools.destroy', pools.destroy, { pool }, call);
    },
    delete: async (pool, call) => {
      await session.longCall('pools.delete', pools.delete, { pool, flags: 0 }, call);
    },
    undefine: async (pool, call) => {
      await session.call('pools.undefine', pools.undefine, { pool }, call);
    },
    refresh: async (pool, call) => {
      await session.longCall('pools.refresh', pools.refresh, { pool, flags: 0 }, call);
    },
    isActive: async (pool, call) =>
      (await session.call('pools.isActive', pools.isActive, { pool }, call)).active,
    isPersistent: async (pool, call) =>
      (await session.call('pools.isPersistent', pools.isPersistent, { pool }, call)).persistent,
    autostart: async (pool, call) =>
      (await session.call('pools.autostart', pools.getAutostart, { pool }, call)).autostart,
    setAutostart: async (pool, autostart, call) => {
      await session.call('pools.setAutostart', pools.setAutostart, { pool, autostart }, call);
    },
  };
}
