import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { LibvirtConnectionError, LibvirtError } from '../../../../internal/libvirt/error.ts';
import type { ConnectionState, LibvirtEvent } from '../../../../internal/libvirt/events.ts';
import type {
  DomainRef,
  DomainState,
  PoolRef,
  PoolState,
  VolumeRef,
} from '../../../../internal/libvirt/objects.ts';
import { serializeXml } from '../../../../internal/xml/serialize.ts';
import { element, optionalElement } from '../../../../internal/xml/tree.ts';

/** What this libvirt has: the truth that the live view must come to show. */
export interface FakeDomain {
  name: string;
  id: number | null;
  state: DomainState;
  persistent: boolean;
  autostart: boolean;
  managedSave: boolean;
  memoryKiB: number;
  title: string | null;
}
export interface FakePool {
  name: string;
  state: PoolState;
  persistent: boolean;
  autostart: boolean;
  volumes: Map<string, { capacityBytes: bigint }>;
}
export interface FakeNetwork {
  name: string;
  active: boolean;
  persistent: boolean;
  autostart: boolean;
}
export interface FakeNodeDevice {
  driver: string | null;
}

export interface FakeOptions {
  /** Awaited before a call is carried out, before its answer arrives, and before an event arrives. */
  readonly turn?: () => Promise<void>;
  /** The error that this call shall fail with; null: it goes well. */
  readonly failure?: (call: string) => Error | null;
}

const stateNumbers: readonly DomainState[] = [
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
];

/**
 * libvirt in memory. Calls are answered from the moment they are carried out; events come in their order, but at any
 * time after the change. A lost connection loses its events and fails its calls.
 */
export class FakeLibvirt {
  readonly domains = new Map<string, FakeDomain>();
  readonly pools = new Map<string, FakePool>();
  readonly networks = new Map<string, FakeNetwork>();
  readonly nodeDevices = new Map<string, FakeNodeDevice>();
  /** Names of the calls carried out, in order. */
  readonly calls: string[] = [];
  reachable = true;
  readonly #turn: () => Promise<void>;
  failure: (call: string) => Error | null;
  #connected = false;
  /** Which connection it is: what belongs to an older one is lost. */
  #epoch = 0;
  #events: LibvirtEvent[] = [];
  readonly #eventListeners = new Set<(event: LibvirtEvent) => void>();
  readonly #connectionListeners = new Set<(state: ConnectionState) => void>();
  #nextId = 1;

  constructor({ turn = () => Promise.resolve(), failure = () => null }: FakeOptions = {}) {
    this.#turn = turn;
    this.failure = failure;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Listeners that were not taken back. */
  get listeners(): number {
    return this.#eventListeners.size + this.#connectionListeners.size;
  }

  connect(): void {
    this.reachable = true;
    this.#epoch += 1;
    this.#events = [];
    this.#connected = true;
    this.#tell({ state: 'connected' });
  }

  disconnect(): void {
    this.reachable = false;
    if (!this.#connected) return;
    this.#epoch += 1;
    this.#events = [];
    this.#connected = false;
    this.#tell({
      state: 'disconnected',
      error: new LibvirtConnectionError('the fake is gone'),
      retryInMs: 100,
    });
  }

  /** Tells of an event, which arrives later. */
  emit(event: LibvirtEvent): void {
    const epoch = this.#epoch;
    this.#events.push(event);
    void this.#turn().then(() => {
      if (epoch !== this.#epoch || !this.#connected) return;
      const next = this.#events.shift();
      if (next === undefined) return;
      for (const listener of this.#eventListeners) listener(next);
    });
  }

  nextDomainId(): number {
    return this.#nextId++;
  }

  refOf(uuid: string): DomainRef {
    const domain = this.domains.get(uuid);
    if (domain === undefined) throw gone(virError.noDomain, uuid);
    return { uuid, name: domain.name, id: domain.id };
  }

