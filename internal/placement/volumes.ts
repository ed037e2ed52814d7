import type { GuestProfile } from '../guests/profile.ts';
import { bootOrders } from './boot-order.ts';
import type { PlacementInput, PlacementPolicy, VolumePlan } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';
import { findVolume, type SourcedVolume } from './volume-sources.ts';

export interface VolumeChoice {
  readonly volumes: readonly VolumePlan[];
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

const gigabyte = 1e9;
/** Finds the volumes that exist, and plans those that are to be made. */
export function chooseVolumes(
  { spec, ...offers }: Pick<PlacementInput, 'spec' | 'volumes' | 'images' | 'media' | 'policy'>,
  profile: GuestProfile,
): VolumeChoice {
  const obstacles: Obstacle[] = [];
  const sourced = spec.volumes.flatMap((request, index) => {
    const { id, name, iso } = request;
    const subject = `volume ${id ?? iso ?? name ?? String(index)}`;
    const found = findVolume(request, subject, offers, profile);
    if ('obstacles' in found) {
      obstacles.push(...found.obstacles);
      return [];
    }
    return [{ request, subject, plan: found.plan }];
  });
  obstacles.push(
    ...sourced.flatMap(({ plan, subject }, index) => twice(plan, subject, sourced.slice(0, index))),
  );
  const orders = bootOrders(sourced.map(({ request, plan }) => ({ ...request, device: plan.device })));
  const volumes = sourced.map(({ plan }, index): VolumePlan => ({
    ...plan,
    bootOrder: orders[index] ?? null,
  }));
  const { policy } = offers;
  return {
    volumes,
    obstacles: [...obstacles, ...lackOfSpace(volumes, policy)],
    warnings: [...smallDiskWarnings(volumes, profile), ...thinWarnings(volumes, policy)],
  };
}

/** One volume cannot be two disks of one VM, however it is named. */
function twice(
  plan: SourcedVolume,
  subject: string,
  before: readonly { readonly plan: SourcedVolume }[],
): readonly Obstacle[] {
  const same = before.some(
    ({ plan: other }) =>
      (plan.id !== null && plan.id === other.id) ||
      (plan.existing !== null && plan.existing.path === other.existing?.path),
  );
  if (!same) return [];
  const name = plan.id ?? plan.existing?.name ?? '';
  return [
    obstacle('volume-mismatch', subject, `The volume ${name} is named twice.`, { fix: 'Name it once.' }),
  ];
}

function wantedBytes(volumes: readonly VolumePlan[], format: VolumePlan['format']): number {
  return volumes
    .filter((volume) => volume.action === 'create' && volume.format === format)
    .reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}

function lackOfSpace(volumes: readonly VolumePlan[], { pool }: PlacementPolicy): readonly Obstacle[] {
  const raw = wantedBytes(volumes, 'raw');
  const { heldBytes = 0 } = pool;
  const whole = raw + wantedBytes(volumes, 'qcow2');
  if (pool.availableBytes !== null && heldBytes > 0 && whole > pool.availableBytes) {
    return [
      obstacle(
        'pool-full',
        'volumes',
        `The new volumes may take ${whole} bytes; the pool "${pool.name}" has ${pool.availableBytes} left beside ${heldBytes} that are held for subscriptions.`,
        { fix: 'Ask for less, free some space, or subscribe to storage.' },
      ),
    ];
  }
  if (pool.availableBytes === null || raw <= pool.availableBytes) return [];
  return [
    obstacle(
      'pool-full',
      'volumes',
      `The new raw volumes take ${raw} bytes; the pool "${pool.name}" has ${pool.availableBytes} left.`,
      { fix: 'Ask for less, for qcow2 (which grows as it is written), or free some space.' },
    ),
  ];
}

/** Not refused: a guest that is installed already may do with less. */
function smallDiskWarnings(
  volumes: readonly VolumePlan[],
  { minDiskBytes }: GuestProfile,
): readonly string[] {
  const boot = volumes.find(({ bootOrder, device }) => bootOrder === 1 && device !== 'cdrom');
  if (boot?.sizeBytes === undefined || boot.sizeBytes === null || boot.sizeBytes >= minDiskBytes) return [];
  return [
    `The disk to boot from has ${inGigabytes(boot.sizeBytes)} GB; the guest's setup wants ${inGigabytes(minDiskBytes)} GB.`,
  ];
}

function inGigabytes(bytes: number): string {
  return (bytes / gigabyte).toFixed(1);
}

function thinWarnings(volumes: readonly VolumePlan[], { pool }: PlacementPolicy): readonly string[] {
  const thin = wantedBytes(volumes, 'qcow2');
  if (pool.availableBytes === null || thin <= pool.availableBytes) return [];
  return [
    `The new volumes may grow to ${inGigabytes(thin)} GB; the pool "${pool.name}" has ${inGigabytes(pool.availableBytes)} GB left. They will fail when it is full.`,
  ];
}
