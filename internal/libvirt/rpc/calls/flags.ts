import type { ConfigScope } from '../../client.ts';

/** `value` if wanted, else 0: to be joined with `|`. */
export function bit(wanted: boolean | undefined, value: number): number {
  return wanted === true ? value : 0;
}

/** virDomainModificationImpact, and the same for networks: neither given, libvirt takes the current state. */
export function scopeFlags(scope: ConfigScope): number {
  return bit(scope.live, 1 << 0) | bit(scope.config, 1 << 1);
}

/** The flags of the list calls: active, inactive, persistent, transient (the same bits for domains, pools, networks). */
export function listFlags(
  filter: { readonly active?: boolean; readonly persistent?: boolean },
  bits: {
    readonly active: number;
    readonly inactive: number;
    readonly persistent: number;
    readonly transient: number;
  },
): number {
  return (
    bit(filter.active === true, bits.active) |
    bit(filter.active === false, bits.inactive) |
    bit(filter.persistent === true, bits.persistent) |
    bit(filter.persistent === false, bits.transient)
  );
}
