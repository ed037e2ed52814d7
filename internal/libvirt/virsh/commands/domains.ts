import type { CommandTable } from '../call-names.ts';
import { documentOption, flag, listFlags, option, virsh, type VirshCommand, type Word } from '../command.ts';
import type { DomainRef } from '../../objects.ts';

type LifeCycleCall =
  | 'list'
  | 'lookupByName'
  | 'lookupByUuid'
  | 'xml'
  | 'state'
  | 'info'
  | 'define'
  | 'createXml'
  | 'create'
  | 'shutdown'
  | 'reboot'
  | 'reset'
  | 'destroy'
  | 'suspend'
  | 'resume'
  | 'undefine'
  | 'isPersistent'
  | 'autostart'
  | 'setAutostart'
  | 'rename'
  | 'managedSave'
  | 'hasManagedSave'
  | 'removeManagedSave'
  | 'save'
  | 'restore';

export const domainCommands: CommandTable<`domains.${LifeCycleCall}`> = {
  'domains.list': (filter = {}) => [
    domainList(
      listFlags(filter),
      flag('autostart', filter.autostart === true),
      flag('no-autostart', filter.autostart === false),
      flag('with-managed-save', filter.managedSave === true),
      flag('without-managed-save', filter.managedSave === false),
    ),
  ],
  // Not domuuid or domname: virsh would take a name that looks like a number for a running domain's id.
  'domains.lookupByName': () => [domainList(flag('all', true))],
  'domains.lookupByUuid': () => [domainList(flag('all', true))],
  'domains.xml': (domain, options = {}) => [
    virsh(
      'dumpxml',
      of(domain),
      flag('inactive', options.inactive),
      flag('security-info', options.secure),
      flag('migratable', options.migratable),
    ),
  ],
  'domains.state': (domain) => [virsh('domstats', '--raw', '--state', '--', domain.uuid)],
  // dominfo rounds the CPU time; domstats has it in ns, for a running domain.
  'domains.info': (domain) => [
    virsh('dominfo', of(domain)),
    virsh('domstats', '--raw', '--state', '--cpu-total', '--', domain.uuid),
  ],
  'domains.define': (xml, options = {}) => [
    virsh('define', documentOption('file', 'domain.xml', xml), flag('validate', options.validate)),
  ],
  'domains.createXml': (xml, options = {}) => [
    virsh(
      'create',
      documentOption('file', 'domain.xml', xml),
      flag('paused', options.paused),
      flag('validate', options.validate),
      flag('autodestroy', options.autodestroy),
    ),
  ],
  'domains.create': (domain, options = {}) => [
    virsh(
      'start',
      of(domain),
      flag('paused', options.paused),
      flag('bypass-cache', options.bypassCache),
      flag('force-boot', options.forceBoot),
    ),
  ],
  'domains.shutdown': (domain, options = {}) => [virsh('shutdown', of(domain), option('mode', options.mode))],
  'domains.reboot': (domain, options = {}) => [virsh('reboot', of(domain), option('mode', options.mode))],
  'domains.reset': (domain) => [virsh('reset', of(domain))],
  'domains.destroy': (domain, options = {}) => [
    virsh('destroy', of(domain), flag('graceful', options.graceful)),
  ],
  'domains.suspend': (domain) => [virsh('suspend', of(domain))],
  'domains.resume': (domain) => [virsh('resume', of(domain))],
  'domains.undefine': (domain, options = {}) => [
    virsh(
      'undefine',
      of(domain),
      flag('managed-save', options.managedSave),
      flag('snapshots-metadata', options.snapshotsMetadata),
      flag('checkpoints-metadata', options.checkpointsMetadata),
      flag('nvram', options.nvram === 'remove'),
      flag('keep-nvram', options.nvram === 'keep'),
      flag('tpm', options.tpm === 'remove'),
      flag('keep-tpm', options.tpm === 'keep'),
    ),
  ],
  'domains.isPersistent': (domain) => [virsh('dominfo', of(domain))],
  'domains.autostart': (domain) => [virsh('dominfo', of(domain))],
  'domains.setAutostart': (domain, on) => [virsh('autostart', of(domain), flag('disable', !on))],
  'domains.rename': (domain, name) => [virsh('domrename', of(domain), option('new-name', name))],
  'domains.managedSave': (domain, options = {}) => [
    virsh(
      'managedsave',
      of(domain),
      flag('bypass-cache', options.bypassCache),
      flag('running', options.state === 'running'),
      flag('paused', options.state === 'paused'),
    ),
  ],
  'domains.hasManagedSave': (domain) => [virsh('dominfo', of(domain))],
  'domains.removeManagedSave': (domain) => [virsh('managedsave-remove', of(domain))],
  'domains.save': (domain, path) => [virsh('save', of(domain), option('file', path))],
  'domains.restore': (path) => [virsh('restore', option('file', path))],
};

/** The option that names a domain. */
export function of(domain: DomainRef): readonly string[] {
  return option('domain', domain.uuid);
}

/** Lines of uuid, id and name. */
function domainList(...filters: readonly (readonly Word[])[]): VirshCommand {
  return virsh('list', ...filters, '--uuid', '--name', '--id');
}
