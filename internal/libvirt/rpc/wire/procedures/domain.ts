import {
  countedHyper,
  flag,
  int,
  list,
  opaque,
  optional,
  string,
  unsignedChar,
  unsignedHyper,
  unsignedInt,
  unsignedShort,
  uuid,
} from '../../xdr/codec.ts';
import { domain } from '../objects.ts';
import { procedure } from '../procedure.ts';

const dom = { dom: domain };
const domFlags = { dom: domain, flags: unsignedInt };
const domXmlFlags = { dom: domain, xml: string, flags: unsignedInt };

/** Domains: look-up, life cycle, devices, metadata. */
export const domains = {
  listAll: procedure(
    'CONNECT_LIST_ALL_DOMAINS',
    273,
    { needResults: flag, flags: unsignedInt },
    { domains: list(domain, 16_384), ret: unsignedInt },
  ),
  lookupByName: procedure('DOMAIN_LOOKUP_BY_NAME', 23, { name: string }, dom),
  lookupByUuid: procedure('DOMAIN_LOOKUP_BY_UUID', 24, { uuid }, dom),
  getXmlDesc: procedure('DOMAIN_GET_XML_DESC', 14, domFlags, { xml: string }),
  getState: procedure('DOMAIN_GET_STATE', 212, domFlags, { state: int, reason: int }),
  getInfo: procedure('DOMAIN_GET_INFO', 16, dom, {
    state: unsignedChar,
    maxMem: countedHyper,
    memory: countedHyper,
    nrVirtCpu: unsignedShort,
    cpuTime: unsignedHyper,
  }),
  defineXmlFlags: procedure('DOMAIN_DEFINE_XML_FLAGS', 350, { xml: string, flags: unsignedInt }, dom),
  createXml: procedure('DOMAIN_CREATE_XML', 10, { xmlDesc: string, flags: unsignedInt }, dom),
  createWithFlags: procedure('DOMAIN_CREATE_WITH_FLAGS', 196, domFlags, dom),
  shutdown: procedure('DOMAIN_SHUTDOWN', 33, dom, {}),
  shutdownFlags: procedure('DOMAIN_SHUTDOWN_FLAGS', 258, domFlags, {}),
  reboot: procedure('DOMAIN_REBOOT', 27, domFlags, {}),
  reset: procedure('DOMAIN_RESET', 245, domFlags, {}),
  destroyFlags: procedure('DOMAIN_DESTROY_FLAGS', 234, domFlags, {}),
  suspend: procedure('DOMAIN_SUSPEND', 34, dom, {}),
  resume: procedure('DOMAIN_RESUME', 28, dom, {}),
  undefineFlags: procedure('DOMAIN_UNDEFINE_FLAGS', 231, domFlags, {}),
  isPersistent: procedure('DOMAIN_IS_PERSISTENT', 151, dom, { persistent: flag }),
  getAutostart: procedure('DOMAIN_GET_AUTOSTART', 15, dom, { autostart: flag }),
  setAutostart: procedure('DOMAIN_SET_AUTOSTART', 29, { dom: domain, autostart: flag }, {}),
  rename: procedure(
    'DOMAIN_RENAME',
    358,
    { dom: domain, newName: optional(string), flags: unsignedInt },
    { retcode: int },
  ),
  managedSave: procedure('DOMAIN_MANAGED_SAVE', 182, domFlags, {}),
  hasManagedSaveImage: procedure('DOMAIN_HAS_MANAGED_SAVE_IMAGE', 183, domFlags, { result: flag }),
  managedSaveRemove: procedure('DOMAIN_MANAGED_SAVE_REMOVE', 184, domFlags, {}),
  save: procedure('DOMAIN_SAVE', 55, { dom: domain, to: string }, {}),
  restore: procedure('DOMAIN_RESTORE', 54, { from: string }, {}),
  attachDeviceFlags: procedure('DOMAIN_ATTACH_DEVICE_FLAGS', 160, domXmlFlags, {}),
  detachDeviceFlags: procedure('DOMAIN_DETACH_DEVICE_FLAGS', 161, domXmlFlags, {}),
  detachDeviceAlias: procedure(
    'DOMAIN_DETACH_DEVICE_ALIAS',
    392,
    { dom: domain, alias: string, flags: unsignedInt },
    {},
  ),
  updateDeviceFlags: procedure('DOMAIN_UPDATE_DEVICE_FLAGS', 174, domXmlFlags, {}),
  setVcpusFlags: procedure(
    'DOMAIN_SET_VCPUS_FLAGS',
    199,
    { dom: domain, nvcpus: unsignedInt, flags: unsignedInt },
    {},
  ),
  setMemoryFlags: procedure(
    'DOMAIN_SET_MEMORY_FLAGS',
    204,
    { dom: domain, memory: countedHyper, flags: unsignedInt },
    {},
  ),
  pinVcpuFlags: procedure(
    'DOMAIN_PIN_VCPU_FLAGS',
    225,
    { dom: domain, vcpu: unsignedInt, cpumap: opaque(2048), flags: unsignedInt },
    {},
  ),
  getMetadata: procedure(
    'DOMAIN_GET_METADATA',
    265,
    { dom: domain, type: int, uri: optional(string), flags: unsignedInt },
    { metadata: string },
  ),
  setMetadata: procedure(
    'DOMAIN_SET_METADATA',
    264,
    {
      dom: domain,
      type: int,
      metadata: optional(string),
      key: optional(string),
      uri: optional(string),
      flags: unsignedInt,
    },
    {},
  ),
};
