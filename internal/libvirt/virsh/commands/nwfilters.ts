import type { NwfilterRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, option, verbose, virsh } from '../command.ts';

export const nwfilterCommands: CommandTable<CallsOf<'nwfilters'>> = {
  'nwfilters.list': () => [virsh('nwfilter-list')],
  'nwfilters.lookupByName': () => [virsh('nwfilter-list')],
  'nwfilters.xml': (filter) => [virsh('nwfilter-dumpxml', of(filter))],
  'nwfilters.define': (xml) => [
    verbose(virsh('nwfilter-define', documentOption('file', 'nwfilter.xml', xml))),
    virsh('nwfilter-list'),
  ],
  'nwfilters.undefine': (filter) => [virsh('nwfilter-undefine', of(filter))],
};

function of(filter: NwfilterRef): readonly string[] {
  return option('nwfilter', filter.uuid);
}
