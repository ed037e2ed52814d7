import { createHash } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Operations } from '../operations/operations.ts';
import type { Volumes } from '../storage/volumes/volumes.ts';
import type { BookingUser } from './booking.ts';

/** `work` is what the user works on, `backup` what of the system is to be there again at the next booking. */
export type UserVolumeKind = 'work' | 'backup';

/** The user's own volume, made when there is none. */
export type UserVolumes = (kind: UserVolumeKind, user: BookingUser, sizeGb: number) => Promise<string>;

/** The id of a user's own volume: the same for ever, so that each booking finds it again. */
function volumeId(kind: UserVolumeKind, owner: string): string {
  const digest = createHash('sha256').update(`protium booking ${kind} ${owner}`).digest('hex');
  return [8, 4, 4, 4, 12]
    .reduce<{ readonly at: number; readonly parts: readonly string[] }>(
      ({ at, parts }, length) => ({ at: at + length, parts: [...parts, digest.slice(at, at + length)] }),
      { at: 0, parts: [] },
    )
    .parts.join('-');
}

/** Makes it where it is not there yet; one that is there stays as it is. */
export function createUserVolumes(parts: {
  readonly volumes: Pick<Volumes, 'list' | 'create'>;
  readonly operations: Pick<Operations, 'wait'>;
  readonly pool: string;
  readonly preparePool: (pool: string) => Promise<void>;
}): UserVolumes {
  const { volumes, operations, pool, preparePool } = parts;
  return async (kind, { owner, user }, sizeGb) => {
    const id = volumeId(kind, owner);
    const name = `${id}.qcow2`;
    await preparePool(pool);
    if (volumes.list({ pool }).some((volume) => volume.name === name)) return id;
    const operation = await volumes.create(
      {
        pool,
        name,
        sizeBytes: BigInt(Math.round(sizeGb * 2 ** 30)),
        format: 'qcow2',
        preallocation: 'off',
        backing: null,
        owned: { owner, creator: owner, label: `${kind} of ${user}` },
      },
      { validateOnly: false, owner },
    );
    const ended = operation === null ? null : await operations.wait(operation);
    if (ended?.state === 'succeeded') return id;
    throw new ProtiumError(
      'libvirt-failed',
      `The ${kind} volume of "${user}" could not be made: ${ended?.error?.message ?? ''}`,
      {
        details: { user },
      },
    );
  };
}
