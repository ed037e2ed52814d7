import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { addressNumber } from '../networks/ipv4.ts';
import { dhcpHostElement, readNetwork, type NetworkDocument } from '../xml/network.ts';
import { serializeXml } from '../xml/serialize.ts';
import type { KeptAddress } from './shape.ts';

/** Lets the network of the same name there keep the same address for the same interface. */
export async function keepAddress(there: LibvirtClient, kept: KeptAddress): Promise<void> {
  const network = await there.networks.lookupByName(kept.network);
  const index = placeFor(readNetwork(await there.networks.xml(network)), kept);
  if (index === null) return;
  const { mac, address, name } = kept;
  const xml = serializeXml(dhcpHostElement({ mac, address, ...(name === null ? {} : { name }) }));
  await there.networks.update(
    network,
    { command: 'add-last', section: 'ip-dhcp-host', parentIndex: index, xml },
    { live: await there.networks.isActive(network), config: await there.networks.isPersistent(network) },
  );
}

/**
 * Which of a network's subnets the address is of; null: it is kept there already. Pure.
 *
 * @throws ProtiumError `host-incapable`, `resource-in-use`
 */
export function placeFor({ name, addresses }: NetworkDocument, kept: KeptAddress): number | null {
  const index = addresses.findIndex(({ address, prefix }) => contains(address, prefix, kept.address));
  const subnet = addresses[index];
  if (subnet === undefined) {
    throw new ProtiumError(
      'host-incapable',
      `The network "${name}" there has other addresses: its guest gets a new one.`,
    );
  }
  const holder = subnet.hosts.find(({ mac, address }) => mac === kept.mac || address === kept.address);
  if (holder === undefined) return index;
  if (holder.mac === kept.mac && holder.address === kept.address) return null;
  throw new ProtiumError(
    'resource-in-use',
    `The network "${name}" there keeps ${holder.address} for ${holder.mac ?? 'another'}: its guest gets a new address.`,
  );
}

function contains(gateway: string, prefix: number | null, address: string): boolean {
  const [network, own] = [addressNumber(gateway), addressNumber(address)];
  if (network === null || own === null || prefix === null) return false;
  const size = 2 ** (32 - prefix);
  return Math.floor(network / size) === Math.floor(own / size);
}
