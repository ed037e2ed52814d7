import { amount, fraction, path, volumeName } from '../values.ts';
import type { Variable } from './variable.ts';

/** What can be leased, booked and had as a flavor. */
export const rentingVariables = {
  leases: {
    name: 'PROTIUM_LEASES',
    aliases: [],
    fallback: null,
    unset: 'the rules that leases.md tells, and no webhook',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Who may lease what, how far ahead and how long; the webhook that is told; see leases.md.',
    schema: path,
  },
  bookingDataset: {
    name: 'PROTIUM_BOOKING_DATASET',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'POOL/NAME of a volume with a file system on it',
    meaning: 'What every machine that is booked (protium booking) can read at /root/Dataset; see booking.md.',
    schema: volumeName,
  },
  flavors: {
    name: 'PROTIUM_FLAVORS',
    aliases: [],
    fallback: null,
    unset: 'the flavors that the host itself has',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Flavors of your own, and changes of those that Protium works out; see flavors.md.',
    schema: path,
  },
} as const satisfies Record<string, Variable>;

/** What subscriptions cost. */
export const priceVariables = {
  subscriptionDiscount: {
    name: 'PROTIUM_SUBSCRIPTION_DISCOUNT',
    aliases: [],
    fallback: '1',
    allowed: 'a number from 0 to 1',
    meaning: 'What a month of a subscription to a flavor costs, of what 720 hours of the flavor cost.',
    schema: fraction,
  },
  storagePrice: {
    name: 'PROTIUM_STORAGE_PRICE',
    aliases: [],
    fallback: '0',
    allowed: 'a number that is not negative',
    meaning: 'What a month of a subscription to 100 GiB costs.',
    schema: amount,
  },
  addressPrice: {
    name: 'PROTIUM_ADDRESS_PRICE',
    aliases: [],
    fallback: '0',
    allowed: 'a number that is not negative',
    meaning: 'What a month of a subscription to a floating address costs.',
    schema: amount,
  },
} as const satisfies Record<string, Variable>;
