import type { VolumeRequest } from '../spec/spec.ts';

/** What is said of the order in which volumes are booted from. */
export interface Bootable extends Pick<VolumeRequest, 'priority' | 'bootable'> {
  readonly device: 'disk' | 'cdrom';
}

/**
 * The place of each in the order of booting, from 1; null: it is not booted from. Priorities count, then what is marked
 * bootable; if nothing is said, the first disk. Media come after that: an installed disk is booted from, an empty one is not.
 */
export function bootOrders(volumes: readonly Bootable[]): readonly (number | null)[] {
  const indexed = volumes.map((volume, index) => ({ ...volume, index }));
  const said = indexed.filter(({ priority, bootable }) => priority !== null || bootable);
  const disks = indexed.filter(({ device }) => device === 'disk');
  const first = (said.length === 0 ? disks.slice(0, 1) : said).sort(
    (a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity) || a.index - b.index || 0,
  );
  const media = indexed.filter((volume) => volume.device === 'cdrom' && !first.includes(volume));
  const order = [...first, ...media].map(({ index }) => index);
  return volumes.map((_, index) => {
    const place = order.indexOf(index);
    return place === -1 ? null : place + 1;
  });
}
