import { describe } from 'vitest';
import { pools, volumes } from '../../../../internal/libvirt/rpc/wire/procedures/storage.ts';
import { callsTable, flags, pool, uuid } from './calls-table.ts';

const { isComplete, sends } = callsTable();
const vol = { pool: 'pool', name: 'disk', key: '/disk' };

describe('pools', () => {
  sends(
    'pools.list',
    (c) => c.pools.list({ active: true, persistent: true }),
    pools.listAll,
    { needResults: true, flags: 2 | 4 },
    { pools: [pool], ret: 1 },
    [pool],
  );
  sends(
    'pools.lookupByName',
    (c) => c.pools.lookupByName('p'),
    pools.lookupByName,
    { name: 'p' },
    { pool },
    pool,
  );
  sends(
    'pools.lookupByUuid',
    (c) => c.pools.lookupByUuid(uuid),
    pools.lookupByUuid,
    { uuid },
    { pool },
    pool,
  );
  sends(
    'pools.lookupByTargetPath',
    (c) => c.pools.lookupByTargetPath('/p'),
    pools.lookupByTargetPath,
    { path: '/p' },
    { pool },
    pool,
  );
  sends(
    'pools.xml',
    (c) => c.pools.xml(pool, { inactive: true }),
    pools.getXmlDesc,
    { pool, flags: 1 },
    { xml: '<p/>' },
    '<p/>',
  );
  sends(
    'pools.info',
    (c) => c.pools.info(pool),
    pools.getInfo,
    { pool },
    { state: 2, capacity: 3n, allocation: 2n, available: 1n },
    { state: 'running', capacityBytes: 3n, allocationBytes: 2n, availableBytes: 1n },
  );
  sends(
    'pools.define',
    (c) => c.pools.define('<p/>', { validate: true }),
    pools.defineXml,
    { xml: '<p/>', flags: 1 },
    { pool },
    pool,
  );
  sends(
    'pools.createXml',
    (c) => c.pools.createXml('<p/>', { build: true }),
    pools.createXml,
    { xml: '<p/>', flags: 1 },
    { pool },
    pool,
  );
  sends('pools.build', (c) => c.pools.build(pool), pools.build, { pool, flags }, {});
  sends('pools.create', (c) => c.pools.create(pool, { build: true }), pools.create, { pool, flags: 1 }, {});
  sends('pools.destroy', (c) => c.pools.destroy(pool), pools.destroy, { pool }, {});
  sends('pools.delete', (c) => c.pools.delete(pool), pools.delete, { pool, flags }, {});
  sends('pools.undefine', (c) => c.pools.undefine(pool), pools.undefine, { pool }, {});
  sends('pools.refresh', (c) => c.pools.refresh(pool), pools.refresh, { pool, flags }, {});
  sends('pools.isActive', (c) => c.pools.isActive(pool), pools.isActive, { pool }, { active: true }, true);
  sends(
    'pools.isPersistent',
    (c) => c.pools.isPersistent(pool),
    pools.isPersistent,
    { pool },
    { persistent: false },
    false,
  );
  sends(
    'pools.autostart',
    (c) => c.pools.autostart(pool),
    pools.getAutostart,
    { pool },
    { autostart: true },
    true,
  );
  sends(
    'pools.setAutostart',
    (c) => c.pools.setAutostart(pool, false),
    pools.setAutostart,
    { pool, autostart: false },
    {},
  );
});

describe('volumes', () => {
  sends(
    'volumes.list',
    (c) => c.volumes.list(pool),
    pools.listAllVolumes,
    { pool, needResults: true, flags },
    { vols: [vol], ret: 1 },
    [vol],
  );
  sends(
    'volumes.lookupByName',
    (c) => c.volumes.lookupByName(pool, 'disk'),
    volumes.lookupByName,
    { pool, name: 'disk' },
    { vol },
    vol,
  );
  sends(
    'volumes.lookupByPath',
    (c) => c.volumes.lookupByPath('/d'),
    volumes.lookupByPath,
    { path: '/d' },
    { vol },
    vol,
  );
  sends(
    'volumes.lookupByKey',
    (c) => c.volumes.lookupByKey('k'),
    volumes.lookupByKey,
    { key: 'k' },
    { vol },
    vol,
  );
  sends(
    'volumes.xml',
    (c) => c.volumes.xml(vol),
    volumes.getXmlDesc,
    { vol, flags },
    { xml: '<v/>' },
    '<v/>',
  );
  sends(
    'volumes.info',
    (c) => c.volumes.info(vol),
    volumes.getInfo,
    { vol },
    { type: 1, capacity: 2n, allocation: 1n },
    { type: 'block', capacityBytes: 2n, allocationBytes: 1n },
  );
  sends('volumes.path', (c) => c.volumes.path(vol), volumes.getPath, { vol }, { name: '/d' }, '/d');
  sends(
    'volumes.create',
    (c) => c.volumes.create(pool, '<v/>', { preallocateMetadata: true, validate: true }),
    volumes.createXml,
    { pool, xml: '<v/>', flags: 1 | 4 },
    { vol },
    vol,
  );
  sends(
    'volumes.clone',
    (c) => c.volumes.clone(pool, '<v/>', vol, { reflink: true }),
    volumes.createXmlFrom,
    { pool, xml: '<v/>', clonevol: vol, flags: 2 },
    { vol },
    vol,
  );
  sends(
    'volumes.resize',
    (c) => c.volumes.resize(vol, 9n, { allocate: true, shrink: true }),
    volumes.resize,
    { vol, capacity: 9n, flags: 1 | 4 },
    {},
  );
  sends('volumes.delete', (c) => c.volumes.delete(vol), volumes.delete, { vol, flags }, {});
  sends('volumes.wipe', (c) => c.volumes.wipe(vol), volumes.wipe, { vol, flags }, {});
});

isComplete({ pools: (client) => client.pools, volumes: (client) => client.volumes }, [
  'volumes.download',
  'volumes.upload',
]);
