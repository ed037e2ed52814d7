import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { NetworkRef } from '../../libvirt/objects.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import { dhcpHostElement, readNetwork, type DhcpHost, type NetworkDocument } from '../../xml/network.ts';
import { parseXml } from '../../xml/parse.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { networkLock } from '../create-network.ts';
import { networkInterfaces } from '../domains-on.ts';
import { chooseAddress, hostNameFor, servedAddress } from './choose-address.ts';
import type { ReservationStore } from './reservation-store.ts';

export interface Reservation {
  /** Name of the network. */
  readonly network: string;
  readonly address: string;
  readonly mac: string | null;
  readonly hostname: string | null;
  /** uuid of the instance; null: others made it. */
  readonly instance: string | null;
}

export interface ReserveRequest {
  /** Name of the network; null: the first that the instance is on. */
  readonly network: string | null;
  /** uuid. */
  readonly instance: string;
  /** null: the one that it has, else a free one. */
  readonly address: string | null;
  readonly validateOnly: boolean;
}

/** Addresses that networks keep for instances, by their MAC addresses. All reject with `not-found` for what is not there. */
export interface Reservations {
  list(network: NetworkRef): Promise<readonly Reservation[]>;
  /** The same again answers with what there is. */
  reserve(request: ReserveRequest): Promise<Reservation>;
  release(network: NetworkRef, instance: string, options: { readonly validateOnly: boolean }): Promise<void>;
  /** Gives back all that was reserved for an instance. Does nothing for one that has none. */
  releaseOf(instance: string): Promise<void>;
  /** Forgets what is noted down and not in its network: a daemon was killed between the two. Of networks that are there. */
  mend(): Promise<void>;
}

