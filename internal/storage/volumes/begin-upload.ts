import type { Readable } from 'node:stream';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { SourceFormat } from '../../images/inspect/source-format.ts';
import { requireNewName } from '../new-name.ts';
import { isPoolOfFiles } from '../pools/pool-source.ts';
import type { OwnedBy } from './owned-volume.ts';
import type { VolumeLookups } from './volume-lookups.ts';
import type { VolumeParts } from './volume-parts.ts';
import { requireFreePlace, type VolumePlace } from './volume-place.ts';

/** @param format null: to be seen from the content */
export type BeginUpload = (
  content: Readable,
  place: VolumePlace,
  format: SourceFormat | null,
  change: { readonly idempotencyKey?: string; readonly owner?: string; readonly owned?: OwnedBy },
) => Promise<{ readonly id: string; readonly done: Promise<unknown> }>;

export function beginUpload(parts: VolumeParts, lookups: VolumeLookups): BeginUpload {
  const { client, operations, definitions, uploads, ready } = parts;
  return async (content, place, format, change) => {
    requireNewName('volume', place.name);
    await ready();
    const pool = lookups.activePool(place.pool);
    if (!isPoolOfFiles(pool.type)) {
      throw new ProtiumError(
        'unsupported',
        `Content is taken into pools of files only, and "${pool.name}" is of the kind ${pool.type}.`,
      );
    }
    try {
      await requireFreePlace(client, { pool: pool.name, name: place.name });
    } catch (error) {
      throw fromLibvirt(error, 'store the content');
    }
    const { owned, ...how } = change;
    const ticket = uploads.add(content);
    try {
      const input = {
        pool: pool.name,
        name: place.name,
        ticket,
        format,
        ...(owned === undefined ? {} : { owned: { ...owned } }),
      };
      const operation = await operations.start(definitions.upload, input, how);
      const forget = (): void => uploads.remove(ticket);
      operation.done.then(forget, forget);
      return operation;
    } catch (error) {
      uploads.remove(ticket);
      throw error;
    }
  };
}
