import type { StorageGuard } from '../../../internal/subscriptions/storage-guard.ts';

/** Nobody is subscribed to storage. */
export const noHolds: StorageGuard = {
  require: () => Promise.resolve(),
  ownerOf: () => null,
  creatorOf: () => null,
  creatorOfImage: () => null,
};
