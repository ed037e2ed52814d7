import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolView, VolumeView } from '../../libvirt/live-view/views.ts';
import type { VolumePlace } from './volume-place.ts';

/** Pools and volumes as the live view knows them, or the refusal. */
export interface VolumeLookups {
  /** By name or uuid. Throws `not-found`. */
  poolNamed(named: string): PoolView;
  /** Throws `not-found`, and `state-conflict` for one that is stopped. */
  activePool(named: string): PoolView;
  /** Throws `not-found`. */
  volume(place: VolumePlace): VolumeView;
  /** Nobody may write to what is copied, or to what something comes to lie on. Throws `resource-in-use`. */
  requireUnwritten(volume: VolumeView, options: { readonly alsoByIdle: boolean }): void;
}

export function volumeLookups(view: Pick<LiveView, 'pool' | 'volumes' | 'domains'>): VolumeLookups {
  const poolNamed = (named: string): PoolView => {
    const pool = view.pool(named);
    if (pool === undefined) throw new ProtiumError('not-found', `There is no pool "${named}".`);
    return pool;
  };
  return {
    poolNamed,
    activePool(named) {
      const pool = poolNamed(named);
      if (pool.state === 'running') return pool;
      throw new ProtiumError('state-conflict', `The pool "${pool.name}" is ${pool.state}; start it first.`);
    },
    volume({ pool, name }) {
      const { name: poolName, uuid } = poolNamed(pool);
      const volume = view.volumes(uuid).find((candidate) => candidate.name === name);
      if (volume !== undefined) return volume;
      throw new ProtiumError(
        'not-found',
        `The pool "${poolName}" has no volume "${name}". What others made is seen after a refresh.`,
      );
    },
    requireUnwritten(volume, { alsoByIdle }) {
      const writers = view
        .domains()
        .filter(
          ({ id, diskPaths }) =>
            (alsoByIdle || id !== null) && volume.path !== null && diskPaths.includes(volume.path),
        )
        .map(({ name }) => name);
      if (writers.length === 0) return;
      throw new ProtiumError(
        'resource-in-use',
        `The volume "${volume.name}" is a disk of ${writers.join(', ')}, which ${alsoByIdle ? 'may write' : 'writes'} to it. ` +
          (alsoByIdle ? 'Make a full copy instead.' : 'Stop it first.'),
        { details: { domains: writers } },
      );
    },
  };
}

/** @throws ProtiumError `unsupported` for what is no file or device of this host */
export function pathOf({ pool, name, path }: VolumeView): string {
  if (path !== null) return path;
  throw new ProtiumError(
    'unsupported',
    `The volume "${name}" of the pool "${pool}" has no path on this host.`,
  );
}
