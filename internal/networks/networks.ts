import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { NetworkView } from '../libvirt/live-view/views.ts';
import type { DhcpLease } from '../libvirt/objects.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import { requirePersistent } from '../storage/require-persistent.ts';
import { requireNewName } from '../storage/new-name.ts';
import type { Change } from '../storage/pools/pools.ts';
import { readNetwork, type DnsHost, type NetworkDocument } from '../xml/network.ts';
import { networkLock, requireFreeNetwork, subnetFor, type CreateNetwork } from './create-network.ts';
import { requireNobodyOn, type DeleteNetwork } from './delete-network.ts';
import { domainsOn } from './domains-on.ts';
import { addressNumber, subnetAround, subnetText } from './ipv4.ts';
import type { RoutedSubnet } from './taken-subnets.ts';
import { networkChanges, type NetworkStep } from './network-changes.ts';
import {
  checkDnsHosts,
  checkNetworkRequest,
  checkRange,
  type AddressRange,
  type NetworkRequest,
} from './network-request.ts';
import { servedAddress } from './reservations/choose-address.ts';

export interface NetworkUpdate {
  readonly autostart?: boolean;
  readonly dhcpRange?: AddressRange;
  readonly dnsHosts?: readonly DnsHost[];
}

/** The use cases of networks. They are named by uuid or name; all reject with `not-found` for one that is not there. */
export interface Networks {
  list(): readonly NetworkView[];
  get(named: string): NetworkView;
  /** Names of the domains on it, running or not. */
  domainsOn(named: string): Promise<readonly string[]>;
  leases(named: string): Promise<readonly DhcpLease[]>;
  /** `operation` null: a dry run; `subnet`: what it would get. */
  create(
    request: NetworkRequest,
    change: Change,
  ): Promise<{ readonly operation: string | null; readonly subnet: string }>;
  /** Resolve with the network as it is afterwards. */
  update(named: string, wanted: NetworkUpdate, change: Change): Promise<NetworkView>;
  start(named: string, change: Change): Promise<NetworkView>;
  stop(named: string, change: Change): Promise<NetworkView>;
  /** Resolves with the operation's id; null in a dry run. */
  remove(named: string, change: Change): Promise<string | null>;
}

export function createNetworks(options: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly definitions: {
    readonly create: OperationDefinition<CreateNetwork>;
    readonly remove: OperationDefinition<DeleteNetwork>;
  };
  readonly routes: () => readonly RoutedSubnet[];
  readonly ready: () => Promise<void>;
}): Networks {
  const { client, view, operations, definitions, routes, ready } = options;
  const get = (named: string): NetworkView => {
    const network = view.network(named);
    if (network === undefined) throw new ProtiumError('not-found', `There is no network "${named}".`);
    return network;
  };
  const changed = async (
    named: string,
    { validateOnly }: Change,
    doing: string,
    check: (network: NetworkView) => Promise<void> | void,
    work: (network: NetworkView) => Promise<void>,
  ): Promise<NetworkView> => {
    await ready();
    const network = get(named);
    return operations.locks.run([networkLock(network.name)], async () => {
      try {
        await check(network);
        if (validateOnly) return network;
        await work(network);
      } catch (error) {
        throw fromLibvirt(error, doing);
      }
      await view.refresh('network', network.uuid);
      return get(network.uuid);
    });
  };
  const documentOf = async (network: NetworkView): Promise<NetworkDocument> =>
    readNetwork(await client.networks.xml(network));
  const applyAll = async (network: NetworkView, steps: readonly NetworkStep[]): Promise<void> => {
    const scope = {
      live: await client.networks.isActive(network),
      config: await client.networks.isPersistent(network),
    };
    const done: NetworkStep[] = [];
    try {
      for (const step of steps) {
        await client.networks.update(network, step.apply, scope);
        done.push(step);
      }
    } catch (error) {
      for (const { undo } of done.reverse()) {
        await client.networks.update(network, undo, scope).catch(() => undefined);
      }
      throw error;
    }
  };
  const checkUpdate = async (
    network: NetworkView,
    { dhcpRange, dnsHosts, autostart }: NetworkUpdate,
  ): Promise<void> => {
    if (autostart !== undefined) requirePersistent('network', network);
    if (dnsHosts !== undefined) {
      checkDnsHosts(dnsHosts);
      if (network.forwardMode === 'bridge') {
        throw new ProtiumError(
          'state-conflict',
          `The network "${network.name}" is a bridge of the host: names on it are not libvirt's.`,
        );
      }
    }
    if (dhcpRange === undefined) return;
    const { served } = servedAddress(await documentOf(network));
    const host = addressNumber(served.address) ?? 0;
    checkRange(dhcpRange, subnetAround(host, served.prefix ?? 24), host);
  };
  return {
    list: () => view.networks(),
    get,
    async domainsOn(named) {
      const { name } = get(named);
      try {
        return (await domainsOn(client, view.domains(), name)).map((domain) => domain.name);
      } catch (error) {
        throw fromLibvirt(error, 'look for the VMs on the network');
      }
    },
    async leases(named) {
      const network = get(named);
      try {
        return network.active ? await client.networks.dhcpLeases(network) : [];
      } catch (error) {
        throw fromLibvirt(error, 'read the leases');
      }
    },
    async create(request, { validateOnly, idempotencyKey }) {
      requireNewName('network', request.name);
      checkNetworkRequest(request);
      await ready();
      if (idempotencyKey === undefined || validateOnly) {
        await requireFreeNetwork(client, request.name).catch((error: unknown) => {
          throw fromLibvirt(error, 'make the network');
        });
        const subnet = subnetFor(request, view.networks(), routes());
        if (validateOnly) return { operation: null, subnet: subnet === null ? '' : subnetText(subnet) };
      }
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const { id } = await operations.start(definitions.create, request, key);
      return { operation: id, subnet: '' };
    },
    update: (named, wanted, change) =>
      changed(
        named,
        change,
        'change the network',
        (network) => checkUpdate(network, wanted),
        async (network) => {
          await applyAll(network, networkChanges(await documentOf(network), wanted));
          if (wanted.autostart !== undefined) await client.networks.setAutostart(network, wanted.autostart);
        },
      ),
    start: (named, change) =>
      changed(
        named,
        change,
        'start the network',
        () => undefined,
        async (network) => {
          if (!(await client.networks.isActive(network))) await client.networks.create(network);
        },
      ),
    stop: (named, change) =>
      changed(
        named,
        change,
        'stop the network',
        ({ name }) => requireNobodyOn(client, view, name, 'running'),
        async (network) => {
          if (await client.networks.isActive(network)) await client.networks.destroy(network);
        },
      ),
    async remove(named, { validateOnly }) {
      await ready();
      const { uuid, name } = get(named);
      try {
        await requireNobodyOn(client, view, name, 'all');
      } catch (error) {
        throw fromLibvirt(error, 'remove the network');
      }
      return validateOnly ? null : (await operations.start(definitions.remove, { uuid, name })).id;
    },
  };
}
