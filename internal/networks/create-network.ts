import { randomUUID } from 'node:crypto';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { withoutEffect, type OperationDefinition, type Step } from '../operations/definition.ts';
import { serializeXml } from '../xml/serialize.ts';
import { readSubnet, subnetText, type Subnet } from './ipv4.ts';
import { checkRange, hostOf, networkDocument, type NetworkRequest } from './network-request.ts';
import { decideSubnet, type RoutedSubnet } from './taken-subnets.ts';

/** The operation `network.create`. */
export interface CreateNetwork {
  readonly input: NetworkRequest;
  readonly result: { readonly uuid: string; readonly name: string; readonly ipv4Subnet: string };
  readonly steps: {
    define: { intent: { uuid: string; subnet: string } };
    start: { facts?: never };
  };
}

/** The key that changes of a network hold, by its name. */
export function networkLock(name: string): string {
  return `network/${name}`;
}

/** Defines and starts a network; undone, nothing is left of it. */
export function createNetwork(
  client: LibvirtClient,
  view: Pick<LiveView, 'networks' | 'refresh'>,
  routes: () => readonly RoutedSubnet[],
): OperationDefinition<CreateNetwork> {
  const find = (uuid: string) => orAbsent(client.networks.lookupByUuid(uuid), virError.noNetwork);
  const define: Step<CreateNetwork, 'define'> = {
    name: 'define',
    title: 'define the network',
    async intent({ input }) {
      await requireFreeNetwork(client, input.name);
      const subnet = subnetFor(input, view.networks(), routes());
      return { uuid: randomUUID(), subnet: subnet === null ? '' : subnetText(subnet) };
    },
    async do({ input }, { uuid, subnet }) {
      try {
        await client.networks.define(serializeXml(networkDocument(input, uuid, readSubnet(subnet))));
      } catch (error) {
        throw withoutEffect(fromLibvirt(error, 'define the network'));
      }
    },
    async undo(_run, { uuid }) {
      const network = await find(uuid);
      if (network !== null) await client.networks.undefine(network);
    },
    leftBehind: ({ input }) => `the network "${input.name}": virsh net-undefine ${input.name}`,
  };
  const start: Step<CreateNetwork, 'start'> = {
    name: 'start',
    title: 'start the network',
    async do(run) {
      try {
        const network = await client.networks.lookupByUuid(run.data('define').uuid);
        if (!(await client.networks.isActive(network))) await client.networks.create(network);
        await client.networks.setAutostart(network, run.input.autostart);
      } catch (error) {
        throw fromLibvirt(error, 'start the network');
      }
    },
    async undo(run) {
      const network = await find(run.data('define').uuid);
      if (network !== null && (await client.networks.isActive(network)))
        await client.networks.destroy(network);
    },
    leftBehind: ({ input }) => `the active network "${input.name}": virsh net-destroy ${input.name}`,
  };
  return {
    kind: 'network.create',
    onRestart: 'undo',
    // Two at once do not choose the same subnet.
    resources: ({ name }) => [networkLock(name), 'network-subnets'],
    steps: () => [define, start],
    async result(run) {
      const { uuid, subnet } = run.data('define');
      await view.refresh('network', uuid);
      return { uuid, name: run.input.name, ipv4Subnet: subnet };
    },
  };
}

/** What a request gets, with its range checked against it; null: a bridge of the host has no subnet of ours. */
export function subnetFor(
  request: NetworkRequest,
  networks: ReturnType<LiveView['networks']>,
  routes: readonly RoutedSubnet[],
): Subnet | null {
  if (request.mode === 'bridge') return null;
  const subnet = decideSubnet(request.ipv4Subnet, networks, routes);
  if (request.dhcpRange !== null) checkRange(request.dhcpRange, subnet, hostOf(subnet));
  return subnet;
}

/** @throws ProtiumError `already-exists` */
export async function requireFreeNetwork(client: LibvirtClient, name: string): Promise<void> {
  const taken = await orAbsent(client.networks.lookupByName(name), virError.noNetwork);
  if (taken !== null) throw new ProtiumError('already-exists', `There is a network "${name}" already.`);
}
