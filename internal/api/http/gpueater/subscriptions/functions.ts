import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { Flavor } from '../../../../flavors/flavor.ts';
import type {
  Subscription,
  SubscriptionPlan,
  Subscriptions,
} from '../../../../subscriptions/subscription.ts';
import type { GpueaterFunction } from '../function.ts';
import { askToLaunch, launchFields, type AskToLaunchParts } from '../instances/ask-to-launch.ts';
import { shownProduct, type LaunchList, type LaunchListParts } from '../products/launch-list.ts';
import { chooseSubscription } from './choose-subscription.ts';

export interface SubscriptionGroupParts {
  readonly subscriptions: Subscriptions;
  readonly instances: AskToLaunchParts;
  readonly products: LaunchListParts;
}

const since = '0.1.0';
/** Their words for what is subscribed to. */
const kinds = { instance: 'flavor', storage: 'storage', network: 'address' } as const;
type Word = keyof typeof kinds;
const offered = { instance: 'products', storage: 'storage', network: 'addresses' } as const;

const routes: Readonly<Record<Word, { plans: string; subscribe: string; unsubscribe: string }>> = {
  instance: { plans: '/plan_list_v1', subscribe: '/subscribe', unsubscribe: '/unsubscribe_for_admin' },
  storage: {
    plans: '/plan_list_storage',
    subscribe: '/subscribe_storage',
    unsubscribe: '/unsubscribe_storage',
  },
  network: {
    plans: '/plan_list_network',
    subscribe: '/subscribe_network',
    unsubscribe: '/unsubscribe_network',
  },
};

/** The group of subscriptions: parts of the host that are held for the user. */
export function subscriptionFunctions(parts: SubscriptionGroupParts): readonly GpueaterFunction[] {
  const { subscriptions } = parts;
  return [
    ...(['instance', 'storage', 'network'] as const).flatMap((word) => ofKind(subscriptions, word)),
    {
      name: 'subscription_list',
      method: 'GET',
      path: '/subscription_launch_list',
      fields: [],
      since,
      listed: true,
      description:
        'What an instance can be launched from on a subscription; the pool of a product: the subscriptions to it that are free.',
      handle: ({ user: { owner } }) => subscriptionLaunchList(parts, owner),
    },
    {
      name: 'launch_subcription_instance',
      method: 'POST',
      path: '/launch_subscription_instance',
      fields: [
        {
          name: 'subscription_id',
          required: true,
          description: 'As subscribed_list has it; of a plan, one of it that no instance lives on.',
        },
        ...launchFields.map((field) =>
          field.name === 'product_id'
            ? { ...field, required: false, description: 'The product that is subscribed to.' }
            : field,
        ),
      ],
      since,
      listed: true,
      description: 'Makes and starts an instance on what a subscription holds, also when all else is taken.',
      handle: (call) => {
        const { user, form } = call;
        const own = subscriptions.list({ owner: user.owner });
        const { id, held } = chooseSubscription(subscriptions, own, form.text('subscription_id'));
        if (held.kind !== 'flavor') {
          throw invalidArgument(
            'subscription_id',
            `That is a subscription to ${held.kind === 'storage' ? 'storage' : 'an address'}: no instance can live on it.`,
          );
        }
        return askToLaunch(parts.instances, call, { subscription: id, flavor: held.flavor });
      },
    },
    {
      name: 'subscribed_list',
      method: 'GET',
      path: '/subscribed_list',
      fields: [],
      since,
      listed: false,
      description: 'What the user is subscribed to, the oldest first.',
      handle: ({ user: { owner } }) =>
        Promise.resolve(
          subscriptions
            .list({ owner })
            .map((subscription) => shownSubscription(subscription, subscriptions.usedBy(subscription))),
        ),
    },
  ];
}

