import type { DomainView, NetworkView, NodeDeviceView, PoolView, ViewKind, VolumeView } from './views.ts';

/**
 * Everything libvirt has, read once and followed by events. All reads are synchronous, never wait for libvirt and
 * return the same array until something in it was read again; what was read stays served while libvirt is away.
 */
export interface LiveView {
  /** Begins; never fails. While libvirt is absent it goes on trying. */
  start(): void;
  /** Ends all reads, timers and waits. What was read stays. */
  stop(): void;
  status(): LiveViewStatus;
  /** Sorted by name, as are all lists. */
  domains(): readonly DomainView[];
  /** By uuid, else by name. */
  domain(uuidOrName: string): DomainView | undefined;
  pools(): readonly PoolView[];
  pool(uuidOrName: string): PoolView | undefined;
  /** Of one pool, or of all active pools. Sorted by pool, then by name. */
  volumes(poolUuid?: string): readonly VolumeView[];
  networks(): readonly NetworkView[];
  network(uuidOrName: string): NetworkView | undefined;
  nodeDevices(): readonly NodeDeviceView[];
  nodeDevice(name: string): NodeDeviceView | undefined;
  /** Called after each change was applied. Returns the function that ends the subscription. */
  onChange(listener: (change: LiveViewChange) => void): () => void;
  /**
   * Waits until the predicate holds for the domain (null: there is no such domain); looks at once, then at each
   * change. Rejects with LibvirtTimeoutError after `deadlineMs`, with the signal's reason when aborted, and with
   * LibvirtConnectionError when the view stops.
   */
  waitForDomain(
    uuid: string,
    predicate: (domain: DomainView | null) => boolean,
    options: { signal?: AbortSignal | undefined; deadlineMs: number },
  ): Promise<DomainView | null>;
  /**
   * Reads the object again and resolves when the view shows what was read (or that it is gone). To be called after
   * our own change, so that the next request sees it. `id` is the uuid, the name of a node device, or for `volume`
   * the uuid of its pool. Rejects as the client's calls do; the view is then unchanged.
   */
  refresh(kind: ViewKind, id: string): Promise<void>;
  /** Reads everything again. Resolves when it is applied; rejects as the client's calls do. */
  resync(): Promise<void>;
}

export interface LiveViewStatus {
  readonly connected: boolean;
  /** ISO times. */
  readonly connectedSince: string | null;
  /**
   * How old what is shown may be: 0 while events are followed and all was read since they are; else the time since
   * that was last so. Null: not all was ever read.
   */
  readonly ageMs: number | null;
  /** When everything had been read last. Null: never yet, the lists may be incomplete. */
  readonly lastSyncAt: string | null;
  readonly lastSyncMs: number | null;
  readonly lastEventAt: string | null;
  readonly eventLagMs: {
    /** Age of the oldest event that is received but not yet applied; 0: none waits. */
    readonly now: number;
    readonly maxOfLastMinute: number;
  };
  /** Why libvirt cannot be reached or read; null: all is well. */
  readonly error: string | null;
  /** Objects whose last read failed: what is shown of them (if anything) is old. They are tried again. */
  readonly failures: readonly ReadFailure[];
  /** Grows with each change. */
  readonly revision: number;
}

export interface ReadFailure {
  readonly kind: ViewKind;
  readonly id: string;
  readonly error: string;
  /** ISO time of the first failure. */
  readonly since: string;
}

export interface LiveViewChange {
  readonly kind: ViewKind;
  readonly type: 'added' | 'changed' | 'removed';
  /** uuid; name of a node device; key of a volume. */
  readonly id: string;
  readonly name: string;
  readonly revision: number;
}
