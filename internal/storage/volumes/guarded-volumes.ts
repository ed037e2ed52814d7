import { ProtiumError } from '../../errors/protium-error.ts';
import type { Images } from '../../images/image.ts';
import { readVolumeName } from '../../images/names.ts';
import type { VolumePlace } from './volume-place.ts';

/** The name of the image whose content a volume is; null: it is none. */
export function imageOf(
  { pool, name }: VolumePlace,
  images: Pick<Images, 'list'>,
  imagePool: string,
): string | null {
  if (pool !== imagePool || readVolumeName(name) === null) return null;
  const image = images.list().find(({ volume }) => volume.pool === pool && volume.name === name);
  // What is being stored is none yet, and is nobody's to change either.
  return image?.name ?? 'that is being stored';
}

/**
 * Refuses to change what an image consists of: its name is the digest of its content.
 *
 * @throws ProtiumError `resource-in-use`
 */
export function notOfImage({ name }: VolumePlace, image: string | null): void {
  if (image === null) return;
  throw new ProtiumError(
    'resource-in-use',
    `The volume "${name}" is the content of the image "${image}". Delete the image (DELETE /v1/images/{name}), or clone the volume.`,
    { details: { image } },
  );
}

const seed = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-seed\.iso$/;

/**
 * Refuses to give away what an instance sets itself up from: there are secrets in it.
 *
 * @throws ProtiumError `permission-denied`
 */
export function notOfSeed({ name }: VolumePlace): void {
  if (!seed.test(name)) return;
  throw new ProtiumError(
    'permission-denied',
    `The volume "${name}" holds secrets of an instance: it is neither copied nor read.`,
  );
}
