import type { CallsOf, CommandTable } from '../call-names.ts';
import { flag, option, virsh } from '../command.ts';

export const hostCommands: CommandTable<CallsOf<'host'>> = {
  'host.ping': () => [virsh('hostname')],
  'host.versions': () => [virsh('version', flag('daemon', true))],
  'host.hostname': () => [virsh('hostname')],
  'host.nodeInfo': () => [virsh('nodeinfo')],
  'host.capabilities': () => [virsh('capabilities')],
  'host.domainCapabilities': ({ emulator, arch, machine, virtType }) => [
    virsh(
      'domcapabilities',
      option('virttype', virtType),
      option('emulatorbin', emulator),
      option('arch', arch),
      option('machine', machine),
    ),
  ],
  'host.sysinfo': () => [virsh('sysinfo')],
  'host.cpuModels': (arch) => [virsh('cpu-models', option('arch', arch))],
  'host.freeMemoryBytes': () => [virsh('freecell')],
  'host.cellsFreeMemoryBytes': () => [virsh('freecell', flag('all', true))],
};
