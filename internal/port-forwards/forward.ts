export type Protocol = 'tcp' | 'udp';

/** A port of the host that leads to a port of an instance, as it is kept. */
export interface PortForward {
  readonly id: string;
  /** uuid. */
  readonly instance: string;
  readonly protocol: Protocol;
  /** That is listened on; 0.0.0.0 and :: are all. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Name of the network by which the guest is reached. */
  readonly network: string;
  /** The guest's, reserved for it. */
  readonly guestAddress: string;
  readonly guestPort: number;
  /** CIDR blocks of who may connect; none: everybody. */
  readonly sources: readonly string[];
  /** ISO time. */
  readonly createdAt: string;
}

/** How a forward is doing. */
export interface ForwardStatus {
  /** `nftables`: the kernel rewrites packets from outside. `proxy`: the daemon passes the data on. */
  readonly mechanism: 'nftables' | 'proxy';
  readonly state: 'open' | 'waiting' | 'failed';
  /** Why it failed. */
  readonly problem: string | null;
}

/** Whether two forwards would answer on the same port of the host. */
export function collide(
  a: Pick<PortForward, 'protocol' | 'hostAddress' | 'hostPort'>,
  b: Pick<PortForward, 'protocol' | 'hostAddress' | 'hostPort'>,
): boolean {
  return (
    a.protocol === b.protocol &&
    a.hostPort === b.hostPort &&
    (a.hostAddress === b.hostAddress || isWildcard(a.hostAddress) || isWildcard(b.hostAddress))
  );
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
