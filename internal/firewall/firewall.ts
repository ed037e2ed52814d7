import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { invalidArgument } from '../errors/invalid-argument.ts';

export type Direction = 'in' | 'out';
export type Verdict = 'accept' | 'drop' | 'reject';
export type Protocol = 'tcp' | 'udp' | 'icmp' | 'all';

/** What is done with new connections; their answers go with them. */
export interface FirewallRule {
  /** `in`: the guest is called; `out`: it calls. */
  readonly direction: Direction;
  readonly action: Verdict;
  /** `icmp` is ICMP and ICMPv6. */
  readonly protocol: Protocol;
  /** Of the guest for `in`, of the other end for `out`; null: all. Only of tcp and udp. */
  readonly ports: { readonly first: number; readonly last: number } | null;
  /** The other end, as a CIDR block without bits after its prefix; null: everybody, over IPv4 and IPv6. */
  readonly remote: string | null;
}

/** The firewall of an instance: the first rule of its direction that fits a connection decides, else the default. */
export interface Firewall {
  readonly defaultIn: 'accept' | 'drop';
  readonly defaultOut: 'accept' | 'drop';
  readonly rules: readonly FirewallRule[];
}

/** An instance without a firewall. */
export const openFirewall: Firewall = { defaultIn: 'accept', defaultOut: 'accept', rules: [] };

export const mostRules = 256;

export function isOpen({ defaultIn, defaultOut, rules }: Firewall): boolean {
  return defaultIn === 'accept' && defaultOut === 'accept' && rules.length === 0;
}

/** A rule as a request has it. */
export interface RuleRequest {
  readonly direction: string;
  readonly action: string;
  readonly protocol: string;
  /** 0: none. */
  readonly portFirst: number;
  /** 0: the first is the only one. */
  readonly portLast: number;
  /** Empty: everybody. */
  readonly remote: string;
}

/**
 * A firewall as a request has it, checked.
 *
 * @throws ProtiumError `argument-invalid`, naming the field
 */
export function readFirewallRequest(request: {
  readonly defaultIn: string;
  readonly defaultOut: string;
  readonly rules: readonly RuleRequest[];
}): Firewall {
  const { rules } = request;
  if (rules.length > mostRules) {
    throw invalidArgument('rules', `There may be ${mostRules} rules; these are ${rules.length}.`);
  }
  const defaultOf = (field: string, text: string) =>
    text === '' ? 'accept' : choice(field, text, ['accept', 'drop']);
  return {
    defaultIn: defaultOf('default_in', request.defaultIn),
    defaultOut: defaultOf('default_out', request.defaultOut),
    rules: rules.map((rule, index) => readRule(rule, `rules[${index}]`)),
  };
}

function readRule(rule: RuleRequest, place: string): FirewallRule {
  const protocol = choice(`${place}.protocol`, rule.protocol === '' ? 'all' : rule.protocol, [
    'tcp',
    'udp',
    'icmp',
    'all',
  ]);
  return {
    direction: choice(`${place}.direction`, rule.direction, ['in', 'out']),
    action: choice(`${place}.action`, rule.action === '' ? 'accept' : rule.action, [
      'accept',
      'drop',
      'reject',
    ]),
    protocol,
    ports: readPorts(rule, protocol, place),
    remote: rule.remote === '' ? null : readRemote(`${place}.remote`, rule.remote),
  };
}

function readPorts({ portFirst, portLast }: RuleRequest, protocol: Protocol, place: string) {
  if (portFirst === 0 && portLast === 0) return null;
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw invalidArgument(`${place}.port_first`, `Only tcp and udp have ports, not ${protocol}.`);
  }
  const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;
  if (!isPort(portFirst)) throw invalidArgument(`${place}.port_first`, 'A port is 1 to 65535.');
  const last = portLast === 0 ? portFirst : portLast;
  if (!isPort(last)) throw invalidArgument(`${place}.port_last`, 'A port is 1 to 65535.');
  if (last < portFirst) {
    throw invalidArgument(`${place}.port_last`, `The last port, ${last}, is below the first, ${portFirst}.`);
  }
  return { first: portFirst, last };
}

function readRemote(field: string, text: string): string {
  const [, address = text, length] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const prefix = length === undefined ? longest : Number(length);
  if (family === 0 || address.includes('%') || prefix > longest) {
    throw invalidArgument(
      field,
      `"${text}" is neither an address nor a CIDR block, e.g. 192.0.2.0/24 or 2001:db8::/32.`,
    );
  }
  if (family === 6 && ipaddr.IPv6.parse(address).isIPv4MappedAddress()) {
    throw invalidArgument(field, `"${text}" mixes IPv6 and IPv4: write the IPv4 block itself.`);
  }
  const of = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${of.networkAddressFromCIDR(`${address}/${prefix}`).toString()}/${prefix}`;
}

function choice<T extends string>(field: string, text: string, choices: readonly T[]): T {
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  throw invalidArgument(field, `"${text}" is not one of ${choices.join(', ')}.`);
}
