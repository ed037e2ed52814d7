import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { Subscription, Subscriptions } from '../../../../subscriptions/subscription.ts';

/**
 * The one that is meant by its id, or by its plan's: GPUEater calls both `subscription_id`. Of a plan, the newest on which no
 * instance lives, else the newest. Throws `not-found`.
 *
 * @param own oldest first
 */
export function chooseSubscription(
  { usedBy }: Pick<Subscriptions, 'usedBy'>,
  own: readonly Subscription[],
  named: string,
): Subscription {
  const ofPlan = own.filter(({ plan }) => plan === named);
  const found =
    own.find(({ id }) => id === named) ??
    ofPlan.findLast((subscription) => usedBy(subscription) === null) ??
    ofPlan.at(-1);
  if (found !== undefined) return found;
  throw new ProtiumError('not-found', `There is no subscription "${named.slice(0, 64)}".`);
}