export function createReservations(options: {
  readonly client: LibvirtClient;
  readonly store: ReservationStore;
  readonly locks: KeyedLock;
  /** Refuses to take an address away that is needed. */
  readonly requireUnneeded: (instance: string, address: string) => void;
}): Reservations {
  const { client, store, locks, requireUnneeded } = options;

  const change = async (
    network: NetworkRef,
    command: 'add-last' | 'delete',
    parentIndex: number,
    host: DhcpHost,
  ): Promise<void> => {
    const live = await client.networks.isActive(network);
    const config = await client.networks.isPersistent(network);
    const xml = serializeXml(dhcpHostElement(host));
    await client.networks.update(
      network,
      { command, section: 'ip-dhcp-host', parentIndex, xml },
      { live, config },
    );
  };
  const documentOf = async (network: NetworkRef): Promise<NetworkDocument> =>
    readNetwork(await client.networks.xml(network));
  /** Both as it runs and as it is to start next: an interface that is plugged in for now is on it too. */
  const interfacesOf = async (uuid: string) => {
    const domain = await client.domains.lookupByUuid(uuid);
    const documents = [
      await client.domains.xml(domain),
      ...(domain.id === null ? [] : [await client.domains.xml(domain, { inactive: true })]),
    ];
    return { name: domain.name, interfaces: documents.flatMap((xml) => networkInterfaces(parseXml(xml))) };
  };
  const remove = async (network: NetworkRef, mac: string): Promise<void> => {
    const document = await documentOf(network);
    for (const [index, { hosts }] of document.addresses.entries()) {
      for (const host of hosts) if (host.mac === mac) await change(network, 'delete', index, host);
    }
  };
  const shown = (network: string, host: DhcpHost, instance: string | null): Reservation => ({
    network,
    address: host.address,
    mac: host.mac ?? null,
    hostname: host.name ?? null,
    instance,
  });
  const failing = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fromLibvirt(error, doing);
    }
  };

  const reserveOn = async (
    network: NetworkRef,
    mac: string,
    domain: string,
    { instance, address: wanted, validateOnly }: ReserveRequest,
  ): Promise<Reservation> => {
    const document = await documentOf(network);
    const { served, index } = servedAddress(document);
    const current = served.hosts.find((host) => host.mac === mac);
    if (current !== undefined && (wanted === null || wanted === current.address)) {
      if (!validateOnly) store.put({ network: network.uuid, mac, instance });
      return shown(network.name, current, instance);
    }
    if (current !== undefined) requireUnneeded(instance, current.address);
    const active = await client.networks.isActive(network);
    const leases = active ? await client.networks.dhcpLeases(network) : [];
    const given = leases.map((lease) => ({ address: lease.address, mac: lease.mac?.toLowerCase() ?? null }));
    const address = chooseAddress(document, mac, given, wanted);
    const others = { ...served, hosts: served.hosts.filter((host) => host !== current) };
    const name = hostNameFor(domain, others);
    const host: DhcpHost = { mac, address, ...(name === undefined ? {} : { name }) };
    if (validateOnly) return shown(network.name, host, instance);
    const recorded = store.all().find((each) => each.network === network.uuid && each.mac === mac);
    // First: what a killed daemon has left in the network must be known to be ours.
    store.put({ network: network.uuid, mac, instance });
    try {
      if (current !== undefined) await change(network, 'delete', index, current);
      await change(network, 'add-last', index, host);
    } catch (error) {
      if (current !== undefined) await change(network, 'add-last', index, current).catch(() => undefined);
      if (recorded === undefined) store.remove({ network: network.uuid, mac });
      else store.put(recorded);
      throw error;
    }
    return shown(network.name, host, instance);
  };

  return {
    list: (network) =>
      failing('read the reservations', async () => {
        const owners = new Map(
          store
            .all()
            .flatMap((each) => (each.network === network.uuid ? [[each.mac, each.instance] as const] : [])),
        );
        const { addresses } = await documentOf(network);
        return addresses.flatMap(({ hosts }) =>
          hosts.map((host) => shown(network.name, host, owners.get(host.mac ?? '') ?? null)),
        );
      }),
    reserve: (request) =>
      failing('reserve an address', async () => {
        const { name, interfaces } = await interfacesOf(request.instance);
        const found = interfaces.find(
          ({ network }) => request.network === null || network === request.network,
        );
        if (found === undefined) {
          const where =
            request.network === null ? 'any network of libvirt' : `the network "${request.network}"`;
          throw new ProtiumError(
            'state-conflict',
            `"${name}" is not on ${where}, so no address can be reserved for it.`,
          );
        }
        return locks.run([networkLock(found.network)], async () =>
          reserveOn(await networkNamed(client, found.network), found.mac, name, request),
        );
      }),
    release: (network, instance, { validateOnly }) =>
      failing('release the address', () =>
        locks.run([networkLock(network.name)], async () => {
          const owned = store.of(instance).filter((each) => each.network === network.uuid);
          if (owned.length === 0) {
            throw new ProtiumError(
              'not-found',
              `Nothing is reserved for that instance on "${network.name}".`,
            );
          }
          const { addresses } = await documentOf(network);
          const macs = new Set(owned.map(({ mac }) => mac));
          for (const { mac, address } of addresses.flatMap(({ hosts }) => hosts)) {
            if (mac !== undefined && macs.has(mac)) requireUnneeded(instance, address);
          }
          if (validateOnly) return;
          for (const owner of owned) {
            await remove(network, owner.mac);
            store.remove(owner);
          }
        }),
      ),
    releaseOf: (instance) =>
      failing('release the addresses', async () => {
        for (const owner of store.of(instance)) {
          const network = await orAbsent(client.networks.lookupByUuid(owner.network), virError.noNetwork);
          if (network !== null) {
            await locks.run([networkLock(network.name)], () => remove(network, owner.mac));
          }
          store.remove(owner);
        }
      }),
    mend: () =>
      failing('look at the reservations', async () => {
        for (const owner of store.all()) {
          const network = await orAbsent(client.networks.lookupByUuid(owner.network), virError.noNetwork);
          if (network === null) continue;
          await locks.run([networkLock(network.name)], async () => {
            const { addresses } = await documentOf(network);
            const kept = addresses.some(({ hosts }) => hosts.some(({ mac }) => mac === owner.mac));
            if (!kept) store.remove(owner);
          });
        }
      }),
  };
}

async function networkNamed(client: LibvirtClient, name: string): Promise<NetworkRef> {
  const network = await orAbsent(client.networks.lookupByName(name), virError.noNetwork);
  if (network !== null) return network;
  throw new ProtiumError(
    'not-found',
    `There is no network "${name}" any more. Define it again, or put the VM on another.`,
  );
}
