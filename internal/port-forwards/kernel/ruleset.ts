import { isIPv4 } from 'node:net';
import { isWildcard, type PortForward } from '../forward.ts';

/** A forward that the kernel is to do, with the subnet of the guest's network. */
export interface KernelForward {
  readonly forward: PortForward;
  /** e.g. 192.168.130.0/24 */
  readonly subnet: string;
}

/** Our table: nothing else is in it, and it is replaced as a whole. */
export const table = { family: 'inet', name: 'protium' } as const;
/** Our chain in iptables' table `filter`. */
export const acceptChain = 'PROTIUM_FORWARD';

/**
 * Whether the kernel can do a forward: of IPv4, to a guest that answers by way of the host. What is sent to the loopback is
 * never routed, and guests on an isolated network have no way back.
 */
export function isForKernel(forward: PortForward, networkMode: string | null): boolean {
  const { hostAddress } = forward;
  const outside = isWildcard(hostAddress) || (isIPv4(hostAddress) && !hostAddress.startsWith('127.'));
  return outside && (networkMode === 'nat' || networkMode === 'route' || networkMode === 'open');
}

type Expression = Readonly<Record<string, unknown>>;

/** The commands (libnftables-json(5)) that make the table as it is to be; one transaction. No forwards: no table. */
export function nftCommands(forwards: readonly KernelForward[]): { readonly nftables: readonly object[] } {
  const clear = [{ add: { table } }, { delete: { table } }];
  if (forwards.length === 0) return { nftables: clear };
  const chain = (name: string, hook: string, prio: number) => ({
    add: {
      chain: { family: table.family, table: table.name, name, type: 'nat', hook, prio, policy: 'accept' },
    },
  });
  const rule = (of: string, { id }: PortForward, expr: readonly Expression[]) => ({
    add: { rule: { family: table.family, table: table.name, chain: of, comment: id, expr } },
  });
  return {
    nftables: [
      ...clear,
      { add: { table } },
      chain('prerouting', 'prerouting', -100),
      // Before libvirt's own rules, which are at 100.
      chain('postrouting', 'postrouting', 99),
      ...forwards.map(({ forward }) => rule('prerouting', forward, destination(forward))),
      ...forwards.map(({ forward, subnet }) => rule('postrouting', forward, sameSubnet(forward, subnet))),
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

function match(left: Expression, right: unknown, op = '=='): Expression {
  return { match: { op, left, right } };
}

function prefixOf(block: string): Expression {
  const [addr, len] = block.split('/');
  return { prefix: { addr, len: Number(len) } };
}

/**
 * What iptables-restore (with --noflush) is to do: our chain, and the jump to it before libvirt's, whose chains refuse new
 * connections to guests. An accept elsewhere would not count: every base chain of a hook has its say.
 *
 * @param current the rules of FORWARD as `iptables -S FORWARD` tells, and whether our chain is there
 * @returns null: there is nothing to be done
 */
export function acceptRules(
  forwards: readonly KernelForward[],
  current: { readonly forwardChain: readonly string[]; readonly chainExists: boolean },
): string | null {
  const jump = `FORWARD -j ${acceptChain}`;
  const jumps = current.forwardChain.filter((line) => line === `-A ${jump}`).map(() => `-D ${jump}`);
  if (forwards.length === 0) {
    if (!current.chainExists) return null;
    return lines(['*filter', ...jumps, `-F ${acceptChain}`, `-X ${acceptChain}`, 'COMMIT']);
  }
  const rules = forwards.map(
    ({ forward: { protocol, hostPort, guestAddress, guestPort } }) =>
      `-A ${acceptChain} -d ${guestAddress}/32 -p ${protocol} -m ${protocol} --dport ${guestPort} ` +
      `-m conntrack --ctstate DNAT --ctorigdstport ${hostPort} -j ACCEPT`,
  );
  const isFirst = current.forwardChain[0] === `-A ${jump}` && jumps.length === 1;
  const place = isFirst ? [] : [...jumps, `-I FORWARD 1 -j ${acceptChain}`];
  return lines(['*filter', `:${acceptChain} - [0:0]`, ...rules, ...place, 'COMMIT']);
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
