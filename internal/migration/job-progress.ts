import type { JobStats } from '../libvirt/objects.ts';

/** How far a migration is, 0 to 1, by libvirt's statistics of the job; null: there is nothing to tell. Pure. */
export function jobFraction({ type, stats }: JobStats): number | null {
  if (type === 'none') return null;
  const bytes = (name: string): number => {
    const value = stats[name];
    return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : 0;
  };
  const [total, remaining] = [bytes('data_total'), bytes('data_remaining')];
  if (total <= 0) return null;
  return Math.min(1, Math.max(0, 1 - remaining / total));
}