  readonly client: LibvirtClient = {
    uri: 'fake:///',
    driver: 'rpc',
    domains: {
      list: (filter: { persistent?: boolean; autostart?: boolean; managedSave?: boolean } = {}) =>
        this.#call('domains.list', () =>
          [...this.domains]
            .filter(
              ([, domain]) =>
                (filter.persistent ?? domain.persistent) === domain.persistent &&
                (filter.autostart ?? domain.autostart) === domain.autostart &&
                (filter.managedSave ?? domain.managedSave) === domain.managedSave,
            )
            .map(([uuid]) => this.refOf(uuid)),
        ),
      lookupByUuid: (uuid: string) => this.#call(`domains.lookupByUuid ${uuid}`, () => this.refOf(uuid)),
      xml: ({ uuid }: DomainRef) =>
        this.#call(`domains.xml ${uuid}`, () => domainXml(uuid, this.#domain(uuid))),
      state: ({ uuid }: DomainRef) =>
        this.#call(`domains.state ${uuid}`, () => ({ state: this.#domain(uuid).state, reason: 1 })),
      isPersistent: ({ uuid }: DomainRef) =>
        this.#call(`domains.isPersistent ${uuid}`, () => this.#domain(uuid).persistent),
      autostart: ({ uuid }: DomainRef) =>
        this.#call(`domains.autostart ${uuid}`, () => this.#domain(uuid).autostart),
      hasManagedSave: ({ uuid }: DomainRef) =>
        this.#call(`domains.hasManagedSave ${uuid}`, () => this.#domain(uuid).managedSave),
      stats: () =>
        this.#call('domains.stats', () =>
          [...this.domains].map(([uuid, { state }]) => ({
            domain: this.refOf(uuid),
            stats: { 'state.state': stateNumbers.indexOf(state), 'state.reason': 1 },
          })),
        ),
    },
    pools: {
      list: (filter: { active?: boolean } = {}) =>
        this.#call('pools.list', () =>
          [...this.pools]
            .filter(([, { state }]) => (filter.active ?? state === 'running') === (state === 'running'))
            .map(([uuid, { name }]) => ({ uuid, name })),
        ),
      lookupByUuid: (uuid: string) =>
        this.#call(`pools.lookupByUuid ${uuid}`, () => ({ uuid, name: this.#pool(uuid).name })),
      xml: ({ uuid }: PoolRef) => this.#call(`pools.xml ${uuid}`, () => poolXml(uuid, this.#pool(uuid))),
      info: ({ uuid }: PoolRef) =>
        this.#call(`pools.info ${uuid}`, () => ({ state: this.#pool(uuid).state })),
      isPersistent: ({ uuid }: PoolRef) =>
        this.#call(`pools.isPersistent ${uuid}`, () => this.#pool(uuid).persistent),
      autostart: ({ uuid }: PoolRef) =>
        this.#call(`pools.autostart ${uuid}`, () => this.#pool(uuid).autostart),
    },
    volumes: {
      list: ({ uuid }: PoolRef) =>
        this.#call(`volumes.list ${uuid}`, () => {
          const pool = this.#pool(uuid);
          if (pool.state !== 'running') throw gone(virError.operationInvalid, uuid);
          return [...pool.volumes.keys()].map((name) => ({
            pool: pool.name,
            name,
            key: `/${pool.name}/${name}`,
          }));
        }),
      xml: ({ pool, name, key }: VolumeRef) =>
        this.#call(`volumes.xml ${key}`, () => {
          const found = [...this.pools.values()].find((candidate) => candidate.name === pool);
          const volume = found?.volumes.get(name);
          if (volume === undefined) throw gone(virError.noStorageVolume, key);
          return volumeXml(name, key, volume.capacityBytes);
        }),
    },
    networks: {
      list: () =>
        this.#call('networks.list', () => [...this.networks].map(([uuid, { name }]) => ({ uuid, name }))),
      lookupByUuid: (uuid: string) =>
        this.#call(`networks.lookupByUuid ${uuid}`, () => ({ uuid, name: this.#network(uuid).name })),
      xml: ({ uuid }: PoolRef) =>
        this.#call(`networks.xml ${uuid}`, () =>
          serializeXml(element('network', {}, element('name', {}, this.#network(uuid).name))),
        ),
      isActive: ({ uuid }: PoolRef) =>
        this.#call(`networks.isActive ${uuid}`, () => this.#network(uuid).active),
      isPersistent: ({ uuid }: PoolRef) =>
        this.#call(`networks.isPersistent ${uuid}`, () => this.#network(uuid).persistent),
      autostart: ({ uuid }: PoolRef) =>
        this.#call(`networks.autostart ${uuid}`, () => this.#network(uuid).autostart),
    },
    nodeDevices: {
      list: () =>
        this.#call('nodeDevices.list', () => [...this.nodeDevices.keys()].map((name) => ({ name }))),
      xml: ({ name }: { name: string }) =>
        this.#call(`nodeDevices.xml ${name}`, () => {
          const device = this.nodeDevices.get(name);
          if (device === undefined) throw gone(virError.noNodeDevice, name);
          return nodeDeviceXml(name, device.driver);
        }),
    },
    events: {
      start: async () => {
        await this.#turn();
        if (!this.reachable) throw new LibvirtConnectionError('the fake is not there');
        if (!this.#connected) this.connect();
      },
      onEvent: (listener: (event: LibvirtEvent) => void) => subscribe(this.#eventListeners, listener),
      onConnection: (listener: (state: ConnectionState) => void) =>
        subscribe(this.#connectionListeners, listener),
    },
  } as unknown as LibvirtClient;

  async #call<T>(call: string, answer: () => T): Promise<T> {
    const epoch = this.#epoch;
    const failure = this.failure(call);
    await this.#turn();
    this.#check(epoch);
    if (failure !== null) throw failure;
    this.calls.push(call);
    let result: { readonly value: T } | { readonly error: unknown };
    try {
      result = { value: answer() };
    } catch (error) {
      result = { error };
    }
    await this.#turn();
    this.#check(epoch);
    if ('error' in result) throw result.error;
    return result.value;
  }

  #check(epoch: number): void {
    if (epoch !== this.#epoch || !this.reachable) throw new LibvirtConnectionError('the fake is gone');
  }

  #tell(state: ConnectionState): void {
    for (const listener of this.#connectionListeners) listener(state);
  }

  #domain(uuid: string): FakeDomain {
    return this.domains.get(uuid) ?? fail(gone(virError.noDomain, uuid));
  }

  #pool(uuid: string): FakePool {
    return this.pools.get(uuid) ?? fail(gone(virError.noStoragePool, uuid));
  }

  #network(uuid: string): FakeNetwork {
    return this.networks.get(uuid) ?? fail(gone(virError.noNetwork, uuid));
  }
}

