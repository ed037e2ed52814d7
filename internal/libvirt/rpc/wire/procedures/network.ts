import { flag, hyper, int, list, optional, string, struct, unsignedInt, uuid } from '../../xdr/codec.ts';
import { network } from '../objects.ts';
import { procedure } from '../procedure.ts';

const net = { net: network };

export const networks = {
  listAll: procedure(
    'CONNECT_LIST_ALL_NETWORKS',
    283,
    { needResults: flag, flags: unsignedInt },
    { nets: list(network, 16_384), ret: unsignedInt },
  ),
  lookupByName: procedure('NETWORK_LOOKUP_BY_NAME', 46, { name: string }, net),
  lookupByUuid: procedure('NETWORK_LOOKUP_BY_UUID', 47, { uuid }, net),
  getXmlDesc: procedure('NETWORK_GET_XML_DESC', 43, { net: network, flags: unsignedInt }, { xml: string }),
  defineXml: procedure('NETWORK_DEFINE_XML', 41, { xml: string }, net),
  defineXmlFlags: procedure('NETWORK_DEFINE_XML_FLAGS', 432, { xml: string, flags: unsignedInt }, net),
  createXml: procedure('NETWORK_CREATE_XML', 40, { xml: string }, net),
  create: procedure('NETWORK_CREATE', 39, net, {}),
  destroy: procedure('NETWORK_DESTROY', 42, net, {}),
  undefine: procedure('NETWORK_UNDEFINE', 49, net, {}),
  isActive: procedure('NETWORK_IS_ACTIVE', 152, net, { active: flag }),
  isPersistent: procedure('NETWORK_IS_PERSISTENT', 153, net, { persistent: flag }),
  getAutostart: procedure('NETWORK_GET_AUTOSTART', 44, net, { autostart: flag }),
  setAutostart: procedure('NETWORK_SET_AUTOSTART', 48, { net: network, autostart: flag }, {}),
  getBridgeName: procedure('NETWORK_GET_BRIDGE_NAME', 45, net, { name: string }),
  update: procedure(
    'NETWORK_UPDATE',
    291,
    {
      net: network,
      command: unsignedInt,
      section: unsignedInt,
      parentIndex: int,
      xml: string,
      flags: unsignedInt,
    },
    {},
  ),
  getDhcpLeases: procedure(
    'NETWORK_GET_DHCP_LEASES',
    341,
    { net: network, mac: optional(string), needResults: flag, flags: unsignedInt },
    {
      leases: list(
        struct({
          iface: string,
          expirytime: hyper,
          type: int,
          mac: optional(string),
          iaid: optional(string),
          ipaddr: string,
          prefix: unsignedInt,
          hostname: optional(string),
          clientid: optional(string),
        }),
        65_536,
      ),
      ret: unsignedInt,
    },
  ),
};
