import type { LibvirtEvent } from '../events.ts';
import type { ViewKind } from './views.ts';

/** What is read at once: see state.ts. */
export interface UnitName {
  readonly kind: ViewKind;
  readonly id: string;
}

/** What has to be read again after an event. */
export function unitsOf(event: LibvirtEvent): readonly UnitName[] {
  switch (event.kind) {
    case 'domain-lifecycle':
    case 'domain-reboot':
    case 'domain-io-error':
    case 'domain-watchdog':
    case 'domain-block-job':
    case 'domain-tray-change':
    case 'domain-balloon':
    case 'domain-device-added':
    case 'domain-device-removed':
    case 'domain-metadata-change':
    case 'domain-job-completed':
    case 'domain-agent-lifecycle':
      return [{ kind: 'domain', id: event.domain.uuid }];
    // These change nothing that the view shows, and the first may come many times a second.
    case 'domain-migration-iteration':
    case 'domain-memory-failure':
    case 'domain-device-removal-failed':
    case 'secret-lifecycle':
    case 'secret-value-changed':
      return [];
    case 'network-lifecycle':
      return [{ kind: 'network', id: event.network.uuid }];
    case 'pool-lifecycle':
    case 'pool-refresh':
      return unitsOfPool(event.pool.uuid);
    case 'node-device-lifecycle':
    case 'node-device-update':
      return [{ kind: 'node-device', id: event.device.name }];
  }
}

/** A pool and its volumes: the sizes of the one follow from the other. */
export function unitsOfPool(uuid: string): readonly UnitName[] {
  return [
    { kind: 'pool', id: uuid },
    { kind: 'volume', id: uuid },
  ];
}
