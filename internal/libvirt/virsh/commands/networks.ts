import type { NetworkRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, flag, listFlags, option, scopeFlags, virsh, type VirshCommand } from '../command.ts';

const allNetworks = virsh('net-list', '--all', '--uuid');

export const networkCommands: CommandTable<CallsOf<'networks'>> = {
  // net-list shows uuids or names, not both: the driver asks for each name.
  'networks.list': (filter = {}) => [virsh('net-list', listFlags(filter), '--uuid')],
  'networks.lookupByName': () => [allNetworks],
  'networks.lookupByUuid': () => [allNetworks],
  'networks.xml': (network, options = {}) => [
    virsh('net-dumpxml', of(network), flag('inactive', options.inactive)),
  ],
  'networks.define': (xml, options = {}) => [
    virsh('net-define', documentOption('file', 'network.xml', xml), flag('validate', options.validate)),
  ],
  'networks.createXml': (xml) => [virsh('net-create', documentOption('file', 'network.xml', xml))],
  'networks.create': (network) => [virsh('net-start', of(network))],
  'networks.destroy': (network) => [virsh('net-destroy', of(network))],
  'networks.undefine': (network) => [virsh('net-undefine', of(network))],
  'networks.isActive': (network) => [virsh('net-info', of(network))],
  'networks.isPersistent': (network) => [virsh('net-info', of(network))],
  'networks.autostart': (network) => [virsh('net-info', of(network))],
  'networks.setAutostart': (network, on) => [virsh('net-autostart', of(network), flag('disable', !on))],
  'networks.bridgeName': (network) => [virsh('net-info', of(network))],
  'networks.update': (network, { command, section, parentIndex, xml }, scope) => [
    virsh(
      'net-update',
      of(network),
      option('command', command),
      option('section', section),
      documentOption('xml', 'section.xml', xml),
      option('parent-index', parentIndex),
      scopeFlags(scope),
    ),
  ],
  // The leases do not name the bridge.
  'networks.dhcpLeases': (network, mac) => [
    virsh('net-dhcp-leases', of(network), option('mac', mac)),
    virsh('net-info', of(network)),
  ],
};

export function networkName(uuid: string): VirshCommand {
  return virsh('net-name', option('network', uuid));
}

function of(network: NetworkRef): readonly string[] {
  return option('network', network.uuid);
}
