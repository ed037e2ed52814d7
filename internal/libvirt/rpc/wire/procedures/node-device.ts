import { flag, int, list, optional, string, unsignedInt } from '../../xdr/codec.ts';
import { nodeDevice } from '../objects.ts';
import { procedure } from '../procedure.ts';

export const nodeDevices = {
  listAll: procedure(
    'CONNECT_LIST_ALL_NODE_DEVICES',
    285,
    { needResults: flag, flags: unsignedInt },
    { devices: list(nodeDevice, 65_536), ret: unsignedInt },
  ),
  /** The older call; it takes a capability by name. */
  list: procedure(
    'NODE_LIST_DEVICES',
    112,
    { cap: optional(string), maxnames: int, flags: unsignedInt },
    { names: list(string, 65_536) },
  ),
  lookupByName: procedure('NODE_DEVICE_LOOKUP_BY_NAME', 113, { name: string }, { dev: nodeDevice }),
  getXmlDesc: procedure(
    'NODE_DEVICE_GET_XML_DESC',
    114,
    { name: string, flags: unsignedInt },
    { xml: string },
  ),
  detachFlags: procedure(
    'NODE_DEVICE_DETACH_FLAGS',
    301,
    { name: string, driverName: optional(string), flags: unsignedInt },
    {},
  ),
  reAttach: procedure('NODE_DEVICE_RE_ATTACH', 119, { name: string }, {}),
  reset: procedure('NODE_DEVICE_RESET', 120, { name: string }, {}),
  createXml: procedure(
    'NODE_DEVICE_CREATE_XML',
    123,
    { xmlDesc: string, flags: unsignedInt },
    { dev: nodeDevice },
  ),
  destroy: procedure('NODE_DEVICE_DESTROY', 124, { name: string }, {}),
};
