import {
  flag,
  int,
  list,
  opaque,
  optional,
  string,
  struct,
  unsignedHyper,
  unsignedInt,
} from '../../xdr/codec.ts';
import { domain, snapshot } from '../objects.ts';
import { procedure, qemuProcedure } from '../procedure.ts';
import { typedParameters } from '../typed-parameters.ts';

const domFlags = { dom: domain, flags: unsignedInt };
const domPathFlags = { dom: domain, path: string, flags: unsignedInt };

/** Statistics, block jobs, migration, and what the guest and its agent tell. */
export const guests = {
  getAllDomainStats: procedure(
    'CONNECT_GET_ALL_DOMAIN_STATS',
    344,
    { doms: list(domain, 16_384), stats: unsignedInt, flags: unsignedInt },
    { retStats: list(struct({ dom: domain, params: typedParameters(262_144) }), 16_384) },
  ),
  memoryStats: procedure(
    'DOMAIN_MEMORY_STATS',
    159,
    { dom: domain, maxStats: unsignedInt, flags: unsignedInt },
    { stats: list(struct({ tag: int, val: unsignedHyper }), 1024) },
  ),
  interfaceAddresses: procedure(
    'DOMAIN_INTERFACE_ADDRESSES',
    353,
    { dom: domain, source: unsignedInt, flags: unsignedInt },
    {
      ifaces: list(
        struct({
          name: string,
          hwaddr: optional(string),
          addrs: list(struct({ type: int, addr: string, prefix: unsignedInt }), 2048),
        }),
        2048,
      ),
    },
  ),
  getBlockInfo: procedure('DOMAIN_GET_BLOCK_INFO', 194, domPathFlags, {
    allocation: unsignedHyper,
    capacity: unsignedHyper,
    physical: unsignedHyper,
  }),
  blockResize: procedure(
    'DOMAIN_BLOCK_RESIZE',
    251,
    { dom: domain, disk: string, size: unsignedHyper, flags: unsignedInt },
    {},
  ),
  blockPull: procedure(
    'DOMAIN_BLOCK_PULL',
    240,
    { dom: domain, path: string, bandwidth: unsignedHyper, flags: unsignedInt },
    {},
  ),
  blockCommit: procedure(
    'DOMAIN_BLOCK_COMMIT',
    290,
    {
      dom: domain,
      disk: string,
      base: optional(string),
      top: optional(string),
      bandwidth: unsignedHyper,
      flags: unsignedInt,
    },
    {},
  ),
  blockCopy: procedure(
    'DOMAIN_BLOCK_COPY',
    345,
    { dom: domain, path: string, destxml: string, params: typedParameters(16), flags: unsignedInt },
    {},
  ),
  getBlockJobInfo: procedure('DOMAIN_GET_BLOCK_JOB_INFO', 238, domPathFlags, {
    found: flag,
    type: int,
    bandwidth: unsignedHyper,
    cur: unsignedHyper,
    end: unsignedHyper,
  }),
  blockJobAbort: procedure('DOMAIN_BLOCK_JOB_ABORT', 237, domPathFlags, {}),
  getJobStats: procedure('DOMAIN_GET_JOB_STATS', 298, domFlags, { type: int, params: typedParameters(64) }),
  abortJob: procedure('DOMAIN_ABORT_JOB', 164, { dom: domain }, {}),
  migratePerform3Params: procedure(
    'DOMAIN_MIGRATE_PERFORM3_PARAMS',
    305,
    {
      dom: domain,
      dconnuri: optional(string),
      params: typedParameters(64),
      cookieIn: opaque(4_194_304),
      flags: unsignedInt,
    },
    { cookieOut: opaque(4_194_304) },
  ),
  agentCommand: qemuProcedure(
    'DOMAIN_AGENT_COMMAND',
    3,
    { dom: domain, cmd: string, timeout: int, flags: unsignedInt },
    { result: optional(string) },
  ),
  getGuestInfo: procedure(
    'DOMAIN_GET_GUEST_INFO',
    418,
    { dom: domain, types: unsignedInt, flags: unsignedInt },
    { params: typedParameters(2048) },
  ),
  getHostname: procedure('DOMAIN_GET_HOSTNAME', 277, domFlags, { hostname: string }),
  fsFreeze: procedure(
    'DOMAIN_FSFREEZE',
    335,
    { dom: domain, mountpoints: list(string, 256), flags: unsignedInt },
    { filesystems: int },
  ),
  fsThaw: procedure(
    'DOMAIN_FSTHAW',
    336,
    { dom: domain, mountpoints: list(string, 256), flags: unsignedInt },
    { filesystems: int },
  ),
  setUserPassword: procedure(
    'DOMAIN_SET_USER_PASSWORD',
    357,
    { dom: domain, user: optional(string), password: optional(string), flags: unsignedInt },
    {},
  ),
  sendKey: procedure(
    'DOMAIN_SEND_KEY',
    226,
    {
      dom: domain,
      codeset: unsignedInt,
      holdtime: unsignedInt,
      keycodes: list(unsignedInt, 16),
      flags: unsignedInt,
    },
    {},
  ),
  openConsole: procedure(
    'DOMAIN_OPEN_CONSOLE',
    201,
    { dom: domain, devName: optional(string), flags: unsignedInt },
    {},
  ),
  screenshot: procedure(
    'DOMAIN_SCREENSHOT',
    211,
    { dom: domain, screen: unsignedInt, flags: unsignedInt },
    { mime: optional(string) },
  ),
};

export const snapshots = {
  listAll: procedure(
    'DOMAIN_LIST_ALL_SNAPSHOTS',
    274,
    { dom: domain, needResults: flag, flags: unsignedInt },
    { snapshots: list(snapshot, 16_384), ret: int },
  ),
  lookupByName: procedure(
    'DOMAIN_SNAPSHOT_LOOKUP_BY_NAME',
    189,
    { dom: domain, name: string, flags: unsignedInt },
    { snap: snapshot },
  ),
  hasCurrent: procedure('DOMAIN_HAS_CURRENT_SNAPSHOT', 190, domFlags, { result: flag }),
  current: procedure('DOMAIN_SNAPSHOT_CURRENT', 191, domFlags, { snap: snapshot }),
  getXmlDesc: procedure(
    'DOMAIN_SNAPSHOT_GET_XML_DESC',
    186,
    { snap: snapshot, flags: unsignedInt },
    { xml: string },
  ),
  createXml: procedure(
    'DOMAIN_SNAPSHOT_CREATE_XML',
    185,
    { dom: domain, xmlDesc: string, flags: unsignedInt },
    { snap: snapshot },
  ),
  revert: procedure('DOMAIN_REVERT_TO_SNAPSHOT', 192, { snap: snapshot, flags: unsignedInt }, {}),
  delete: procedure('DOMAIN_SNAPSHOT_DELETE', 193, { snap: snapshot, flags: unsignedInt }, {}),
};
