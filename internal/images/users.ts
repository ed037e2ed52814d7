import path from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';
import type { DomainView, VolumeView } from '../libvirt/live-view/views.ts';
import type { ImageUser, ImageVolume } from './image.ts';

/**
 * Whose disk lies on an image, as libvirt shows it. An image's file is called by its digest, so a file of that name is
 * the image under whatever path it is named: by another pool, or through a symbolic link.
 */
export function usersIn(
  volume: ImageVolume,
  host: { readonly volumes: readonly VolumeView[]; readonly domains: readonly DomainView[] },
): readonly ImageUser[] {
  const isImage = (file: string): boolean => path.basename(file) === volume.name;
  return [
    ...host.volumes
      .filter(({ backingPath }) => backingPath !== null && isImage(backingPath))
      .map(({ pool, name }): ImageUser => ({ kind: 'volume', name: `${pool}/${name}` })),
    ...host.domains
      .filter(({ diskPaths }) => diskPaths.some(isImage))
      .map(({ name }): ImageUser => ({ kind: 'domain', name })),
  ];
}

/** @throws ProtiumError `resource-in-use` when there are any */
export function requireUnused(name: string, users: readonly ImageUser[]): void {
  if (users.length === 0) return;
  const shown = users.map((user) => `${user.kind} "${user.name}"`);
  const most = 10;
  const list =
    shown.slice(0, most).join(', ') + (shown.length > most ? ` and ${shown.length - most} more` : '');
  throw new ProtiumError(
    'resource-in-use',
    `The image "${name}" is needed by ${list}. Delete what is made from it first.`,
    { details: { users: shown } },
  );
}
