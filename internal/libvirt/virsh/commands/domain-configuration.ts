import type { ConfigScope } from '../../client.ts';
import type { DomainRef } from '../../objects.ts';
import type { CommandTable } from '../call-names.ts';
import { documentOption, flag, option, scopeFlags, virsh, type VirshCommand } from '../command.ts';
import { of } from './domains.ts';

type ConfigurationCall =
  | 'attachDevice'
  | 'detachDevice'
  | 'detachDeviceAlias'
  | 'updateDevice'
  | 'setVcpus'
  | 'setMemory'
  | 'pinVcpu'
  | 'metadata'
  | 'setMetadata'
  | 'setTitle'
  | 'setDescription';

export const domainConfigurationCommands: CommandTable<`domains.${ConfigurationCall}`> = {
  'domains.attachDevice': (domain, xml, scope) => [
    virsh('attach-device', of(domain), documentOption('file', 'device.xml', xml), scopeFlags(scope)),
  ],
  'domains.detachDevice': (domain, xml, scope) => [
    virsh('detach-device', of(domain), documentOption('file', 'device.xml', xml), scopeFlags(scope)),
  ],
  'domains.detachDeviceAlias': (domain, alias, scope) => [
    virsh('detach-device-alias', of(domain), option('alias', alias), scopeFlags(scope)),
  ],
  'domains.updateDevice': (domain, xml, scope) => [
    virsh(
      'update-device',
      of(domain),
      documentOption('file', 'device.xml', xml),
      scopeFlags(scope),
      flag('force', scope.force),
    ),
  ],
  'domains.setVcpus': (domain, count, scope) => [
    virsh(
      'setvcpus',
      of(domain),
      option('count', count),
      scopeFlags(scope),
      flag('maximum', scope.maximum),
      flag('guest', scope.guest),
    ),
  ],
  'domains.setMemory': (domain, kib, scope) => [
    virsh(
      scope.maximum === true ? 'setmaxmem' : 'setmem',
      of(domain),
      option('size', `${kib}KiB`),
      scopeFlags(scope),
    ),
  ],
  'domains.pinVcpu': (domain, vcpu, cpus, scope) => [
    virsh('vcpupin', of(domain), option('vcpu', vcpu), option('cpulist', cpus.join(',')), scopeFlags(scope)),
  ],
  'domains.metadata': (domain, namespaceUri, scope = {}) => [
    virsh('metadata', of(domain), option('uri', namespaceUri), scopeFlags(scope)),
  ],
  'domains.setMetadata': (domain, namespaceUri, key, xml, scope) => [
    virsh(
      'metadata',
      of(domain),
      option('uri', namespaceUri),
      scopeFlags(scope),
      xml === null ? ['--remove'] : [...option('key', key), ...option('set', xml)],
    ),
  ],
  'domains.setTitle': (domain, title, scope) => [describe(domain, title, scope, true)],
  'domains.setDescription': (domain, text, scope) => [describe(domain, text, scope, false)],
};

/** An empty text takes the element away. */
function describe(domain: DomainRef, text: string | null, scope: ConfigScope, title: boolean): VirshCommand {
  return virsh('desc', of(domain), flag('title', title), scopeFlags(scope), option('new-desc', text ?? ''));
}
