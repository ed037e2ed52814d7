import type { Subscription } from './subscription.ts';

/**
 * Bytes of a pool that are kept for owners of storage subscriptions: of each what it subscribed to, less what its volumes
 * take up already. Pure.
 *
 * @param usedBy bytes that the owner's volumes take up in that pool
 * @param except whoever asks for space: what is kept for it is not kept from it
 */
export function heldStorage(
  subscriptions: readonly Subscription[],
  pool: string,
  usedBy: (owner: string) => number,
  except: string | null,
): number {
  const subscribed = new Map<string, number>();
  for (const { owner, held, endedAt } of subscriptions) {
    if (held.kind !== 'storage' || held.pool !== pool || endedAt !== null || owner === except) continue;
    subscribed.set(owner, (subscribed.get(owner) ?? 0) + held.bytes);
  }
  return [...subscribed].reduce((sum, [owner, bytes]) => sum + Math.max(0, bytes - usedBy(owner)), 0);
}
