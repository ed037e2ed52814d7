import type { NetworkCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { addressFamilies, nameOf } from '../wire/enumerations.ts';
import { connect, feature } from '../wire/procedures/connect.ts';
import { networks } from '../wire/procedures/network.ts';
import { bit, listFlags, scopeFlags } from './flags.ts';
import { checkUuid } from './uuid.ts';

/** virConnectListAllNetworksFlags. */
const listBits = { inactive: 1 << 0, active: 1 << 1, persistent: 1 << 2, transient: 1 << 3 };
/** virNetworkUpdateCommand. */
const updateCommands = { modify: 1, delete: 2, 'add-last': 3, 'add-first': 4 } as const;
/** virNetworkUpdateSection. */
const updateSections = {
  bridge: 1,
  domain: 2,
  ip: 3,
  'ip-dhcp-host': 4,
  'ip-dhcp-range': 5,
  forward: 6,
  'forward-interface': 7,
  'forward-pf': 8,
  portgroup: 9,
  'dns-host': 10,
  'dns-txt': 11,
  'dns-srv': 12,
} as const;

export function networkCalls(session: Session): NetworkCalls {
  return {
    list: async (filter = {}, call) => {
      const values = { needResults: true, flags: listFlags(filter, listBits) };
      return (await session.call('networks.list', networks.listAll, values, call)).nets;
    },
    lookupByName: async (name, call) =>
      (await session.call('networks.lookupByName', networks.lookupByName, { name }, call)).net,
    lookupByUuid: async (uuid, call) => {
      checkUuid(uuid, 'networks.lookupByUuid');
      return (await session.call('networks.lookupByUuid', networks.lookupByUuid, { uuid }, call)).net;
    },
    xml: async (net, options = {}, call) => {
      const values = { net, flags: bit(options.inactive, 1 << 0) };
      return (await session.call('networks.xml', networks.getXmlDesc, values, call)).xml;
    },
    // The call with flags is younger (7.7.0): only who wants it checked needs it.
    define: async (xml, options = {}, call) => {
      if (options.validate !== true) {
        return (await session.call('networks.define', networks.defineXml, { xml }, call)).net;
      }
      return (await session.call('networks.define', networks.defineXmlFlags, { xml, flags: 1 << 0 }, call))
        .net;
    },
    createXml: async (xml, call) =>
      (await session.slowCall('networks.createXml', networks.createXml, { xml }, call)).net,
    create: async (net, call) => {
      await session.slowCall('networks.create', networks.create, { net }, call);
    },
    destroy: async (net, call) => {
      await session.slowCall('networks.destroy', networks.destroy, { net }, call);
    },
    undefine: async (net, call) => {
      await session.call('networks.undefine', networks.undefine, { net }, call);
    },
    isActive: async (net, call) =>
      (await session.call('networks.isActive', networks.isActive, { net }, call)).active,
    isPersistent: async (net, call) =>
      (await session.call('networks.isPersistent', networks.isPersistent, { net }, call)).persistent,
    autostart: async (net, call) =>
      (await session.call('networks.autostart', networks.getAutostart, { net }, call)).autostart,
    setAutostart: async (net, autostart, call) => {
      await session.call('networks.setAutostart', networks.setAutostart, { net, autostart }, call);
    },
    bridgeName: async (net, call) =>
      (await session.call('networks.bridgeName', networks.getBridgeName, { net }, call)).name,
    update: async (net, change, scope, call) => {
      const asked = { feature: feature.networkUpdateHasCorrectOrder };
      const { supported } = await session.call('networks.update', connect.supportsFeature, asked, call);
      const command = updateCommands[change.command];
      const section = updateSections[change.section];
      const values = {
        net,
        // libvirt before 7.2.0 took these two the other way round.
        command: supported ? command : section,
        section: supported ? section : command,
        parentIndex: change.parentIndex,
        xml: change.xml,
        flags: scopeFlags(scope),
      };
      await session.slowCall('networks.update', networks.update, values, call);
    },
    dhcpLeases: async (net, mac, call) => {
      const values = { net, mac: mac ?? null, needResults: true, flags: 0 };
      const { leases } = await session.call('networks.dhcpLeases', networks.getDhcpLeases, values, call);
      return leases.map((lease) => ({
        interface: lease.iface,
        expires: new Date(Number(lease.expirytime) * 1000).toISOString(),
        family: nameOf(addressFamilies, lease.type, 'address type'),
        mac: lease.mac,
        iaid: lease.iaid,
        address: lease.ipaddr,
        prefix: lease.prefix,
        hostname: lease.hostname,
        clientId: lease.clientid,
      }));
    },
  };
}
