import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { diskAmounts, type Quotas } from './quotas.ts';

/** Makes whoever makes volumes, or makes them larger, stay within the quotas of the project that they are for and of the user. */
export function guardedByQuota(guard: StorageGuard, quotas: Pick<Quotas, 'require' | 'hold'>): StorageGuard {
  return {
    ownerOf: (volume) => guard.ownerOf(volume),
    creatorOf: (volume) => guard.creatorOf(volume),
    creatorOfImage: (name) => guard.creatorOfImage(name),
    async require(wanted) {
      await guard.require(wanted);
      const { owner, creator, bytes, operation, isMoved = false } = wanted;
      if (owner === null || isMoved) return;
      const whose = { project: owner, user: creator ?? undefined };
      const asked = diskAmounts(Number(bytes));
      if (operation === undefined) quotas.require(whose, asked);
      else quotas.hold(operation, whose, asked);
    },
  };
}
