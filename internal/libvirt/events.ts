import type { DomainRef, NetworkRef, NodeDeviceRef, PoolRef, SecretRef } from './objects.ts';

/** What libvirt told us; a hint that something changed, never the whole truth: read the object again. */
export type LibvirtEvent =
  | {
      readonly kind: 'domain-lifecycle';
      readonly domain: DomainRef;
      readonly event: DomainLifecycle;
      readonly detail: number;
    }
  | { readonly kind: 'domain-reboot'; readonly domain: DomainRef }
  | {
      readonly kind: 'domain-io-error';
      readonly domain: DomainRef;
      readonly path: string;
      readonly device: string;
      readonly action: number;
      readonly reason: string;
    }
  | { readonly kind: 'domain-watchdog'; readonly domain: DomainRef; readonly action: number }
  | {
      readonly kind: 'domain-block-job';
      readonly domain: DomainRef;
      readonly disk: string;
      readonly type: number;
      readonly status: number;
    }
  | {
      readonly kind: 'domain-tray-change';
      readonly domain: DomainRef;
      readonly device: string;
      readonly reason: number;
    }
  | { readonly kind: 'domain-balloon'; readonly domain: DomainRef; readonly actualKiB: bigint }
  | { readonly kind: 'domain-device-added'; readonly domain: DomainRef; readonly device: string }
  | { readonly kind: 'domain-device-removed'; readonly domain: DomainRef; readonly device: string }
  | { readonly kind: 'domain-device-removal-failed'; readonly domain: DomainRef; readonly device: string }
  | {
      readonly kind: 'domain-metadata-change';
      readonly domain: DomainRef;
      readonly type: number;
      readonly uri: string | null;
    }
  | { readonly kind: 'domain-job-completed'; readonly domain: DomainRef }
  | {
      readonly kind: 'domain-agent-lifecycle';
      readonly domain: DomainRef;
      readonly connected: boolean;
      readonly reason: number;
    }
  | { readonly kind: 'domain-migration-iteration'; readonly domain: DomainRef; readonly iteration: number }
  | {
      readonly kind: 'domain-memory-failure';
      readonly domain: DomainRef;
      readonly recipient: number;
      readonly action: number;
    }
  | {
      readonly kind: 'network-lifecycle';
      readonly network: NetworkRef;
      readonly event: NetworkLifecycle;
      readonly detail: number;
    }
  | {
      readonly kind: 'pool-lifecycle';
      readonly pool: PoolRef;
      readonly event: PoolLifecycle;
      readonly detail: number;
    }
  | { readonly kind: 'pool-refresh'; readonly pool: PoolRef }
  | {
      readonly kind: 'node-device-lifecycle';
      readonly device: NodeDeviceRef;
      readonly event: NodeDeviceLifecycle;
      readonly detail: number;
    }
  | { readonly kind: 'node-device-update'; readonly device: NodeDeviceRef }
  | {
      readonly kind: 'secret-lifecycle';
      readonly secret: SecretRef;
      readonly event: SecretLifecycle;
      readonly detail: number;
    }
  | { readonly kind: 'secret-value-changed'; readonly secret: SecretRef };

/** virDomainEventType, by name. */
export type DomainLifecycle =
  | 'defined'
  | 'undefined'
  | 'started'
  | 'suspended'
  | 'resumed'
  | 'stopped'
  | 'shutdown'
  | 'pmsuspended'
  | 'crashed';
/** virNetworkEventLifecycleType, by name. */
export type NetworkLifecycle = 'defined' | 'undefined' | 'started' | 'stopped';
/** virStoragePoolEventLifecycleType, by name. */
export type PoolLifecycle = 'defined' | 'undefined' | 'started' | 'stopped' | 'created' | 'deleted';
/** virNodeDeviceEventLifecycleType, by name. */
export type NodeDeviceLifecycle = 'created' | 'deleted' | 'defined' | 'undefined';
/** virSecretEventLifecycleType, by name. */
export type SecretLifecycle = 'defined' | 'undefined';

/**
 * The connection to libvirtd as its user sees it. `connected` comes after every (re)connect, when all events are
 * registered again: whatever was read before may be stale, so the receiver reads everything again.
 */
export type ConnectionState =
  | { readonly state: 'connected' }
  | { readonly state: 'disconnected'; readonly error: Error; readonly retryInMs: number };

export interface EventSource {
  /** Starts following events. Resolves when the first registration is done; rejects if libvirt cannot be reached. */
  start(): Promise<void>;
  /** Called for every event, in the order libvirt sent them. Returns the function that ends the subscription. */
  onEvent(listener: (event: LibvirtEvent) => void): () => void;
  /** Called at each change of the connection. Returns the function that ends the subscription. */
  onConnection(listener: (state: ConnectionState) => void): () => void;
}
