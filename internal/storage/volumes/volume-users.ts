import type { DomainView, VolumeView } from '../../libvirt/live-view/views.ts';

/** What needs a volume. Names: of a domain; DOMAIN/SNAPSHOT; POOL/VOLUME; of an image. */
export interface VolumeUser {
  readonly kind: 'domain' | 'snapshot' | 'volume' | 'image' | 'operation';
  readonly name: string;
}

/** Every file that something may be seen by: its own path, and those of all layers on it, however many. */
export function pathsOver(
  path: string,
  volumes: readonly Pick<VolumeView, 'path' | 'backingPath'>[],
): ReadonlySet<string> {
  const over = new Set([path]);
  for (let before = 0; before < over.size;) {
    before = over.size;
    for (const volume of volumes) {
      if (volume.path !== null && volume.backingPath !== null && over.has(volume.backingPath))
        over.add(volume.path);
    }
  }
  return over;
}

/** Who needs the file at a path, directly or over layers, as the live view knows. */
export function usersOfPath(
  path: string,
  host: { readonly volumes: readonly VolumeView[]; readonly domains: readonly DomainView[] },
): readonly VolumeUser[] {
  const over = pathsOver(path, host.volumes);
  return [
    ...host.volumes
      .filter((volume) => volume.path !== null && volume.path !== path && over.has(volume.path))
      .map(({ pool, name }): VolumeUser => ({ kind: 'volume', name: `${pool}/${name}` })),
    ...host.domains
      .filter(({ diskPaths }) => diskPaths.some((file) => over.has(file)))
      .map(({ name }): VolumeUser => ({ kind: 'domain', name })),
  ];
}

/** Each once, in the order of first sight. */
export function distinctUsers(users: readonly VolumeUser[]): readonly VolumeUser[] {
  return [...new Map(users.map((user) => [`${user.kind}/${user.name}`, user])).values()];
}

/** For a list of volumes: which of the paths something needs, looked up at once for all. */
export function usedPaths(host: {
  readonly volumes: readonly VolumeView[];
  readonly domains: readonly DomainView[];
}): ReadonlySet<string> {
  const below = new Map(
    host.volumes.flatMap(({ path, backingPath }) => (path === null ? [] : [[path, backingPath]])),
  );
  const used = new Set<string>();
  const note = (path: string | null | undefined): void => {
    for (let file = path; file !== null && file !== undefined && !used.has(file); file = below.get(file))
      used.add(file);
  };
  for (const { diskPaths } of host.domains) for (const file of diskPaths) note(file);
  for (const { backingPath } of host.volumes) note(backingPath);
  return used;
}
