import type { LibvirtEvent } from '../../events.ts';
import type { DomainRef } from '../../objects.ts';
import {
  agentReasons,
  blockJobStatuses,
  blockJobTypes,
  domainDetails,
  ioErrorActions,
  memoryFailureActions,
  memoryFailureRecipients,
  metadataTypes,
  numberOf,
  trayReasons,
  watchdogActions,
} from './words.ts';

export interface DomainEventLine {
  readonly of: 'domain';
  readonly name: string;
  readonly event: (domain: DomainRef) => LibvirtEvent;
}

type Reading = (words: readonly string[]) => ((domain: DomainRef) => LibvirtEvent) | null;

/** For each kind the shape of what follows `event 'KIND' for domain 'NAME'`, and what it means. */
const readings: Readonly<Record<string, { readonly shape: RegExp; readonly read: Reading }>> = {
  lifecycle: {
    shape: /^: (\S+) (.+)$/,
    read: ([word = '', detail = '']) => {
      const lifecycle = domainDetails[word];
      if (lifecycle === undefined) return null;
      const { event, details } = lifecycle;
      return (domain) => ({ kind: 'domain-lifecycle', domain, event, detail: numberOf(details, detail) });
    },
  },
  reboot: { shape: /^$/, read: () => (domain) => ({ kind: 'domain-reboot', domain }) },
  watchdog: {
    shape: /^: (\S+)$/,
    read:
      ([action = '']) =>
      (domain) => ({ kind: 'domain-watchdog', domain, action: numberOf(watchdogActions, action) }),
  },
  'io-error-reason': {
    shape: /^: (.*) \((.*)\) (\S+) due to (.*)$/,
    read:
      ([path = '', device = '', action = '', reason = '']) =>
      (domain) => ({
        kind: 'domain-io-error',
        domain,
        path,
        device,
        action: numberOf(ioErrorActions, action),
        reason,
      }),
  },
  'block-job-2': {
    shape: /^: (.+) for (\S+) (\S+)$/,
    read:
      ([type = '', disk = '', status = '']) =>
      (domain) => ({
        kind: 'domain-block-job',
        domain,
        disk,
        type: numberOf(blockJobTypes, type),
        status: numberOf(blockJobStatuses, status),
      }),
  },
  'tray-change': {
    shape: /^ disk (\S+): (\S+)$/,
    read:
      ([device = '', reason = '']) =>
      (domain) => ({ kind: 'domain-tray-change', domain, device, reason: numberOf(trayReasons, reason) }),
  },
  'balloon-change': {
    shape: /^: (\d+)KiB$/,
    read:
      ([actual = '0']) =>
      (domain) => ({ kind: 'domain-balloon', domain, actualKiB: BigInt(actual) }),
  },
  'device-added': device('domain-device-added'),
  'device-removed': device('domain-device-removed'),
  'device-removal-failed': device('domain-device-removal-failed'),
  'metadata-change': {
    shape: /^: type (\S+), uri (.*)$/,
    read:
      ([type = '', uri = '']) =>
      (domain) => ({
        kind: 'domain-metadata-change',
        domain,
        type: numberOf(metadataTypes, type),
        uri: uri === '<null>' ? null : uri,
      }),
  },
  'job-completed': { shape: /^:$/, read: () => (domain) => ({ kind: 'domain-job-completed', domain }) },
  'agent-lifecycle': {
    shape: /^: state: '(\S+)' reason: '(.*)'$/,
    read:
      ([state, reason = '']) =>
      (domain) => ({
        kind: 'domain-agent-lifecycle',
        domain,
        connected: state === 'connected',
        reason: numberOf(agentReasons, reason),
      }),
  },
  'migration-iteration': {
    shape: /^: iteration: '(\d+)'$/,
    read:
      ([iteration]) =>
      (domain) => ({ kind: 'domain-migration-iteration', domain, iteration: Number(iteration) }),
  },
  'memory-failure': {
    shape: /^:\nrecipient: (\S+)\naction: (\S+)$/,
    read:
      ([recipient = '', action = '']) =>
      (domain) => ({
        kind: 'domain-memory-failure',
        domain,
        recipient: numberOf(memoryFailureRecipients, recipient),
        action: numberOf(memoryFailureActions, action),
      }),
  },
};

/** The event that these lines of `virsh event` are; null for a kind that we do not know, or lines that go on. */
export function readDomainEvent(lines: readonly string[]): DomainEventLine | null {
  const text = lines.join('\n');
  const kind = /^event '([a-z0-9-]+)' for domain '/.exec(text)?.[1];
  const reading = kind === undefined ? undefined : readings[kind];
  if (kind === undefined || reading === undefined) return null;
  const rest = text.slice(`event '${kind}' for domain '`.length);
  // A name may contain quotes: it ends at the last one after which the rest has the right shape.
  for (let end = rest.lastIndexOf("'"); end > 0; end = rest.lastIndexOf("'", end - 1)) {
    const words = reading.shape.exec(rest.slice(end + 1));
    const event = words && reading.read(words.slice(1));
    if (event) return { of: 'domain', name: rest.slice(0, end), event };
  }
  return null;
}

function device(kind: 'domain-device-added' | 'domain-device-removed' | 'domain-device-removal-failed'): {
  readonly shape: RegExp;
  readonly read: Reading;
} {
  return {
    shape: /^: (\S+)$/,
    read:
      ([alias = '']) =>
      (domain) => ({ kind, domain, device: alias }),
  };
}
