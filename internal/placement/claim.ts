/**
 * A part of the host that is taken. Claims are derived, never kept on their own: from domains (ours by the plan in their
 * metadata, foreign ones by their document while they run), from operations under way, from subscriptions and from leases.
 */
export interface Claim {
  /**
   * uuid of the domain that holds it or will: an operation and the domain that it makes are one holder. Of
   * `subscription` and `lease`, its id: the domain that lives on it is a holder of its own.
   */
  readonly holder: string;
  /** For a person: the domain's name; of a subscription, what it is. */
  readonly name: string;
  readonly kind: 'instance' | 'foreign' | 'operation' | 'subscription' | 'lease';
  /** Core ids (facts.ts) that it runs on; a foreign domain that is not pinned holds none. */
  readonly cores: readonly number[];
  /** In cores mode and threads mode: how many VMs may share each of those cores. Foreign: 10, the most there is. */
  readonly overprovision: number;
  /** Of `cores`: how many slots it was promised, for counting. */
  readonly slots: number;
  readonly memoryMib: number;
  /** From which NUMA nodes, with how much; empty: anywhere. */
  readonly memoryNodes: readonly { readonly node: number; readonly mib: number }[];
  readonly hugepages: { readonly sizeKib: number; readonly count: number } | null;
  /** Addresses of host devices, passed or parked. */
  readonly pci: readonly string[];
}

/** A device that must not be given out for a reason of its own. */
export interface DeviceCondition {
  readonly address: string;
  /** `stuck`: a driver change did not end. `quarantined`: it did not come back whole. `returning`: it is being given back.
   * `withheld`: it is not for whoever asks. */
  readonly condition: 'stuck' | 'quarantined' | 'returning' | 'withheld';
  readonly reason: string;
  /** ISO time. */
  readonly since: string;
}
