import type { SnapshotRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, flag, option, verbose, virsh } from '../command.ts';
import { of } from './domains.ts';

export const snapshotCommands: CommandTable<CallsOf<'snapshots'>> = {
  'snapshots.list': (domain) => [virsh('snapshot-list', of(domain), '--name')],
  'snapshots.lookupByName': (domain, name) => [
    virsh('snapshot-info', of(domain), option('snapshotname', name)),
  ],
  'snapshots.current': (domain) => [virsh('snapshot-current', of(domain), '--name')],
  'snapshots.xml': (snapshot) => [virsh('snapshot-dumpxml', ofSnapshot(snapshot))],
  'snapshots.create': (domain, xml, options = {}) => [
    verbose(
      virsh(
        'snapshot-create',
        of(domain),
        documentOption('xmlfile', 'snapshot.xml', xml),
        flag('redefine', options.redefine),
        flag('current', options.current),
        flag('no-metadata', options.noMetadata),
        flag('halt', options.halt),
        flag('disk-only', options.diskOnly),
        flag('reuse-external', options.reuseExternal),
        flag('quiesce', options.quiesce),
        flag('atomic', options.atomic),
        flag('live', options.live),
        flag('validate', options.validate),
      ),
    ),
  ],
  'snapshots.revert': (snapshot, options = {}) => [
    virsh(
      'snapshot-revert',
      ofSnapshot(snapshot),
      flag('running', options.running),
      flag('paused', options.paused),
      flag('force', options.force),
    ),
  ],
  'snapshots.delete': (snapshot, options = {}) => [
    virsh(
      'snapshot-delete',
      ofSnapshot(snapshot),
      flag('children', options.children),
      flag('children-only', options.childrenOnly),
      flag('metadata', options.metadataOnly),
    ),
  ],
};

function ofSnapshot(snapshot: SnapshotRef): readonly string[] {
  return [...of(snapshot.domain), ...option('snapshotname', snapshot.name)];
}
