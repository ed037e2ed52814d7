import { createHash } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { ImageFormat } from './image.ts';

export const imageNamePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/** @throws ProtiumError `argument-invalid` */
export function requireImageName(name: string): string {
  if (imageNamePattern.test(name)) return name;
  throw new ProtiumError(
    'argument-invalid',
    'The name of an image must begin with a lower-case letter or a digit and hold only those, dots and dashes, ' +
      'at most 63 in all.',
    { details: { field: 'name' } },
  );
}

/** The volume's name is its content's digest: no name from elsewhere becomes a file. */
export function volumeNameOf(digest: string, format: ImageFormat): string {
  return `${digest.replace(/^sha256:/, '')}.${format}`;
}

/** What an image's volume is called by `volumeNameOf`; null: another volume. */
export function readVolumeName(name: string): { digest: string; format: ImageFormat } | null {
  const [, hex, format] = /^([0-9a-f]{64})\.(qcow2|raw)$/.exec(name) ?? [];
  if (hex === undefined || (format !== 'qcow2' && format !== 'raw')) return null;
  return { digest: `sha256:${hex}`, format };
}

/** The name of an image that the index does not know: as much of the digest as tells it from others. */
export function foundName(digest: string): string {
  return digest.replace(':', '-').slice(0, 'sha256-'.length + 16);
}

/** The id of an image that the index does not know: always the same for the same volume (a UUID of version 8). */
export function foundId(pool: string, volume: string): string {
  const hex = createHash('sha256').update(`${pool}/${volume}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
