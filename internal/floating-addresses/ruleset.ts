import { addressText } from '../networks/ipv4.ts';
import type { WantedRules } from '../port-forwards/kernel/kernel-rules.ts';
import { match, nftTable, prefixOf, type Expression } from '../port-forwards/kernel/nft-table.ts';
import type { AddressRange } from './pool.ts';

/** A floating address that is to lead to a guest. */
export interface Lead {
  readonly address: string;
  readonly guestAddress: string;
  /** Of the guest's network, e.g. 192.168.122.0/24 */
  readonly subnet: string;
  /** That lead to the guest; all others are refused. */
  readonly ports: readonly number[];
}

const nft = nftTable('protium_floating');
export const names = { table: nft.table.name, chain: 'PROTIUM_FLOATING' } as const;

const to: Expression = { payload: { protocol: 'ip', field: 'daddr' } };
const isIpv4 = match({ meta: { key: 'nfproto' } }, 'ipv4');

/**
 * The rules that make addresses lead to guests and refuse whatever else is sent to them: it must never reach a program of the
 * host, whose sshd listens on all addresses. No leads: no rules.
 *
 * @param guarded addresses to which nothing else is let through, as merge makes them
 */
export function floatingRules(leads: readonly Lead[], guarded: readonly AddressRange[]): WantedRules {
  if (leads.length === 0) return { commands: { nftables: nft.clear }, accepted: [] };
  const subnets = [...new Set(leads.map(({ subnet }) => subnet))];
  return {
    commands: {
      nftables: [
        ...nft.clear,
        nft.create,
        nft.set('guarded', { type: 'ipv4_addr', flags: ['interval'] }, guarded.map(rangeOf)),
        nft.set('open', { type: ['ipv4_addr', 'inet_service'] }, leads.flatMap(openPorts)),
        nft.map(
          'guests',
          { type: 'ipv4_addr', map: 'ipv4_addr' },
          leads.map(({ address, guestAddress }) => [address, guestAddress]),
        ),
        // Before the forwarded ports, which are at -100.
        nft.chain('prerouting', { type: 'nat', hook: 'prerouting', prio: -101 }),
        nft.rule('prerouting', toGuest),
        nft.rule('prerouting', notForwarded),
        nft.chain('output', { type: 'nat', hook: 'output', prio: -101 }),
        nft.rule('output', toGuest),
        // Before the forwarded ports at 99 and libvirt's own rules at 100.
        nft.chain('postrouting', { type: 'nat', hook: 'postrouting', prio: 98 }),
        nft.rule('postrouting', fromHost),
        ...subnets.map((subnet) => nft.rule('postrouting', fromSameSubnet(subnet))),
        nft.chain('refuse'),
        ...refuse.map((expr) => nft.rule('refuse', expr)),
        ...(['input', 'forward', 'output'] as const).flatMap((hook) => [
          nft.chain(`filter_${hook}`, { type: 'filter', hook, prio: -1 }),
          nft.rule(`filter_${hook}`, [isIpv4, match(to, '@guarded'), { jump: { target: 'refuse' } }]),
        ]),
      ],
    },
    accepted: leads.map(
      ({ address, guestAddress }) =>
        `-d ${guestAddress}/32 -p tcp -m conntrack --ctstate DNAT --ctorigdst ${address}/32 -j ACCEPT`,
    ),
  };
}

/** A connection to an open port goes to the same port of the guest. */
const toGuest: readonly Expression[] = [
  isIpv4,
  match({ concat: [to, { payload: { protocol: 'tcp', field: 'dport' } }] }, '@open'),
  { dnat: { family: 'ip', addr: { map: { key: to, data: '@guests' } } } },
];

/** Stays as it is, and is thereby decided: no port that is forwarded on all addresses of the host takes it. */
const notForwarded: readonly Expression[] = [
  isIpv4,
  match(to, '@guarded'),
  { dnat: { family: 'ip', addr: to } },
];

const isForwarded: readonly Expression[] = [
  isIpv4,
  match({ ct: { key: 'ip daddr', dir: 'original' } }, '@guarded'),
  match({ ct: { key: 'status' } }, 'dnat', 'in'),
];

/** The host's own connections bear the floating address itself: guests are to answer the host's on their network. */
const fromHost: readonly Expression[] = [
  ...isForwarded,
  match({ fib: { result: 'type', flags: ['saddr'] } }, 'local'),
  { masquerade: null },
];

/** Guests of the same network would answer each other directly: they are to answer the host. */
function fromSameSubnet(subnet: string): readonly Expression[] {
  return [
    ...isForwarded,
    match({ payload: { protocol: 'ip', field: 'saddr' } }, prefixOf(subnet)),
    match(to, prefixOf(subnet)),
    { masquerade: null },
  ];
}

/** What was rewritten bears another destination here; answers to the host's own connections do not. */
const refuse: readonly (readonly Expression[])[] = [
  [match({ ct: { key: 'direction' } }, 'reply'), { accept: null }],
  [match({ meta: { key: 'l4proto' } }, 'tcp'), { reject: { type: 'tcp reset' } }],
  [{ reject: { type: 'icmp', expr: 'port-unreachable' } }],
];

function openPorts({ address, ports }: Lead): readonly Expression[] {
  return ports.map((port) => ({ concat: [address, port] }));
}

function rangeOf({ first, last }: AddressRange): unknown {
  return first === last ? addressText(first) : { range: [addressText(first), addressText(last)] };
}