/** As for a launch on demand, but what is in stock is what the owner has. */
async function subscriptionLaunchList(
  { subscriptions, products }: Pick<SubscriptionGroupParts, 'subscriptions' | 'products'>,
  owner: string,
): Promise<LaunchList> {
  const free = subscriptions
    .list({ owner })
    .filter((subscription) => subscriptions.usedBy(subscription) === null);
  const poolOf = ({ name }: Flavor): readonly string[] =>
    free.flatMap(({ id, held }) => (held.kind === 'flavor' && held.flavor === name ? [id] : []));
  const flavors = await products.flavors.list();
  return {
    images: products.images(owner),
    ssh_keys: products.sshKeys(owner),
    products: flavors.map((flavor) => shownProduct(flavor, poolOf(flavor))),
  };
}

function ofKind(subscriptions: Subscriptions, word: Word): readonly GpueaterFunction[] {
  const kind = kinds[word];
  const { plans, subscribe, unsubscribe } = routes[word];
  const plansOfKind = async () => (await subscriptions.plans()).filter((plan) => plan.kind === kind);
  return [
    {
      name: `subscription_${word}_list`,
      method: 'GET',
      path: plans,
      fields: [],
      since,
      listed: true,
      description: `What can be subscribed to: plans of ${offered[word]}.`,
      handle: async () => (await plansOfKind()).map(shownPlan),
    },
    {
      name: `subscribe_${word}`,
      method: 'POST',
      path: subscribe,
      fields: [
        { name: 'subscription_id', required: true, description: `Of a plan of subscription_${word}_list.` },
      ],
      since,
      listed: true,
      description:
        word === 'network'
          ? 'Holds an address for the user, from now on: the next instance without one gets it.'
          : 'Holds what the plan says for the user, from now on.',
      async handle({ user: { owner }, form }) {
        const id = form.text('subscription_id');
        const plan = (await plansOfKind()).find((each) => each.id === id);
        if (plan === undefined) {
          throw new ProtiumError('not-found', `There is no plan "${id.slice(0, 64)}" of ${word}s.`);
        }
        return shownSubscription(await subscriptions.create({ owner, plan: plan.id }), null);
      },
    },
    {
      name: `unsubscribe_${word}`,
      method: 'POST',
      path: unsubscribe,
      fields: [
        {
          name: 'subscription_id',
          required: true,
          description:
            'As subscribed_list has it; of a plan, the newest one of it that no instance lives on.',
        },
      ],
      since,
      listed: true,
      description:
        word === 'network'
          ? 'Ends a subscription now; an instance to which the address leads keeps it.'
          : 'Ends a subscription now; refused while an instance lives on it.',
      async handle({ user: { owner }, form }) {
        const own = subscriptions.list({ owner }).filter(({ held }) => held.kind === kind);
        const { id } = chooseSubscription(subscriptions, own, form.text('subscription_id'));
        await subscriptions.end({ id, owner });
        return null;
      },
    },
  ];
}

function shownPlan({ id, kind, description, pricePerMonth }: SubscriptionPlan): object {
  return {
    subscription_id: id,
    plan_id: id,
    name: id,
    product_id: kind === 'flavor' ? id : '',
    description,
    price: pricePerMonth,
  };
}

function shownSubscription(subscription: Subscription, instance: string | null): object {
  const { id, plan, held, pricePerMonth, createdAt } = subscription;
  return {
    subscription_id: id,
    plan_id: plan,
    product_id: held.kind === 'flavor' ? held.flavor : '',
    kind: wordOf(held.kind),
    size: held.kind === 'storage' ? held.bytes / 1024 ** 3 : 0,
    ipv4: held.kind === 'address' ? held.address : '',
    price: pricePerMonth,
    instance_id: instance ?? '',
    created_at: new Date(createdAt).toISOString(),
  };
}

function wordOf(kind: Subscription['held']['kind']): Word {
  if (kind === 'flavor') return 'instance';
  return kind === 'storage' ? 'storage' : 'network';
}
