import type { LibvirtClient } from '../client.ts';
import { LibvirtConnectionError } from '../error.ts';
import { isoTime, systemClock, type Clock } from './clock.ts';
import { createConnection } from './connection.ts';
import { createEventLag } from './event-lag.ts';
import { unitsOf, unitsOfPool, type UnitName } from './event-units.ts';
import { createFullSync } from './full-sync.ts';
import { createKindShelf } from './kind-shelf.ts';
import type { LiveView } from './live-view.ts';
import type { Log } from './log.ts';
import { createDomainReader } from './read-domains.ts';
import { createNetworkReader } from './read-networks.ts';
import { createNodeDeviceReader } from './read-node-devices.ts';
import { createPoolReader } from './read-pools.ts';
import { createVolumeReader } from './read-volumes.ts';
import { createStore } from './store.ts';
import { createUnitQueue } from './unit-queue.ts';
import type { ViewKind } from './views.ts';
import { waitForDomain } from './wait-for-domain.ts';

export interface LiveViewOptions {
  readonly client: LibvirtClient;
  readonly log: Log;
  readonly clock?: Clock;
  /** How often everything is read again without a reason. Default: 5 minutes. */
  readonly resyncIntervalMs?: number;
}

const defaultResyncIntervalMs = 300_000;

const kinds: readonly ViewKind[] = ['domain', 'network', 'pool', 'volume', 'node-device'];

/** The live view of what the client is connected to. Nothing is read before `start`. */
export function createLiveView(options: LiveViewOptions): LiveView {
  const { client, log, clock = systemClock, resyncIntervalMs = defaultResyncIntervalMs } = options;
  const context = { now: () => isoTime(clock.now()), log };
  const store = createStore(log);
  const shelves = {
    domain: createKindShelf('domain', createDomainReader(client, context), store),
    network: createKindShelf('network', createNetworkReader(client, context), store),
    pool: createKindShelf('pool', createPoolReader(client, context), store),
    volume: createKindShelf('volume', createVolumeReader(client, context), store),
    'node-device': createKindShelf('node-device', createNodeDeviceReader(client, context), store),
  };
  const waits = new Set<(error: Error) => void>();
  const lag = createEventLag();
  let lastEventAt: number | null = null;
  /** All was read since events are followed. */
  let isFollowing = false;
  /** When what is shown was last known to be so; null: never yet. */
  let knownAt: number | null = null;
  let unsubscribe: () => void = () => undefined;

  const queue = createUnitQueue({
    clock,
    lag,
    read: ({ kind, id }) => shelves[kind].readUnit(id),
    mayRetry: () => connection.status().connected,
    onFailure: (unit, error) => {
      // Without a connection nothing can be read; that is logged once, not for each object.
      const level = error instanceof LibvirtConnectionError ? 'debug' : 'warn';
      log[level]({ err: error, ...unit }, 'an object of libvirt cannot be read');
    },
  });

  const sync = createFullSync({
    clock,
    kinds,
    intervalMs: resyncIntervalMs,
    readKind: async (kind, signal) => {
      const since = queue.mark();
      const unreadable = await shelves[kind].readAll(signal);
      queue.allRead(kind, since);
      for (const [id, error] of unreadable) queue.failed({ kind, id }, error);
    },
    onDone: (ms) => {
      isFollowing = connection.status().connected;
      knownAt = clock.now() - ms;
      log.info({ ms, domains: view.domains().length }, 'everything was read from libvirt');
    },
    onFailure: (kind, error) => log.warn({ err: error, kind }, 'objects of libvirt cannot be listed'),
  });

  const connection = createConnection({
    events: client.events,
    clock,
    onConnected: () => {
      loseTrack();
      log.info({ uri: client.uri }, 'connected to libvirt');
      // Its failures are in the status, and it tries again by itself.
      sync.run().catch(() => undefined);
    },
    onDisconnected: (error) => {
      loseTrack();
      log.warn({ err: error, uri: client.uri }, 'libvirt cannot be reached; what was read stays shown');
      sync.stop();
      queue.pause();
    },
  });

  function loseTrack(): void {
    if (isFollowing) knownAt = clock.now();
    isFollowing = false;
  }

  function ageMs(): number | null {
    if (isFollowing) return 0;
    return knownAt === null ? null : Math.max(0, clock.now() - knownAt);
  }

  const view: LiveView = {
    start() {
      unsubscribe();
      unsubscribe = client.events.onEvent((event) => {
        lastEventAt = clock.now();
        for (const unit of unitsOf(event)) queue.changed(unit);
      });
      connection.start();
    },
    stop() {
      unsubscribe();
      loseTrack();
      connection.stop();
      sync.stop();
      queue.pause();
      for (const end of waits) end(new LibvirtConnectionError('the live view was stopped'));
    },
    status() {
      const { connected, connectedSince, error } = connection.status();
      const { lastSyncAt, lastSyncMs, error: syncError } = sync.status();
      const waiting = queue.oldestEventMs();
      return {
        connected,
        connectedSince: isoOrNull(connectedSince),
        ageMs: ageMs(),
        lastSyncAt: isoOrNull(lastSyncAt),
        lastSyncMs,
        lastEventAt: isoOrNull(lastEventAt),
        eventLagMs: {
          now: waiting,
          maxOfLastMinute: Math.max(waiting, lag.maxOfLastMinute(clock.now())),
        },
        error: messageOf(error ?? syncError),
        failures: queue.failures(),
        revision: store.state().revision,
      };
    },
    domains: () => shelves.domain.lists().all,
    domain: (name) => shelves.domain.lists().find(name),
    pools: () => shelves.pool.lists().all,
    pool: (name) => shelves.pool.lists().find(name),
    volumes(poolUuid) {
      const volumes = shelves.volume.lists();
      return poolUuid === undefined ? volumes.all : volumes.ofUnit(poolUuid);
    },
    networks: () => shelves.network.lists().all,
    network: (name) => shelves.network.lists().find(name),
    nodeDevices: () => shelves['node-device'].lists().all,
    nodeDevice: (name) => shelves['node-device'].lists().find(name),
    onChange: (listener) => store.onChange(listener),
    waitForDomain: (uuid, predicate, limits) =>
      waitForDomain(
        {
          view,
          clock,
          look: (id) => shelves.domain.lists().ofUnit(id)[0] ?? null,
          onStop: (end) => {
            waits.add(end);
            return () => waits.delete(end);
          },
        },
        uuid,
        predicate,
        limits,
      ),
    async refresh(kind, id) {
      const units: readonly UnitName[] = kind === 'volume' ? unitsOfPool(id) : [{ kind, id }];
      await Promise.all(units.map((unit) => queue.refresh(unit)));
    },
    resync: () => sync.run(),
  };
  return view;
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

function messageOf(error: unknown): string | null {
  if (error === null || error === undefined) return null;
  return error instanceof Error ? error.message : 'unknown';
}
