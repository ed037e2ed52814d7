import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { diskAmounts, type Quotas } from './quotas.ts';

/** Makes whoever makes volumes, or makes them larger, stay within the quota of the project that they are for. */
export function guardedByQuota(guard: StorageGuard, quotas: Pick<Quotas, 'require' | 'hold'>): StorageGuard {
  return {
    ownerOf: (volume) => guard.ownerOf(volume),
    async require(wanted) {
      await guard.require(wanted);
      const { owner, bytes, operation, isMoved = false } = wanted;
      if (owner === null || isMoved) return;
      const asked = diskAmounts(Number(bytes));
      if (operation === undefined) quotas.require(owner, asked);
      else quotas.hold(operation, owner, asked);
    },
  };
}