export function libvirtError(code: number): LibvirtError {
  return new LibvirtError({ code, domain: 10, level: 2, message: `error ${code}`, call: 'fake' });
}

function gone(code: number, what: string): LibvirtError {
  return new LibvirtError({ code, domain: 10, level: 2, message: `no ${what}`, call: 'fake' });
}

function fail(error: Error): never {
  throw error;
}

function subscribe<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function domainXml(uuid: string, { name, id, memoryKiB, title }: FakeDomain): string {
  return serializeXml(
    element('domain', { type: 'qemu', id }, [
      element('name', {}, name),
      element('uuid', {}, uuid),
      optionalElement('title', title),
      element('memory', { unit: 'KiB' }, memoryKiB),
      element('vcpu', {}, 2),
    ]),
  );
}

function poolXml(uuid: string, { name, volumes }: FakePool): string {
  return serializeXml(
    element('pool', { type: 'dir' }, [
      element('name', {}, name),
      element('uuid', {}, uuid),
      element('allocation', { unit: 'bytes' }, volumes.size),
    ]),
  );
}

function volumeXml(name: string, key: string, capacityBytes: bigint): string {
  return serializeXml(
    element('volume', { type: 'file' }, [
      element('name', {}, name),
      element('key', {}, key),
      element('capacity', { unit: 'bytes' }, capacityBytes),
    ]),
  );
}

function nodeDeviceXml(name: string, driver: string | null): string {
  return serializeXml(
    element('device', {}, [
      element('name', {}, name),
      driver === null ? null : element('driver', {}, element('name', {}, driver)),
      element('capability', { type: 'system' }),
    ]),
  );
}
