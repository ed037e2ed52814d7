import { isIPv4 } from 'node:net';
import { isWildcard, type PortForward } from '../forward.ts';
import { match, nftTable, prefixOf } from './nft-table.ts';

/** A forward that the kernel is to do, with the subnet of the guest's network. */
export interface KernelForward {
  readonly forward: PortForward;
  /** e.g. 192.168.130.0/24 */
  readonly subnet: string;
}

const nft = nftTable('protium');
export const { table } = nft;
/** Our chain in iptables' table `filter`. */
export const acceptChain = 'PROTIUM_FORWARD';

/**
 * Whether the kernel can do a forward: of IPv4, to a guest that answers by way of the host. What is sent to the loopback is
 * never routed, and guests on an isolated network have no way back.
 */
export function isForKernel(forward: PortForward, networkMode: string | null): boolean {
  const { hostAddress } = forward;
  const outside = isWildcard(hostAddress) || (isIPv4(hostAddress) && !hostAddress.startsWith('127.'));
  return outside && isRouted(networkMode);
}

/** Whether guests of a network reach others by way of the host. */
export function isRouted(networkMode: string | null): boolean {
  return networkMode === 'nat' || networkMode === 'route' || networkMode === 'open';
}

/** The commands (libnftables-json(5)) that make the table as it is to be; one transaction. No forwards: no table. */
export function nftCommands(forwards: readonly KernelForward[]): { readonly nftables: readonly object[] } {
  if (forwards.length === 0) return { nftables: nft.clear };
  return {
    nftables: [
      ...nft.clear,
      nft.create,
      nft.chain('prerouting', { type: 'nat', hook: 'prerouting', prio: -100 }),
      // Before libvirt's own rules, which are at 100.
      nft.chain('postrouting', { type: 'nat', hook: 'postrouting', prio: 99 }),
      ...forwards.map(({ forward }) => nft.rule('prerouting', destination(forward), forward.id)),
      ...forwards.map(({ forward, subnet }) =>
        nft.rule('postrouting', sameSubnet(forward, subnet), forward.id),
      ),
    ],
  };
}

/** A packet from outside to the host's port goes to the guest's. */
function destination({ protocol, hostAddress, hostPort, guestAddress, guestPort, sources }: PortForward) {
  const blocks = sources.filter((source) => isIPv4(source.replace(/\/.*/, ''))).map(prefixOf);
  return [
    match({ meta: { key: 'nfproto' } }, 'ipv4'),
    match({ meta: { key: 'iifname' } }, 'lo', '!='),
    isWildcard(hostAddress)
      ? match({ fib: { result: 'type', flags: ['daddr'] } }, 'local')
      : match({ payload: { protocol: 'ip', field: 'daddr' } }, hostAddress),
    ...(sources.length === 0
      ? []
      : [match({ payload: { protocol: 'ip', field: 'saddr' } }, { set: blocks })]),
    match({ payload: { protocol, field: 'dport' } }, hostPort),
    { dnat: { family: 'ip', addr: guestAddress, port: guestPort } },
  ];
}

/** Guests of the same network would answer each other directly: they are to answer the host. */
function sameSubnet({ protocol, guestAddress, guestPort }: PortForward, subnet: string) {
  return [
    match({ payload: { protocol: 'ip', field: 'saddr' } }, prefixOf(subnet)),
    match({ payload: { protocol: 'ip', field: 'daddr' } }, guestAddress),
    match({ payload: { protocol, field: 'dport' } }, guestPort),
    match({ ct: { key: 'status' } }, 'dnat', 'in'),
    { masquerade: null },
  ];
}

/** What our chain in iptables accepts: new connections that were rewritten for a forward, and no others. */
export function acceptedForwards(forwards: readonly KernelForward[]): readonly string[] {
  return forwards.map(
    ({ forward: { protocol, hostPort, guestAddress, guestPort } }) =>
      `-d ${guestAddress}/32 -p ${protocol} -m ${protocol} --dport ${guestPort} ` +
      `-m conntrack --ctstate DNAT --ctorigdstport ${hostPort} -j ACCEPT`,
  );
}
