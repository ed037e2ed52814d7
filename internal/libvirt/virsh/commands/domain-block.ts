import type { CommandTable } from '../call-names.ts';
import { documentOption, flag, option, virsh } from '../command.ts';
import { of } from './domains.ts';

type BlockCall =
  | 'blockInfo'
  | 'blockResize'
  | 'blockPull'
  | 'blockCommit'
  | 'blockCopy'
  | 'blockJob'
  | 'blockJobAbort'
  | 'jobStats'
  | 'abortJob'
  | 'migrateToUri';

export const domainBlockCommands: CommandTable<`domains.${BlockCall}`> = {
  'domains.blockInfo': (domain, disk) => [virsh('domblkinfo', of(domain), option('device', disk))],
  'domains.blockResize': (domain, disk, bytes) => [
    virsh('blockresize', of(domain), option('path', disk), option('size', `${bytes}B`)),
  ],
  'domains.blockPull': (domain, disk, options = {}) => [
    virsh('blockpull', of(domain), option('path', disk), bandwidth(options)),
  ],
  'domains.blockCommit': (domain, disk, options = {}) => [
    virsh(
      'blockcommit',
      of(domain),
      option('path', disk),
      option('base', options.base),
      option('top', options.top),
      flag('active', options.active),
      flag('delete', options.delete),
      flag('shallow', options.shallow),
      bandwidth(options),
    ),
  ],
  'domains.blockCopy': (domain, disk, destination, options = {}) => [
    virsh(
      'blockcopy',
      of(domain),
      option('path', disk),
      documentOption('xml', 'disk.xml', destination),
      flag('shallow', options.shallow),
      flag('reuse-external', options.reuseExternal),
      flag('transient-job', options.transient),
    ),
  ],
  'domains.blockJob': (domain, disk) => [
    virsh('blockjob', of(domain), option('path', disk), '--raw', '--bytes'),
  ],
  'domains.blockJobAbort': (domain, disk, options = {}) => [
    virsh(
      'blockjob',
      of(domain),
      option('path', disk),
      '--abort',
      flag('pivot', options.pivot),
      flag('async', options.async),
    ),
  ],
  'domains.jobStats': (domain, options = {}) => [
    virsh('domjobinfo', of(domain), flag('completed', options.completed), '--anystats', '--rawstats'),
  ],
  'domains.abortJob': (domain) => [virsh('domjobabort', of(domain))],
  'domains.migrateToUri': (domain, destination, options) => [
    virsh(
      'migrate',
      of(domain),
      option('desturi', destination),
      '--p2p',
      flag('live', options.live),
      flag('tunnelled', options.tunnelled),
      flag('persistent', options.persistDestination),
      flag('undefinesource', options.undefineSource),
      flag('copy-storage-all', options.copyStorage === 'all'),
      flag('copy-storage-inc', options.copyStorage === 'incremental'),
      flag('offline', options.offline),
      flag('unsafe', options.unsafe),
      flag('auto-converge', options.autoConverge),
      option('migrateuri', options.migrateUri),
      options.destinationXml === undefined
        ? []
        : documentOption('xml', 'destination.xml', options.destinationXml),
      option('dname', options.destinationName),
    ),
  ],
};

function bandwidth(options: { readonly bandwidthBytesPerSecond?: bigint }): readonly string[] {
  const { bandwidthBytesPerSecond } = options;
  return bandwidthBytesPerSecond === undefined
    ? []
    : [...option('bandwidth', bandwidthBytesPerSecond), '--bytes'];
}
