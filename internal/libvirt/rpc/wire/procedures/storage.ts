import { char, flag, list, string, unsignedChar, unsignedHyper, unsignedInt, uuid } from '../../xdr/codec.ts';
import { pool, volume } from '../objects.ts';
import { procedure } from '../procedure.ts';

const onPool = { pool };
const poolFlags = { pool, flags: unsignedInt };
const onVolume = { vol: volume };
const volumeFlags = { vol: volume, flags: unsignedInt };
const volumeRange = { vol: volume, offset: unsignedHyper, length: unsignedHyper, flags: unsignedInt };

export const pools = {
  listAll: procedure(
    'CONNECT_LIST_ALL_STORAGE_POOLS',
    281,
    { needResults: flag, flags: unsignedInt },
    { pools: list(pool, 16_384), ret: unsignedInt },
  ),
  lookupByName: procedure('STORAGE_POOL_LOOKUP_BY_NAME', 84, { name: string }, onPool),
  lookupByUuid: procedure('STORAGE_POOL_LOOKUP_BY_UUID', 85, { uuid }, onPool),
  lookupByTargetPath: procedure('STORAGE_POOL_LOOKUP_BY_TARGET_PATH', 391, { path: string }, onPool),
  getXmlDesc: procedure('STORAGE_POOL_GET_XML_DESC', 88, poolFlags, { xml: string }),
  getInfo: procedure('STORAGE_POOL_GET_INFO', 87, onPool, {
    state: unsignedChar,
    capacity: unsignedHyper,
    allocation: unsignedHyper,
    available: unsignedHyper,
  }),
  defineXml: procedure('STORAGE_POOL_DEFINE_XML', 77, { xml: string, flags: unsignedInt }, onPool),
  createXml: procedure('STORAGE_POOL_CREATE_XML', 76, { xml: string, flags: unsignedInt }, onPool),
  build: procedure('STORAGE_POOL_BUILD', 79, poolFlags, {}),
  create: procedure('STORAGE_POOL_CREATE', 78, poolFlags, {}),
  destroy: procedure('STORAGE_POOL_DESTROY', 80, onPool, {}),
  delete: procedure('STORAGE_POOL_DELETE', 81, poolFlags, {}),
  undefine: procedure('STORAGE_POOL_UNDEFINE', 82, onPool, {}),
  refresh: procedure('STORAGE_POOL_REFRESH', 83, poolFlags, {}),
  isActive: procedure('STORAGE_POOL_IS_ACTIVE', 154, onPool, { active: flag }),
  isPersistent: procedure('STORAGE_POOL_IS_PERSISTENT', 155, onPool, { persistent: flag }),
  getAutostart: procedure('STORAGE_POOL_GET_AUTOSTART', 89, onPool, { autostart: flag }),
  setAutostart: procedure('STORAGE_POOL_SET_AUTOSTART', 90, { pool, autostart: flag }, {}),
  listAllVolumes: procedure(
    'STORAGE_POOL_LIST_ALL_VOLUMES',
    282,
    { pool, needResults: flag, flags: unsignedInt },
    { vols: list(volume, 16_384), ret: unsignedInt },
  ),
};

export const volumes = {
  lookupByName: procedure('STORAGE_VOL_LOOKUP_BY_NAME', 95, { pool, name: string }, onVolume),
  lookupByKey: procedure('STORAGE_VOL_LOOKUP_BY_KEY', 96, { key: string }, onVolume),
  lookupByPath: procedure('STORAGE_VOL_LOOKUP_BY_PATH', 97, { path: string }, onVolume),
  getXmlDesc: procedure('STORAGE_VOL_GET_XML_DESC', 99, volumeFlags, { xml: string }),
  getInfo: procedure('STORAGE_VOL_GET_INFO', 98, onVolume, {
    type: char,
    capacity: unsignedHyper,
    allocation: unsignedHyper,
  }),
  getPath: procedure('STORAGE_VOL_GET_PATH', 100, onVolume, { name: string }),
  createXml: procedure('STORAGE_VOL_CREATE_XML', 93, { pool, xml: string, flags: unsignedInt }, onVolume),
  createXmlFrom: procedure(
    'STORAGE_VOL_CREATE_XML_FROM',
    125,
    { pool, xml: string, clonevol: volume, flags: unsignedInt },
    onVolume,
  ),
  resize: procedure(
    'STORAGE_VOL_RESIZE',
    260,
    { vol: volume, capacity: unsignedHyper, flags: unsignedInt },
    {},
  ),
  delete: procedure('STORAGE_VOL_DELETE', 94, volumeFlags, {}),
  wipe: procedure('STORAGE_VOL_WIPE', 165, volumeFlags, {}),
  upload: procedure('STORAGE_VOL_UPLOAD', 208, volumeRange, {}),
  download: procedure('STORAGE_VOL_DOWNLOAD', 209, volumeRange, {}),
};
