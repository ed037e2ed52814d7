import {
  characterArray,
  flag,
  int,
  list,
  optional,
  string,
  unsignedHyper,
  unsignedInt,
} from '../../xdr/codec.ts';
import { procedure } from '../procedure.ts';

/** The connection and the host itself. */
export const connect = {
  authList: procedure('AUTH_LIST', 66, {}, { types: list(int, 20) }),
  authPolkit: procedure('AUTH_POLKIT', 70, {}, { complete: int }),
  open: procedure('CONNECT_OPEN', 1, { name: optional(string), flags: unsignedInt }, {}),
  close: procedure('CONNECT_CLOSE', 2, {}, {}),
  supportsFeature: procedure('CONNECT_SUPPORTS_FEATURE', 60, { feature: int }, { supported: flag }),
  getLibVersion: procedure('CONNECT_GET_LIB_VERSION', 157, {}, { libVer: unsignedHyper }),
  getVersion: procedure('CONNECT_GET_VERSION', 4, {}, { hvVer: unsignedHyper }),
  getHostname: procedure('CONNECT_GET_HOSTNAME', 59, {}, { hostname: string }),
  getCapabilities: procedure('CONNECT_GET_CAPABILITIES', 7, {}, { capabilities: string }),
  getDomainCapabilities: procedure(
    'CONNECT_GET_DOMAIN_CAPABILITIES',
    342,
    {
      emulatorbin: optional(string),
      arch: optional(string),
      machine: optional(string),
      virttype: optional(string),
      flags: unsignedInt,
    },
    { capabilities: string },
  ),
  getSysinfo: procedure('CONNECT_GET_SYSINFO', 203, { flags: unsignedInt }, { sysinfo: string }),
  getCpuModelNames: procedure(
    'CONNECT_GET_CPU_MODEL_NAMES',
    312,
    { arch: string, needResults: flag, flags: unsignedInt },
    { models: list(string, 8192), ret: int },
  ),
  compareHypervisorCpu: procedure(
    'CONNECT_COMPARE_HYPERVISOR_CPU',
    393,
    {
      emulator: optional(string),
      arch: optional(string),
      machine: optional(string),
      virttype: optional(string),
      xmlCPU: string,
      flags: unsignedInt,
    },
    { result: int },
  ),
  nodeGetInfo: procedure(
    'NODE_GET_INFO',
    6,
    {},
    {
      model: characterArray(32),
      memory: unsignedHyper,
      cpus: int,
      mhz: int,
      nodes: int,
      sockets: int,
      cores: int,
      threads: int,
    },
  ),
  nodeGetFreeMemory: procedure('NODE_GET_FREE_MEMORY', 102, {}, { freeMem: unsignedHyper }),
  nodeGetCellsFreeMemory: procedure(
    'NODE_GET_CELLS_FREE_MEMORY',
    101,
    { startCell: int, maxcells: int },
    { cells: list(unsignedHyper, 1024) },
  ),
};

/** virDrvFeature: what is asked of the server with `supportsFeature`. */
export const feature = {
  programKeepalive: 10,
  remoteEventCallback: 14,
  networkUpdateHasCorrectOrder: 16,
} as const;
