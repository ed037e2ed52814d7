import { element, type XmlElement } from '../xml/tree.ts';
import type { Direction, Firewall, FirewallRule, Protocol } from './firewall.ts';

/**
 * Priorities, lowest first. All that is outgoing comes before all that is incoming: libvirt makes of a rule that drops what
 * comes in also one that drops the answers, which do not tell themselves from what the guest sends of itself.
 */
export const priority = {
  always: 100,
  out: 200,
  defaultOut: 500,
  in: 550,
  defaultIn: 850,
  rest: 900,
} as const;

/** The name of an instance's filter. */
export function filterName(uuid: string): string {
  return `protium-${uuid}`;
}

/** The uuid of the instance whose filter has that name; null: it is nobody's. */
export function filterOwner(name: string): string | null {
  return /^protium-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(name)?.[1] ?? null;
}

export interface FilterOptions {
  readonly name: string;
  /** Of the filter. */
  readonly uuid: string;
  readonly firewall: Firewall;
  /** A filter that applies too, e.g. `clean-traffic`; null: none. */
  readonly included: string | null;
}

/**
 * Builds the `<filter>` of a firewall. Rules are matched with the state of connections (libvirt's `statematch`): who is
 * accepted is answered, and nothing else is.
 */
export function filterElement({ name, uuid, firewall, included }: FilterOptions): XmlElement {
  const { defaultIn, defaultOut, rules } = firewall;
  return element('filter', { name, chain: 'root' }, [
    element('uuid', {}, uuid),
    included === null ? null : element('filterref', { filter: included }),
    alwaysAccepted(),
    rules.map((rule, index) => (rule.direction === 'out' ? ruleElements(rule, index) : null)),
    defaultOut === 'accept' ? everything('accept', 'out', priority.defaultOut) : null,
    rules.map((rule, index) => (rule.direction === 'in' ? ruleElements(rule, index) : null)),
    defaultIn === 'accept' ? everything('accept', 'in', priority.defaultIn) : null,
    everything('drop', 'inout', priority.rest),
  ]);
}

type Attributes = Readonly<Record<string, string | number | null | undefined>>;

function rule(
  attributes: Attributes & { readonly action: string; readonly direction: string; readonly priority: number },
  protocol: string,
  match: Attributes = {},
): XmlElement {
  return element('rule', attributes, element(protocol, match));
}

function everything(action: string, direction: string, at: number): readonly XmlElement[] {
  return ['all', 'all-ipv6'].map((protocol) => rule({ action, direction, priority: at }, protocol));
}

/** Router and neighbour discovery (133 to 136), and who listens to which multicast group, on which it rests. */
const discovery = [130, 131, 132, 133, 134, 135, 136, 143];

/** Without these there are no addresses and no neighbours. ARP is not touched by rules for IP. */
function alwaysAccepted(): readonly XmlElement[] {
  const accept = { action: 'accept', priority: priority.always } as const;
  // Broadcast and multicast: their answers belong to no connection.
  const stateless = { ...accept, statematch: 'false' } as const;
  const dhcp = (protocol: string, client: number, server: number): readonly XmlElement[] => [
    rule({ ...stateless, direction: 'out' }, protocol, { srcportstart: client, dstportstart: server }),
    rule({ ...stateless, direction: 'in' }, protocol, { srcportstart: server, dstportstart: client }),
  ];
  return [
    // What tells of an accepted connection that it is too big or leads nowhere.
    rule({ ...accept, direction: 'inout' }, 'icmp', { state: 'RELATED' }),
    rule({ ...accept, direction: 'inout' }, 'icmpv6', { state: 'RELATED' }),
    ...dhcp('udp', 68, 67),
    ...dhcp('udp-ipv6', 546, 547),
    ...discovery.map((type) => rule({ ...stateless, direction: 'inout' }, 'icmpv6', { type })),
  ];
}

function ruleElements(of: FirewallRule, index: number): readonly XmlElement[] {
  const { direction, action, protocol, ports, remote } = of;
  const [address = null, mask = null] = remote === null ? [] : remote.split('/');
  const isIpv6 = address?.includes(':') === true;
  const end = direction === 'in' ? 'src' : 'dst';
  const match: Attributes = {
    // All of a family is the family alone: libvirt knows no empty mask.
    ...(mask === null || mask === '0' ? {} : { [`${end}ipaddr`]: address, [`${end}ipmask`]: mask }),
    ...(ports === null
      ? {}
      : { dstportstart: ports.first, dstportend: ports.last === ports.first ? null : ports.last }),
    // So that what is dropped going out are the guest's calls and not its answers.
    ...(direction === 'out' && action !== 'accept' ? { state: 'NEW' } : {}),
  };
  const protocols = protocolElements[protocol].filter(
    (_each, place) => address === null || (place === 1) === isIpv6,
  );
  return protocols.map((each) =>
    rule({ action, direction, priority: priority[direction] + index }, each, match),
  );
}

/** The elements for IPv4 and IPv6. */
export const protocolElements: Readonly<Record<Protocol, readonly [string, string]>> = {
  tcp: ['tcp', 'tcp-ipv6'],
  udp: ['udp', 'udp-ipv6'],
  icmp: ['icmp', 'icmpv6'],
  all: ['all', 'all-ipv6'],
};

/** Where a rule of a direction is among them; null: at that priority there is none. */
export function ruleIndex(direction: Direction, at: number, most: number): number | null {
  const index = at - priority[direction];
  return index >= 0 && index < most ? index : null;
}
