import { ProtiumError } from '../errors/protium-error.ts';
import { invalidArgument } from '../errors/invalid-argument.ts';
import type { NetworkView } from '../libvirt/live-view/views.ts';
import { freeSubnet } from './free-subnet.ts';
import { addressNumber, overlap, readSubnet, subnetAround, subnetText, type Subnet } from './ipv4.ts';

/** The IPv4 subnets of networks, running or not. */
export function subnetsOf(
  networks: readonly NetworkView[],
): readonly (Subnet & { readonly network: string })[] {
  return networks.flatMap(({ name, ips }) =>
    ips.flatMap(({ family, address, prefix }) => {
      const number = addressNumber(address);
      if (family !== 'ipv4' || number === null || prefix === null) return [];
      return [{ ...subnetAround(number, prefix), network: name }];
    }),
  );
}

/** A subnet that is not free, though no network has it. */
export interface RoutedSubnet extends Subnet {
  /** Left out: a route of the host. */
  readonly by?: string;
}

/**
 * The subnet that a network gets.
 *
 * @param wanted null: a free one
 * @throws ProtiumError `argument-invalid`, `resource-in-use`
 */
export function decideSubnet(
  wanted: string | null,
  networks: readonly NetworkView[],
  routes: readonly RoutedSubnet[],
): Subnet {
  const others = subnetsOf(networks);
  if (wanted === null) {
    const free = freeSubnet([...others, ...routes]);
    if (free !== null) return free;
    throw new ProtiumError('resource-in-use', 'No private subnet is free; give one with ipv4_subnet.');
  }
  const subnet = readSubnet(wanted);
  if (subnet === null || subnet.prefix < 8 || subnet.prefix > 29) {
    throw invalidArgument('ipv4_subnet', 'A subnet is e.g. 192.168.130.0/24, with a prefix of 8 to 29.');
  }
  const other = others.find((each) => overlap(each, subnet));
  const route = routes.find((each) => overlap(each, subnet));
  if (other !== undefined) throw taken(subnet, `the network "${other.network}"`);
  if (route !== undefined) throw taken(subnet, route.by ?? `a route of the host (${subnetText(route)})`);
  return subnet;
}

function taken(subnet: Subnet, by: string): ProtiumError {
  return new ProtiumError(
    'resource-in-use',
    `The subnet ${subnetText(subnet)} overlaps ${by}. Give another one, or none: then a free one is chosen.`,
  );
}
