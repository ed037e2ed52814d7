import { claimOfPlan } from '../instances/claims.ts';
import type { Claim } from '../placement/claim.ts';
import type { Subscription } from './subscription.ts';

/**
 * What subscriptions hold of the host beside what is taken already: of one on which an instance lives only what the instance
 * does not have, so that nothing counts twice and nothing is given to others. Pure.
 *
 * @param taken what domains and operations have
 * @param without of this one nothing: an instance is about to be placed on it
 */
export function subscriptionClaims(
  subscriptions: readonly Subscription[],
  taken: readonly Claim[],
  without: string | null = null,
): readonly Claim[] {
  return subscriptions.flatMap(({ id, held, instance, endedAt }) => {
    if (held.kind !== 'flavor' || endedAt !== null || id === without) return [];
    const whole = claimOfPlan({ uuid: id, name: `subscription ${id}` }, 'subscription', held.plan);
    const user = instance === null ? undefined : taken.find(({ holder }) => holder === instance);
    const rest = user === undefined ? whole : restOf(whole, user);
    return rest === null ? [] : [rest];
  });
}

/** What is left of a claim when the user's part is taken off; null: nothing. Pure. */
export function restOf(whole: Claim, user: Claim): Claim | null {
  const nodes = new Map(user.memoryNodes.map(({ node, mib }) => [node, mib]));
  const samePages = user.hugepages?.sizeKib === whole.hugepages?.sizeKib;
  const pages = Math.max(0, (whole.hugepages?.count ?? 0) - (samePages ? (user.hugepages?.count ?? 0) : 0));
  const rest: Claim = {
    ...whole,
    cores: whole.cores.filter((core) => !user.cores.includes(core)),
    slots: Math.max(0, whole.slots - user.slots),
    memoryMib: Math.max(0, whole.memoryMib - user.memoryMib),
    memoryNodes: whole.memoryNodes
      .map(({ node, mib }) => ({ node, mib: Math.max(0, mib - (nodes.get(node) ?? 0)) }))
      .filter(({ mib }) => mib > 0),
    hugepages: whole.hugepages === null || pages === 0 ? null : { ...whole.hugepages, count: pages },
    pci: whole.pci.filter((address) => !user.pci.includes(address)),
  };
  return isNothing(rest) ? null : rest;
}

function isNothing({ cores, memoryMib, memoryNodes, hugepages, pci }: Claim): boolean {
  return (
    cores.length === 0 &&
    memoryMib === 0 &&
    memoryNodes.length === 0 &&
    hugepages === null &&
    pci.length === 0
  );
}
