import type { SubscriptionPlan } from './subscription.ts';

/** What the operator sets. */
export interface SubscriptionPrices {
  /** Of what a month by the hour costs: 1 is the whole of it. */
  readonly discount: number;
  /** For 100 GiB and a month. */
  readonly storagePerMonth: number;
  /** For one address and a month. */
  readonly addressPerMonth: number;
}

/** What plans are made of. */
export interface PlannedFlavor {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** `-`: it has no devices. */
  readonly deviceDescription: string;
  readonly pricePerHour: number;
  /** Not to be had by anybody, for a reason of its own. */
  readonly limited: boolean;
}

export const storagePlan = 'storage-100gib';
export const addressPlan = 'floating-address';
export const storagePlanBytes = 100 * 1024 ** 3;

/** What a month by the hour is taken to be. */
const hoursPerMonth = 24 * 30;

/**
 * One plan for each flavor that anybody may have, storage, and addresses. Pure.
 *
 * @param hasAddresses whether the host has floating addresses at all
 */
export function plansOf(
  flavors: readonly PlannedFlavor[],
  { discount, storagePerMonth, addressPerMonth }: SubscriptionPrices,
  hasAddresses: boolean,
): readonly SubscriptionPlan[] {
  const ofFlavors = flavors
    .filter(({ limited }) => !limited)
    .map(({ name, vcpus, memoryMib, deviceDescription, pricePerHour }): SubscriptionPlan => ({
      id: name,
      kind: 'flavor',
      description:
        deviceDescription === '-'
          ? `${vcpus} vCPU, ${memoryMib} MiB`
          : `${vcpus} vCPU, ${memoryMib} MiB, ${deviceDescription}`,
      pricePerMonth: toTenThousandths(hoursPerMonth * pricePerHour * discount),
    }));
  return [
    ...ofFlavors,
    {
      id: storagePlan,
      kind: 'storage',
      description: '100 GiB for volumes',
      pricePerMonth: toTenThousandths(storagePerMonth),
    },
    ...(hasAddresses
      ? [
          {
            id: addressPlan,
            kind: 'address' as const,
            description: 'an IPv4 address for an instance',
            pricePerMonth: toTenThousandths(addressPerMonth),
          },
        ]
      : []),
  ];
}

function toTenThousandths(amount: number): number {
  return Math.round(amount * 1e4) / 1e4;
}
