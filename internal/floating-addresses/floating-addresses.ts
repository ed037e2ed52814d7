import { randomUUID } from 'node:crypto';
import { invalidArgument } from '../errors/invalid-argument.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { addressNumber, addressText } from '../networks/ipv4.ts';
import type { Reservations } from '../networks/reservations/reservations.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { Association, AssociationStore } from './association-store.ts';
import { protectedPort, type FloatingAddress, type FloatingAddresses } from './floating-address.ts';
import { unusedOf, type HeldAddress } from './held-address.ts';
import type { HostAddressStore } from './host-address-store.ts';
import type { HostAddresses } from './host-addresses.ts';
import { isIn, nextFree, rangesText, sizeOf, type AddressRange } from './pool.ts';
import type { FloatingReconciler } from './reconciler.ts';

const lock = ['floating-addresses'];
/** More would be a range, which nobody needs that often. */
const mostPorts = 256;
const forReal = { validateOnly: false } as const;

export function createFloatingAddresses(options: {
  readonly store: AssociationStore;
  readonly added: Pick<HostAddressStore, 'all'>;
  readonly hostAddresses: Pick<HostAddresses, 'list'>;
  readonly reconciler: Pick<FloatingReconciler, 'reconcile' | 'status'>;
  readonly reservations: Pick<Reservations, 'reserve'>;
  /** null: floating addresses are turned off. */
  readonly pool: readonly AddressRange[] | null;
  /** Why the pool must not be used now; null: it may. */
  readonly poolProblem: () => string | null;
  /** Throws where the host is not the way to the network of that name. */
  readonly requireNetwork: (name: string) => void;
  /** What is kept for owners. */
  readonly held: () => readonly HeldAddress[];
  readonly locks: KeyedLock;
  readonly ready: () => Promise<void>;
}): FloatingAddresses {
  const { store, added, hostAddresses, reconciler, reservations, pool, poolProblem, requireNetwork } =
    options;
  const { held, locks, ready } = options;

  const shown = ({
    network: _network,
    guestAddress: _guest,
    ...association
  }: Association): FloatingAddress => ({
    ...association,
    ...reconciler.status({ ...association, network: _network, guestAddress: _guest }),
  });
  const existing = (instance: string): Association => {
    const association = store.of(instance);
    if (association !== undefined) return association;
    throw new ProtiumError('not-found', `The instance ${instance} has no floating address.`);
  };
  /**
   * One that nobody has.
   *
   * @param owner what is held for it comes first; null: nothing that is held is meant
   * @param after goes before it in the round; null: what was given last
   * @param wanted of what is held; empty: any
   */
  const choose = async (owner: string | null, after: string | null, wanted = ''): Promise<string> => {
    if (pool === null) {
      throw new ProtiumError(
        'unsupported',
        'Floating addresses are turned off (PROTIUM_FLOATING_ADDRESSES is none).',
      );
    }
    const problem = poolProblem();
    if (problem !== null) throw new ProtiumError('resource-in-use', problem);
    const ours = new Set(added.all().map(({ address }) => address));
    // Where the host cannot be asked, nothing can be added to it either: the reconciler says so.
    const present = await hostAddresses.list().catch(() => []);
    const taken = [
      ...store.all().map(({ address }) => address),
      ...present.map(({ address }) => address).filter((address) => !ours.has(address)),
    ];
    const kept = held();
    // The operator may have taken some out of the pool since.
    const own = unusedOf(kept, owner ?? '', new Set(taken)).filter((address) =>
      isIn(pool, addressNumber(address) ?? 0),
    );
    const [first = null] = wanted === '' ? own : own.filter((address) => address === wanted);
    if (first !== null) return first;
    if (wanted !== '') {
      throw new ProtiumError(
        'resource-in-use',
        `The address ${wanted} is not held for this owner, or it leads to another instance already.`,
        { details: { address: wanted } },
      );
    }
    const notFree = [...taken, ...kept.map(({ address }) => address)];
    const from = addressNumber(after ?? store.lastGiven() ?? '');
    const free = nextFree(pool, new Set(notFree.map((address) => addressNumber(address) ?? 0)), from);
    if (free !== null) return addressText(free);
    throw new ProtiumError(
      'resource-in-use',
      `None of the ${sizeOf(pool)} floating addresses (${rangesText(pool)}) is free: they lead to instances, or are held for owners. Release one, or widen PROTIUM_FLOATING_ADDRESSES.`,
    );
  };
  /** By which the guest is reached, reserved for it. */
  const guestOf = async (
    instance: string,
    validateOnly: boolean,
  ): Promise<Pick<Association, 'network' | 'guestAddress'>> => {
    const request = { network: null, instance, address: null };
    const dry = await reservations.reserve({ ...request, validateOnly: true });
    requireNetwork(dry.network);
    const reserved = validateOnly ? dry : await reservations.reserve({ ...request, validateOnly: false });
    return { network: reserved.network, guestAddress: reserved.address };
  };
  const keep = async (association: Association): Promise<FloatingAddress> => {
    store.put(association);
    await reconciler.reconcile();
    return shown(association);
  };
  const changePorts = async (
    instance: string,
    port: number,
    validateOnly: boolean,
    change: (ports: readonly number[]) => readonly number[],
  ): Promise<void> => {
    requirePort(port);
    await locks.run(lock, async () => {
      const association = existing(instance);
      const ports = change(association.ports);
      if (ports.length > mostPorts) {
        throw invalidArgument('port', `At most ${mostPorts} ports of an address can be open.`);
      }
      if (validateOnly || ports.length === association.ports.length) return;
      await keep({ ...association, ports });
    });
  };

  return {
    of(instance) {
      const association = store.of(instance);
      return association === undefined ? undefined : shown(association);
    },
    list: (owner) =>
      store
        .all()
        .filter((each) => owner === undefined || each.owner === owner)
        .sort((a, b) => (addressNumber(a.address) ?? 0) - (addressNumber(b.address) ?? 0))
        .map(shown),
    async associate(instance, owner, { validateOnly, address: wanted = '' } = forReal) {
      await ready();
      return locks.run(lock, async () => {
        const before = store.of(instance);
        if (before !== undefined) {
          if (wanted === '' || wanted === before.address) return shown(before);
          throw new ProtiumError(
            'state-conflict',
            `The instance ${instance} has the address ${before.address} already. Release it first.`,
          );
        }
        const address = await choose(owner, null, wanted);
        const association: Association = {
          instance,
          owner,
          address,
          connectionId: validateOnly ? '' : randomUUID(),
          ...(await guestOf(instance, validateOnly)),
          ports: [protectedPort],
          createdAt: new Date().toISOString(),
        };
        return validateOnly ? shown(association) : keep(association);
      });
    },
    async release(instance, { validateOnly } = forReal) {
      if (validateOnly || store.of(instance) === undefined) return;
      await locks.run(lock, async () => {
        store.remove(instance);
        await reconciler.reconcile();
      });
    },
    openPort: (instance, port, { validateOnly } = forReal) =>
      changePorts(instance, port, validateOnly, (ports) =>
        [...new Set([...ports, port])].sort((a, b) => a - b),
      ),
    closePort(instance, port, { validateOnly } = forReal) {
      return changePorts(instance, port, validateOnly, (ports) => {
        if (port === protectedPort) {
          throw invalidArgument('port', `Port ${protectedPort} is protected: it cannot be closed.`);
        }
        return ports.filter((each) => each !== port);
      });
    },
    async renew(instance, { validateOnly } = forReal) {
      existing(instance);
      await ready();
      return locks.run(lock, async () => {
        const before = existing(instance);
        const address = await choose(before.owner, before.address);
        const association: Association = {
          ...before,
          address,
          connectionId: validateOnly ? '' : randomUUID(),
          ...(await guestOf(instance, validateOnly)),
          createdAt: new Date().toISOString(),
        };
        return validateOnly ? shown(association) : keep(association);
      });
    },
    async refresh(instance, { validateOnly } = forReal) {
      existing(instance);
      await ready();
      await locks.run(lock, async () => {
        const before = existing(instance);
        const association = { ...before, ...(await guestOf(instance, validateOnly)) };
        if (validateOnly) return;
        store.put(association);
        await reconciler.reconcile({ force: true });
        const { problem } = reconciler.status(association);
        if (problem === null) return;
        throw new ProtiumError('unsupported', `${association.address} leads nowhere: ${problem}`);
      });
    },
    hold: (keep) => locks.run(lock, async () => keep(await choose(null, null))),
    condition() {
      const associations = store.all();
      const failed = associations.map(reconciler.status).find(({ problem }) => problem !== null);
      return {
        addresses: pool === null ? null : rangesText(pool),
        size: sizeOf(pool ?? []),
        used: [
          ...new Set([...associations, ...held()].map(({ address }) => addressNumber(address) ?? 0)),
        ].filter((address) => isIn(pool ?? [], address)).length,
        problem: pool === null ? null : (poolProblem() ?? failed?.problem ?? null),
      };
    },
  };
}

function requirePort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw invalidArgument('port', 'A port is a number from 1 to 65535.');
}
