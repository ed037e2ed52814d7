import type { GuestProfile } from '../guests/profile.ts';
import type { VolumeRequest } from '../spec/spec.ts';
import { findImage, imageMissing } from './find-image.ts';
import type { ImageOffer, PlacementInput, VolumeOffer, VolumePlan } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** A volume of which only the place in the order of booting is open; or why it is not to be had. */
export type FoundVolume = { readonly plan: SourcedVolume } | { readonly obstacles: readonly Obstacle[] };

export type SourcedVolume = Omit<VolumePlan, 'bootOrder' | 'device'> & { readonly device: 'disk' | 'cdrom' };

type Offers = Pick<PlacementInput, 'volumes' | 'images' | 'media' | 'policy'>;

/** As libvirt names them; an image of another kind may name files of the host. */
const knownFormats = new Set(['qcow2', 'raw', 'iso', 'unknown']);

/** Where a volume comes from: it exists, is a medium, or is to be made, empty or from an image. */
export function findVolume(
  request: VolumeRequest,
  subject: string,
  offers: Offers,
  profile: GuestProfile,
): FoundVolume {
  if (request.iso !== null) return findMedium(request.iso, subject, offers);
  const { id, name } = request;
  const isNew = request.sizeBytes !== null || request.image !== null;
  const found =
    id !== null ? byId(offers.volumes, id) : isNew || name === null ? [] : byName(offers.volumes, name);
  const [existing, second] = found;
  if (second !== undefined) return { obstacles: [ambiguous(subject, name ?? '', found)] };
  if (existing !== undefined) return existingVolume(request, existing, subject, offers, profile);
  if (isNew) return newVolume(request, subject, offers, profile);
  return {
    obstacles: [
      obstacle('volume-missing', subject, `There is no volume ${id ?? name ?? ''} in any active pool.`, {
        fix: 'Give it a size in bytes to have it made, or leave it out; virsh vol-list POOL shows what there is.',
      }),
    ],
  };
}

/** A volume that holds an ISO is a medium, whatever was said. */
function existingVolume(
  request: VolumeRequest,
  existing: VolumeOffer,
  subject: string,
  { images }: Offers,
  profile: GuestProfile,
): FoundVolume {
  const image = images.find((each) => each.pool === existing.pool && each.volume === existing.name);
  if (image !== undefined) {
    const message = `The volume ${existing.name} is the image "${image.name}", which never changes.`;
    const fix = `Write "image": "${image.name}" to get a volume that is made from it.`;
    return { obstacles: [obstacle('volume-mismatch', subject, message, { fix })] };
  }
  const obstacles = against(request, existing, subject);
  if (obstacles.length > 0) return { obstacles };
  if (existing.format === 'iso') return { plan: mediumPlan(existing) };
  // Pools without formats (LVM) hold plain bytes.
  const format = existing.format === 'qcow2' ? 'qcow2' : 'raw';
  const { id, pool, name, path } = existing;
  return {
    plan: {
      id: request.id ?? id,
      action: 'use',
      device: 'disk',
      pool,
      backing: null,
      existing: { name, path, format },
      sizeBytes: existing.capacityBytes,
      format,
      bus: request.bus ?? profile.diskBus,
      readonly: request.readonly,
    },
  };
}

function newVolume(
  request: VolumeRequest,
  subject: string,
  { images, policy }: Offers,
  profile: GuestProfile,
): FoundVolume {
  const common = {
    id: request.id,
    action: 'create',
    device: 'disk',
    pool: policy.pool.name,
    existing: null,
    bus: request.bus ?? profile.diskBus,
    readonly: request.readonly,
  } as const;
  if (request.image === null) {
    const format = request.format ?? 'qcow2';
    return { plan: { ...common, backing: null, sizeBytes: request.sizeBytes, format } };
  }
  const image = findImage(images, request.image);
  if (image === null) return { obstacles: [imageMissing(subject, request.image, images)] };
  const { path } = image;
  if (path === null) {
    const message = `The volume ${image.volume} of the image "${image.name}" is in no active pool.`;
    const fix = `Start the pool: virsh pool-start ${image.pool}. Or import the image again.`;
    return { obstacles: [obstacle('image-missing', subject, message, { fix })] };
  }
  const obstacles = againstImage(request, image, subject);
  if (obstacles.length > 0) return { obstacles };
  const { id: imageId, name: imageName, pool, volume: name, format } = image;
  return {
    plan: {
      ...common,
      backing: { imageId, imageName, pool, name, path, format },
      sizeBytes: request.sizeBytes ?? image.virtualSizeBytes,
      format: 'qcow2',
    },
  };
}

