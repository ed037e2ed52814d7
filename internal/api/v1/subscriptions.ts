import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { Subscription as Kept, Subscriptions } from '../../subscriptions/subscription.ts';
import {
  SubscriptionsServiceClient,
  type Subscription,
  type SubscriptionsServiceServer,
} from '../grpc/generated/protium/v1/subscriptions.ts';
import { listPage } from './list-page.ts';
import { ownerOf, ownerOrAdministrator } from './owner.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.SubscriptionsService. */
export function subscriptionsService(subscriptions: Subscriptions): V1Service {
  const encoded = (subscription: Kept) => encode(subscription, subscriptions.usedBy(subscription));
  return v1Service<SubscriptionsServiceServer>(SubscriptionsServiceClient, {
    listSubscriptionPlans: async (request) => {
      const page = listPage(await subscriptions.plans(), ({ id }) => id, request);
      return { plans: [...page.items], nextPageToken: page.nextPageToken };
    },
    listSubscriptions: (request, { caller }) => {
      const { owner, plan, ended } = request;
      const found = subscriptions
        .list({ ...(owner !== '' && { owner: ownerOf(owner) }), ended })
        .filter((subscription) => sees(caller, subscription.owner))
        .filter((subscription) => plan === '' || subscription.plan === plan);
      const page = listPage(found, oldestFirst, request);
      return { subscriptions: page.items.map(encoded), nextPageToken: page.nextPageToken };
    },
    getSubscription: ({ id }) => ({ subscription: encoded(subscriptions.get(id)) }),
    createSubscription: async ({ owner, ...request }) => {
      if (request.plan === '') throw invalidArgument('plan', 'Which plan? ListSubscriptionPlans tells them.');
      if (request.idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const made = await subscriptions.create({ ...request, owner: ownerOrAdministrator(owner) });
      return { subscription: encoded(made) };
    },
    deleteSubscription: async (request) => ({ subscription: encoded(await subscriptions.end(request)) }),
  });
}

function oldestFirst({ createdAt, id }: Kept): string {
  return `${String(createdAt).padStart(16, '0')}/${id}`;
}

function encode(
  { id, owner, plan, held, pricePerMonth, createdAt, endedAt }: Kept,
  instance: string | null,
): Subscription {
  return {
    id,
    owner,
    plan,
    kind: held.kind,
    pricePerMonth,
    instance: instance ?? undefined,
    createTime: new Date(createdAt),
    endTime: endedAt === null ? undefined : new Date(endedAt),
    pool: held.kind === 'storage' ? held.pool : undefined,
    bytes: held.kind === 'storage' ? BigInt(held.bytes) : undefined,
    address: held.kind === 'address' ? held.address : undefined,
  };
}
