import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, option, verbose, virsh } from '../command.ts';

export const nodeDeviceCommands: CommandTable<CallsOf<'nodeDevices'>> = {
  'nodeDevices.list': (filter = {}) => [virsh('nodedev-list', option('cap', filter.capability))],
  'nodeDevices.lookupByName': (name) => [virsh('nodedev-dumpxml', option('device', name))],
  'nodeDevices.xml': ({ name }) => [virsh('nodedev-dumpxml', option('device', name))],
  'nodeDevices.detach': ({ name }, options = {}) => [
    virsh('nodedev-detach', option('device', name), option('driver', options.driver)),
  ],
  'nodeDevices.reattach': ({ name }) => [virsh('nodedev-reattach', option('device', name))],
  'nodeDevices.reset': ({ name }) => [virsh('nodedev-reset', option('device', name))],
  'nodeDevices.createXml': (xml) => [
    verbose(virsh('nodedev-create', documentOption('file', 'device.xml', xml))),
  ],
  'nodeDevices.destroy': ({ name }) => [virsh('nodedev-destroy', option('device', name))],
};
