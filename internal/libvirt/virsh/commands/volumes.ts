import type { VolumeRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, fileOption, flag, option, verbose, virsh, type VirshCommand } from '../command.ts';

export const volumeCommands: CommandTable<CallsOf<'volumes'>> = {
  // Verbose: the heading says where the columns are.
  'volumes.list': (pool) => [verbose(virsh('vol-list', option('pool', pool.uuid)))],
  'volumes.lookupByName': (pool, name) => [
    virsh('vol-key', option('pool', pool.uuid), option('vol', name)),
    virsh('vol-info', option('pool', pool.uuid), option('vol', name)),
  ],
  'volumes.lookupByPath': (path) => lookup(path),
  'volumes.lookupByKey': (key) => lookup(key),
  'volumes.xml': (volume) => [virsh('vol-dumpxml', of(volume))],
  'volumes.info': (volume) => [virsh('vol-info', of(volume), '--bytes')],
  'volumes.path': (volume) => [virsh('vol-path', of(volume))],
  'volumes.create': (pool, xml, options = {}) => [
    virsh(
      'vol-create',
      option('pool', pool.uuid),
      documentOption('file', 'volume.xml', xml),
      flag('prealloc-metadata', options.preallocateMetadata),
      flag('validate', options.validate),
    ),
  ],
  'volumes.clone': (pool, xml, source, options = {}) => [
    virsh(
      'vol-create-from',
      option('pool', pool.uuid),
      documentOption('file', 'volume.xml', xml),
      option('inputpool', source.pool),
      option('vol', source.name),
      flag('reflink', options.reflink),
    ),
  ],
  'volumes.resize': (volume, bytes, options = {}) => [
    virsh(
      'vol-resize',
      of(volume),
      option('capacity', `${bytes}B`),
      flag('allocate', options.allocate),
      flag('shrink', options.shrink),
    ),
  ],
  'volumes.delete': (volume) => [virsh('vol-delete', of(volume))],
  'volumes.wipe': (volume) => [virsh('vol-wipe', of(volume))],
  'volumes.upload': (volume, { offset, length }) => [
    virsh(
      'vol-upload',
      of(volume),
      fileOption('file', 'volume.data'),
      option('offset', offset),
      option('length', length),
    ),
  ],
  'volumes.download': (volume, { offset, length }) => [
    virsh(
      'vol-download',
      of(volume),
      fileOption('file', 'volume.data'),
      option('offset', offset),
      option('length', length),
    ),
  ],
};

function of(volume: VolumeRef): readonly string[] {
  return [...option('pool', volume.pool), ...option('vol', volume.name)];
}

/** virsh finds a volume of any pool by key or path. */
function lookup(keyOrPath: string): readonly VirshCommand[] {
  const vol = option('vol', keyOrPath);
  return [virsh('vol-pool', vol), virsh('vol-name', vol), virsh('vol-key', vol)];
}
