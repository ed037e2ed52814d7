import type { Instance } from '../../../../instances/instance.ts';
import type { UserVolume } from './user-volumes.ts';

/** A volume as the dialect shows it; sizes in GB (2^30 bytes). @param holder as UserVolumes tells it */
export function encodeVolume(
  { id, region, createdAt, view }: UserVolume,
  holder: Pick<Instance, 'uuid'> | 'others' | null,
) {
  return {
    volume_id: id,
    region_id: region.id,
    storage_type: view.format ?? 'raw',
    size: Number(view.capacityBytes / 2n ** 30n),
    state: holder === null ? 'AVAILABLE' : 'ATTACHED',
    instance_id: holder === null || holder === 'others' ? null : holder.uuid,
    created_at: createdAt,
  };
}
