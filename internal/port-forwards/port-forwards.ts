import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { invalidArgument } from '../errors/invalid-argument.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Reservations } from '../networks/reservations/reservations.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { ForwardStore } from './forward-store.ts';
import { collide, type ForwardStatus, type PortForward, type Protocol } from './forward.ts';
import { listenOn } from './proxy/listener.ts';
import type { Reconciler } from './reconciler.ts';
import { requireNetworkHere } from './require-network.ts';
import { readSources } from './sources.ts';

export interface ForwardRequest {
  /** uuid. */
  readonly instance: string;
  readonly guestPort: number;
  readonly protocol: Protocol;
  /** null: a free one of the range. */
  readonly hostPort: number | null;
  /** null: as configured. */
  readonly hostAddress: string | null;
  readonly sources: readonly string[];
  /** null: the first that the instance is on. */
  readonly network: string | null;
}

export interface ShownForward extends PortForward {
  readonly status: ForwardStatus;
}

/** The use cases of port forwards. */
export interface PortForwards {
  /** By protocol and host port. @param instance uuid; null: of all */
  list(instance: string | null): readonly ShownForward[];
  /** Throws `not-found`, as all that name a forward. */
  get(id: string): ShownForward;
  open(
    request: ForwardRequest,
    change: { readonly validateOnly: boolean; readonly idempotencyKey?: string },
  ): Promise<ShownForward>;
  close(id: string, change: { readonly validateOnly: boolean }): Promise<void>;
  /** Closes all of an instance. */
  closeOf(instance: string): Promise<void>;
}

const lock = ['port-forwards'];

export function createPortForwards(options: {
  readonly store: ForwardStore;
  readonly reconciler: Pick<Reconciler, 'reconcile' | 'status'>;
  readonly reservations: Pick<Reservations, 'reserve'>;
  readonly view: Pick<LiveView, 'domain' | 'network'>;
  readonly locks: KeyedLock;
  readonly settings: {
    readonly address: string;
    readonly ports: { readonly first: number; readonly last: number };
  };
  /** The tree that /sys of the host is read from. */
  readonly hostRoot: string;
  readonly ready: () => Promise<void>;
  readonly listen?: typeof listenOn;
}): PortForwards {
  const {
    store,
    reconciler,
    reservations,
    view,
    locks,
    settings,
    hostRoot,
    ready,
    listen = listenOn,
  } = options;
  const shown = (forward: PortForward): ShownForward => ({ ...forward, status: reconciler.status(forward) });
  const existing = (id: string): PortForward => {
    const forward = store.byId(id);
    if (forward === undefined) throw new ProtiumError('not-found', `There is no port forward "${id}".`);
    return forward;
  };
  /** The port that it gets: given and not taken, or the first that nobody has. It is tried by listening on it. */
  const choosePort = async (
    wanted: number | null,
    place: Pick<PortForward, 'protocol' | 'hostAddress'>,
  ): Promise<number> => {
    const isTaken = (hostPort: number): PortForward | undefined =>
      store.all().find((other) => collide(other, { ...place, hostPort }));
    const probe = async (hostPort: number): Promise<void> => {
      const listener = await listen({ ...place, hostPort, sources: [] }, () => null);
      await listener.close();
    };
    if (wanted !== null) {
      const other = isTaken(wanted);
      if (other !== undefined) {
        throw new ProtiumError(
          'resource-in-use',
          `The ${place.protocol} port ${wanted} of ${other.hostAddress} leads to port ${other.guestPort} of the instance ${other.instance} already.`,
          { details: { portForward: other.id } },
        );
      }
      await probe(wanted);
      return wanted;
    }
    const { first, last } = settings.ports;
    for (let port = first; port <= last; port += 1) {
      if (isTaken(port) !== undefined) continue;
      try {
        await probe(port);
        return port;
      } catch (error) {
        if (!(error instanceof ProtiumError) || error.code !== 'resource-in-use') throw error;
      }
    }
    throw new ProtiumError(
      'resource-in-use',
      `No ${place.protocol} port from ${first} to ${last} is free. Name one, or widen PROTIUM_FORWARD_PORTS.`,
    );
  };
  const openNew = async (
    request: ForwardRequest & { readonly hostAddress: string; readonly sources: readonly string[] },
    { validateOnly, key }: { readonly validateOnly: boolean; readonly key: string | null },
  ): Promise<ShownForward> => {
    const { instance, protocol, guestPort, hostAddress, sources, network } = request;
    const hostPort = await choosePort(request.hostPort, { protocol, hostAddress });
    const dryReservation = await reservations.reserve({
      network,
      instance,
      address: null,
      validateOnly: true,
    });
    requireNetworkHere(view, hostRoot, dryReservation.network);
    const reservation = validateOnly
      ? dryReservation
      : await reservations.reserve({ network, instance, address: null, validateOnly: false });
    const forward: PortForward = {
      id: validateOnly ? '' : randomUUID(),
      instance,
      protocol,
      hostAddress,
      hostPort,
      network: reservation.network,
      guestAddress: reservation.address,
      guestPort,
      sources,
      createdAt: new Date().toISOString(),
    };
    if (validateOnly) return shown(forward);
    store.insert(forward, { key, request: textOf(request) });
    await reconciler.reconcile();
    const opened = shown(forward);
    if (opened.status.state !== 'failed') return opened;
    // Somebody took the port in between.
    store.remove(forward.id);
    await reconciler.reconcile();
    throw new ProtiumError('resource-in-use', opened.status.problem ?? 'The port is taken.');
  };
  return {
    list: (instance) => (instance === null ? store.all() : store.of(instance)).map(shown),
    get: (id) => shown(existing(id)),
    async open(request, { validateOnly, idempotencyKey }) {
      const { guestPort, hostPort } = request;
      if (!isPort(guestPort)) throw invalidArgument('guest_port', 'A port is a number from 1 to 65535.');
      if (hostPort !== null && !isPort(hostPort))
        throw invalidArgument('host_port', 'A port is a number from 1 to 65535.');
      const hostAddress = request.hostAddress ?? settings.address;
      if (isIP(hostAddress) === 0 || hostAddress.includes('%')) {
        throw invalidArgument(
          'host_address',
          'An IPv4 or IPv6 address of the host, or 0.0.0.0 or :: for all.',
        );
      }
      const asked = { ...request, hostAddress, sources: readSources(request.sources) };
      await ready();
      return locks.run(lock, async () => {
        const before = idempotencyKey === undefined ? undefined : store.byKey(idempotencyKey);
        if (before === undefined || validateOnly)
          return openNew(asked, { validateOnly, key: idempotencyKey ?? null });
        if (before.request === textOf(asked)) return shown(before.forward);
        throw new ProtiumError('definition-conflict', 'This idempotency key was given with another request.');
      });
    },
    async close(id, { validateOnly }) {
      existing(id);
      if (validateOnly) return;
      await locks.run(lock, async () => {
        store.remove(id);
        await reconciler.reconcile();
      });
    },
    async closeOf(instance) {
      if (store.of(instance).length === 0) return;
      await locks.run(lock, async () => {
        for (const { id } of store.of(instance)) store.remove(id);
        await reconciler.reconcile();
      });
    },
  };
}

/** What was asked for, as it is compared. */
function textOf(request: ForwardRequest): string {
  const { instance, guestPort, protocol, hostPort, hostAddress, sources, network } = request;
  return JSON.stringify([instance, guestPort, protocol, hostPort, hostAddress, sources, network]);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
