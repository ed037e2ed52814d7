import type { DomainStatsGroup } from '../../objects.ts';
import type { CommandTable } from '../call-names.ts';
import { confidentialOption, fileOption, flag, option, verbose, virsh } from '../command.ts';
import { of } from './domains.ts';

type GuestCall =
  | 'stats'
  | 'memoryStats'
  | 'interfaceAddresses'
  | 'agentCommand'
  | 'guestInfo'
  | 'guestHostname'
  | 'freezeFilesystems'
  | 'thawFilesystems'
  | 'setUserPassword'
  | 'sendKeys'
  | 'screenshot';

const statsOptions: Readonly<Record<DomainStatsGroup, string>> = {
  state: '--state',
  cpu: '--cpu-total',
  balloon: '--balloon',
  vcpu: '--vcpu',
  interface: '--interface',
  block: '--block',
  perf: '--perf',
  iothread: '--iothread',
  memory: '--memory',
  dirtyrate: '--dirtyrate',
};

export const domainGuestCommands: CommandTable<`domains.${GuestCall}`> = {
  'domains.stats': ({ domains, groups, active, nowait }) => [
    virsh(
      'domstats',
      '--raw',
      groups.map((group) => statsOptions[group]),
      flag('list-active', active === true),
      flag('list-inactive', active === false),
      flag('nowait', nowait),
      domains === undefined || domains.length === 0 ? [] : ['--', ...domains.map(({ uuid }) => uuid)],
    ),
  ],
  'domains.memoryStats': (domain) => [virsh('dommemstat', of(domain))],
  'domains.interfaceAddresses': (domain, source) => [
    virsh('domifaddr', of(domain), option('source', source), '--full'),
  ],
  'domains.agentCommand': (domain, command, options = {}) => [
    virsh(
      'qemu-agent-command',
      of(domain),
      option('timeout', options.timeoutSeconds),
      option('cmd', command),
    ),
  ],
  'domains.guestInfo': (domain) => [virsh('guestinfo', of(domain))],
  'domains.guestHostname': (domain, source) => [virsh('domhostname', of(domain), option('source', source))],
  'domains.freezeFilesystems': (domain, mountpoints) => [
    verbose(virsh('domfsfreeze', of(domain), mountpointOptions(mountpoints))),
  ],
  'domains.thawFilesystems': (domain, mountpoints) => [
    verbose(virsh('domfsthaw', of(domain), mountpointOptions(mountpoints))),
  ],
  'domains.setUserPassword': (domain, user, password, options = {}) => [
    virsh(
      'set-user-password',
      of(domain),
      option('user', user),
      confidentialOption('password', password),
      flag('encrypted', options.encrypted),
    ),
  ],
  'domains.sendKeys': (domain, keycodes, holdMs) => [
    virsh('send-key', of(domain), '--codeset=linux', option('holdtime', holdMs), '--', keycodes.map(String)),
  ],
  'domains.screenshot': (domain, screen) => [
    verbose(virsh('screenshot', of(domain), fileOption('file', 'screenshot'), option('screen', screen))),
  ],
};

function mountpointOptions(mountpoints: readonly string[]): readonly string[] {
  return mountpoints.flatMap((mountpoint) => option('mountpoint', mountpoint));
}