function againstImage(request: VolumeRequest, image: ImageOffer, subject: string): readonly Obstacle[] {
  const { name, virtualSizeBytes } = image;
  const small =
    request.sizeBytes === null || request.sizeBytes >= virtualSizeBytes
      ? []
      : [
          obstacle(
            'volume-mismatch',
            subject,
            `The image "${name}" is a disk of ${virtualSizeBytes} bytes; a volume of ${request.sizeBytes} bytes cannot hold it.`,
            { fix: 'Ask for more, or leave the size out to get one as large as the image.' },
          ),
        ];
  const raw =
    request.format !== 'raw'
      ? []
      : [
          obstacle(
            'volume-mismatch',
            subject,
            'A volume that is made from an image is a layer, which is qcow2.',
            {
              fix: 'Leave format out.',
            },
          ),
        ];
  return [...small, ...raw];
}

function findMedium(asked: string, subject: string, { volumes, media }: Offers): FoundVolume {
  const found = [...byId(volumes, asked.toLowerCase()), ...byName(volumes, asked)];
  const [volume, second] = found;
  if (second !== undefined) return { obstacles: [ambiguous(subject, asked, found)] };
  if (volume !== undefined) {
    if (volume.format === 'iso' || volume.format === 'raw') return { plan: mediumPlan(volume) };
    const message = `The volume ${volume.name} is in the format ${volume.format ?? 'unknown'}: it is no medium.`;
    return { obstacles: [obstacle('volume-mismatch', subject, message, { fix: 'Name it without iso.' })] };
  }
  const medium = media.find((offer) => offer.asked === asked)?.answer;
  if (medium?.ok === true) {
    const { path, sizeBytes } = medium;
    return { plan: mediumPlan({ id: null, pool: '', name: path, path, capacityBytes: sizeBytes }) };
  }
  const message = medium?.problem ?? `There is no volume and no file "${asked}".`;
  return {
    obstacles: [
      obstacle('volume-missing', subject, message, {
        fix: 'Name a volume of an active pool by its id or name, or a file under iso/ or another allowed directory.',
      }),
    ],
  };
}

function mediumPlan(volume: Omit<VolumeOffer, 'format' | 'usedBy'>): SourcedVolume {
  const { id, pool, name, path } = volume;
  return {
    id,
    action: 'use',
    device: 'cdrom',
    pool,
    backing: null,
    existing: { name, path, format: 'raw' },
    sizeBytes: volume.capacityBytes,
    format: 'raw',
    bus: 'sata',
    readonly: true,
  };
}

function byId(volumes: readonly VolumeOffer[], asked: string): readonly VolumeOffer[] {
  return volumes.filter(({ id }) => id === asked).slice(0, 1);
}

/** `NAME`, or `POOL/NAME`. */
function byName(volumes: readonly VolumeOffer[], asked: string): readonly VolumeOffer[] {
  return volumes.filter(({ pool, name }) => name === asked || `${pool}/${name}` === asked);
}

function ambiguous(subject: string, name: string, found: readonly VolumeOffer[]): Obstacle {
  const pools = found.map(({ pool }) => pool);
  return obstacle(
    'volume-mismatch',
    subject,
    `There are several volumes "${name}": in the pools ${pools.join(', ')}.`,
    { fix: 'Name it with its pool: POOL/NAME.', details: { pools } },
  );
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
    users.length === 0 || request.readonly || existing.format === 'iso'
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
