import { InvalidArgumentError } from 'commander';
import type { FirewallRule } from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';

/**
 * `DIRECTION:PROTOCOL[:PORTS[:REMOTE]]`, e.g. `in:tcp:80-90:10.0.0.0/8`; without ports: `in:icmp::10.0.0.0/8`.
 *
 * @throws InvalidArgumentError when it has not that form; the daemon checks what is in it
 */
export function parseRule(text: string, action: string): FirewallRule {
  const [, direction = '', protocol = '', ports = '', remote = ''] =
    /^([a-z]+):([a-z]+)(?::([^:]*)(?::(.+))?)?$/.exec(text) ?? [];
  if (direction === '') {
    throw new InvalidArgumentError(
      'A rule is DIRECTION:PROTOCOL[:PORTS[:REMOTE]], e.g. in:tcp:80-90:10.0.0.0/8.',
    );
  }
  return { direction, action, protocol, ...parsePorts(ports), remote };
}

/** `80`, `80-90`, or nothing. */
export function parsePorts(text: string): { readonly portFirst: number; readonly portLast: number } {
  if (text === '') return { portFirst: 0, portLast: 0 };
  const [, first = '', last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  const ports = { portFirst: Number(first), portLast: Number(last) };
  // 0 means all to the daemon, and is not what somebody means who writes it.
  if (first === '' || Object.values(ports).some((port) => port < 1 || port > 65_535)) {
    throw new InvalidArgumentError('Ports are PORT or FIRST-LAST, from 1 to 65535.');
  }
  return ports;
}

/** As parseRule() reads it, without the action. */
export function ruleText({ direction, protocol, portFirst, portLast, remote }: FirewallRule): string {
  const ports = portFirst === portLast ? `${portFirst}` : `${portFirst}-${portLast}`;
  const shown = portFirst === 0 ? '' : ports;
  return [
    direction,
    protocol,
    ...(shown === '' && remote === '' ? [] : [shown]),
    ...(remote === '' ? [] : [remote]),
  ].join(':');
}
