import type { GuestProfile } from '../guests/profile.ts';
import type { Spec, VolumeRequest } from '../spec/spec.ts';
import type { PlacementPolicy, VolumeOffer, VolumePlan } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

export interface VolumeChoice {
  readonly volumes: readonly VolumePlan[];
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

const gigabyte = 1e9;
/** As libvirt names them; an image of another kind may name files of the host. */
const knownFormats = new Set(['qcow2', 'raw', 'iso', 'unknown']);

/** Finds the volumes that exist, and plans those that are to be made. */
export function chooseVolumes(
  spec: Spec,
  offers: readonly VolumeOffer[],
  profile: GuestProfile,
  policy: PlacementPolicy,
): VolumeChoice {
  const obstacles: Obstacle[] = [];
  const orders = bootOrders(spec.volumes);
  const volumes = spec.volumes.flatMap((request, index): readonly VolumePlan[] => {
    const subject = `volume ${request.id ?? request.name ?? String(index)}`;
    if (request.id !== null && spec.volumes.findIndex(({ id }) => id === request.id) < index) {
      obstacles.push(
        obstacle('volume-mismatch', subject, `The volume ${request.id} is named twice.`, {
          fix: 'Name it once.',
        }),
      );
      return [];
    }
    const existing = request.id === null ? undefined : offers.find(({ id }) => id === request.id);
    const common = {
      id: request.id,
      pool: existing?.pool ?? policy.pool.name,
      bus: request.bus ?? profile.diskBus,
      readonly: request.readonly,
      bootOrder: orders.get(request) ?? null,
    };
    if (existing === undefined) {
      if (request.sizeBytes !== null) {
        const format = request.format ?? 'qcow2';
        return [{ ...common, action: 'create', existing: null, sizeBytes: request.sizeBytes, format }];
      }
      obstacles.push(
        obstacle('volume-missing', subject, `There is no volume ${request.id ?? ''} in any active pool.`, {
          fix: 'Give it a size in bytes to have it made, or leave it out; virsh vol-list POOL shows what there is.',
        }),
      );
      return [];
    }
    obstacles.push(...against(request, existing, subject));
    // Pools without formats (LVM) hold plain bytes.
    const format = existing.format === 'qcow2' ? 'qcow2' : 'raw';
    const { name, path } = existing;
    return [
      {
        ...common,
        action: 'use',
        existing: { name, path, format },
        sizeBytes: existing.capacityBytes,
        format,
      },
    ];
  });
  return {
    volumes,
    obstacles: [...obstacles, ...lackOfSpace(volumes, policy)],
    warnings: [...smallDiskWarnings(volumes, profile), ...thinWarnings(volumes, policy)],
  };
}

function against(request: VolumeRequest, existing: VolumeOffer, subject: string): readonly Obstacle[] {
  const users = existing.usedBy;
  const unreadable =
    existing.format === null || knownFormats.has(existing.format)
      ? []
      : [
          obstacle(
            'volume-mismatch',
            subject,
            `The volume ${existing.name} is in the format ${existing.format}, which is not given to VMs.`,
            { fix: 'Convert it (qemu-img convert -O qcow2).' },
          ),
        ];
  const used =
    users.length === 0 || request.readonly
      ? []
      : [
          obstacle(
            'volume-in-use',
            subject,
            `The volume ${existing.name} is a disk of ${users.join(', ')}.`,
            {
              fix: 'Detach it there, or ask for it as readonly.',
              details: { usedBy: users },
            },
          ),
        ];
  const small =
    request.sizeBytes === null || existing.capacityBytes >= request.sizeBytes
      ? []
      : [
          obstacle(
            'volume-mismatch',
            subject,
            `The volume ${existing.name} has ${existing.capacityBytes} bytes, fewer than the ${request.sizeBytes} that are asked for.`,
            { fix: 'Leave the size out to take it as it is, or enlarge it first (virsh vol-resize).' },
          ),
        ];
  return [...unreadable, ...used, ...small];
}

/** 1 is booted from first. Priorities count, then what is marked bootable; if nothing is said, the first disk. */
function bootOrders(volumes: readonly VolumeRequest[]): ReadonlyMap<VolumeRequest, number> {
  const said = volumes.filter(({ priority, bootable }) => priority !== null || bootable);
  const ordered = (said.length === 0 ? volumes.slice(0, 1) : said)
    .map((volume, index) => ({ volume, index }))
    .sort(
      (a, b) => (a.volume.priority ?? Infinity) - (b.volume.priority ?? Infinity) || a.index - b.index || 0,
    );
  return new Map(ordered.map(({ volume }, index) => [volume, index + 1]));
}

function wantedBytes(volumes: readonly VolumePlan[], format: VolumePlan['format']): number {
  return volumes
    .filter((volume) => volume.action === 'create' && volume.format === format)
    .reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}

function lackOfSpace(volumes: readonly VolumePlan[], { pool }: PlacementPolicy): readonly Obstacle[] {
  const raw = wantedBytes(volumes, 'raw');
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
  const boot = volumes.find(({ bootOrder }) => bootOrder === 1);
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
