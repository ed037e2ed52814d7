import type {
  DomainLifecycle,
  NetworkLifecycle,
  NodeDeviceLifecycle,
  PoolLifecycle,
  SecretLifecycle,
} from '../../events.ts';

/**
 * The words that virsh prints for the numbers of libvirt's events; the position is the number (libvirt-domain.h,
 * virsh-domain-event.c).
 */
export const domainDetails: Readonly<
  Record<string, { readonly event: DomainLifecycle; readonly details: readonly string[] }>
> = {
  Defined: { event: 'defined', details: ['Added', 'Updated', 'Renamed', 'Snapshot'] },
  Undefined: { event: 'undefined', details: ['Removed', 'Renamed'] },
  Started: { event: 'started', details: ['Booted', 'Migrated', 'Restored', 'Snapshot', 'Event wakeup'] },
  Suspended: {
    event: 'suspended',
    details: [
      'Paused',
      'Migrated',
      'I/O Error',
      'Watchdog',
      'Restored',
      'Snapshot',
      'API error',
      'Post-copy',
      'Post-copy Error',
    ],
  },
  Resumed: {
    event: 'resumed',
    details: ['Unpaused', 'Migrated', 'Snapshot', 'Post-copy', 'Post-copy Error'],
  },
  Stopped: {
    event: 'stopped',
    details: ['Shutdown', 'Destroyed', 'Crashed', 'Migrated', 'Saved', 'Failed', 'Snapshot', 'Recreated'],
  },
  Shutdown: {
    event: 'shutdown',
    details: ['Finished', 'Finished after guest request', 'Finished after host request'],
  },
  PMSuspended: { event: 'pmsuspended', details: ['Memory', 'Disk'] },
  Crashed: { event: 'crashed', details: ['Panicked', 'Crashloaded'] },
};

export const watchdogActions = ['none', 'pause', 'reset', 'poweroff', 'shutdown', 'debug', 'inject-nmi'];
export const ioErrorActions = ['none', 'pause', 'report'];
export const trayReasons = ['opened', 'closed'];
export const metadataTypes = ['description', 'title', 'element'];
export const agentReasons = ['unknown', 'domain started', 'channel event'];
export const blockJobTypes = [
  'Unknown job',
  'Block Pull',
  'Block Copy',
  'Block Commit',
  'Active Block Commit',
  'Backup',
];
export const blockJobStatuses = ['completed', 'failed', 'canceled', 'ready'];
export const memoryFailureRecipients = ['hypervisor', 'guest'];
export const memoryFailureActions = ['ignore', 'inject', 'fatal', 'reset'];

export const networkDetails: Readonly<Record<string, NetworkLifecycle>> = {
  Defined: 'defined',
  Undefined: 'undefined',
  Started: 'started',
  Stopped: 'stopped',
};

export const poolDetails: Readonly<Record<string, PoolLifecycle>> = {
  Defined: 'defined',
  Undefined: 'undefined',
  Started: 'started',
  Stopped: 'stopped',
  Created: 'created',
  Deleted: 'deleted',
};

export const nodeDeviceDetails: Readonly<Record<string, NodeDeviceLifecycle>> = {
  Created: 'created',
  Deleted: 'deleted',
  Defined: 'defined',
  Undefined: 'undefined',
};

export const secretDetails: Readonly<Record<string, SecretLifecycle>> = {
  Defined: 'defined',
  Undefined: 'undefined',
};

/** The word's number; -1 for one that a newer virsh has. */
export function numberOf(words: readonly string[], word: string): number {
  return words.indexOf(word);
}
