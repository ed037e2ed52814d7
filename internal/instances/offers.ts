import type { Image } from '../images/image.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { ImageOffer, NetworkOffer, VolumeOffer } from '../placement/plan.ts';
import { normaliseId } from '../spec/ids.ts';

/** Networks of libvirt that a VM may be put on. */
export function networkOffers(view: Pick<LiveView, 'networks'>): readonly NetworkOffer[] {
  return view.networks().map(({ name, uuid, bridge }) => ({ name, uuid, bridge }));
}

/** Volumes of active pools, with the domains that have them as disks, or will when their operation is through. */
export function volumeOffers(
  view: Pick<LiveView, 'volumes' | 'domains'>,
  promised: readonly { readonly path: string; readonly domain: string }[],
): readonly VolumeOffer[] {
  const users = new Map<string, string[]>();
  for (const { name, diskPaths } of view.domains()) {
    for (const path of diskPaths) users.set(path, [...(users.get(path) ?? []), name]);
  }
  for (const { path, domain } of promised) {
    const known = users.get(path) ?? [];
    if (!known.includes(domain)) users.set(path, [...known, domain]);
  }
  return view.volumes().flatMap(({ pool, name, path, format, capacityBytes }) =>
    path === null
      ? []
      : [
          {
            // A volume of ours is named by its id.
            id: normaliseId(name.replace(/\.[a-z0-9]+$/, '')),
            pool,
            name,
            path,
            format,
            capacityBytes: Number(capacityBytes),
            usedBy: users.get(path) ?? [],
          },
        ],
  );
}

/** Images, with the files of their volumes. */
export function imageOffers(
  images: readonly Image[],
  view: Pick<LiveView, 'volumes'>,
): readonly ImageOffer[] {
  if (images.length === 0) return [];
  const paths = new Map(view.volumes().map(({ pool, name, path }) => [`${pool}/${name}`, path]));
  return images.map(({ id, name, volume, format, virtualSizeBytes, os }) => ({
    id,
    name,
    pool: volume.pool,
    volume: volume.name,
    path: paths.get(`${volume.pool}/${volume.name}`) ?? null,
    format,
    virtualSizeBytes,
    os: { family: os.family, flavour: os.flavour, version: os.version },
    loginUser: os.loginUser,
  }));
}
