import type { NetworkView } from '../libvirt/live-view/views.ts';
import type { RouteOfHost } from '../networks/free-subnet.ts';
import { addressNumber, subnetText } from '../networks/ipv4.ts';
import { subnetsOf } from '../networks/taken-subnets.ts';
import { conflictOf, rangesText, type AddressRange } from './pool.ts';

/**
 * Why no address of the pool must be put on the host: somebody has them already. null: nothing is in the way.
 *
 * @param given addresses that are bound now, which may be of a pool before
 * @param device that the addresses are put on: the pool may be a part of its own network
 */
export function poolProblem(
  pool: readonly AddressRange[] | null,
  given: readonly string[],
  device: string,
  host: {
    readonly networks: readonly NetworkView[];
    readonly routes: readonly RouteOfHost[];
  },
): string | null {
  if (pool === null) return 'Floating addresses are turned off (PROTIUM_FLOATING_ADDRESSES is none).';
  const taken = [
    ...subnetsOf(host.networks).map((subnet) => ({ ...subnet, by: `the network "${subnet.network}"` })),
    ...host.routes
      .filter((route) => route.device !== device)
      .map((route) => ({ ...route, by: `a route of the host by ${route.device}` })),
  ];
  const single = given.map((address) => {
    const number = addressNumber(address) ?? 0;
    return { first: number, last: number };
  });
  for (const [ranges, advice] of [
    [pool, 'Set PROTIUM_FLOATING_ADDRESSES to addresses that nobody has.'],
    [single, 'Renew them.'],
  ] as const) {
    const conflict = conflictOf(ranges, taken);
    if (conflict !== null) {
      return `The floating addresses (${rangesText(ranges)}) overlap ${conflict.by} (${subnetText(conflict)}). ${advice}`;
    }
  }
  return null;
}
