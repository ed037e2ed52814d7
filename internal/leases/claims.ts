import { claimOfPlan } from '../instances/claims.ts';
import type { Claim } from '../placement/claim.ts';
import { restOf } from '../subscriptions/claims.ts';
import type { LeaseRecord } from './lease-record.ts';

/**
 * What leases that have begun hold of the host beside what is taken already: of one whose instance is there only what that does
 * not have. Pure.
 *
 * @param taken what domains and operations have
 * @param without of this one nothing: an instance is about to be placed on it
 */
export function leaseClaims(
  leases: readonly LeaseRecord[],
  taken: readonly Claim[],
  without: string | null,
): readonly Claim[] {
  return leases.flatMap(({ id, name, held, instance, state }) => {
    // One that is ending waits for its instance, which is a holder of its own; without one it holds nothing any more.
    if (held === null || id === without || state === 'ending') return [];
    const whole = claimOfPlan({ uuid: id, name: `lease ${name}` }, 'lease', held);
    const user = instance === null ? undefined : taken.find(({ holder }) => holder === instance);
    const rest = user === undefined ? whole : restOf(whole, user);
    return rest === null ? [] : [rest];
  });
}

/** Devices that leases name which have not begun: kept out of the way while there are others. Pure. */
export function namedClaims(leases: readonly LeaseRecord[], without: string | null): readonly Claim[] {
  return leases.flatMap(({ id, name, held, state, demand: { namedDevices } }) => {
    if (held !== null || state !== 'pending' || id === without || namedDevices.length === 0) return [];
    return [
      {
        holder: id,
        name: `lease ${name}`,
        kind: 'lease',
        cores: [],
        overprovision: 10,
        slots: 0,
        memoryMib: 0,
        memoryNodes: [],
        hugepages: null,
        pci: namedDevices,
      },
    ];
  });
}
