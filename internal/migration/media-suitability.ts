import type { MigrationProblem, MigrationSituation } from './suitability.ts';
import type { Medium, MediumMove } from './media.ts';

/** Why disks and media of a VM cannot come to the other host. Pure. */
export function mediaProblems(situation: MigrationSituation): readonly MigrationProblem[] {
  const { target, vm } = situation;
  if (target.disks === 'shared') {
    return vm.media.flatMap(({ isFile, place, path, there }) =>
      !isFile || place === null || there
        ? []
        : [
            incapable(
              `The storage is said to be shared, but "${target.name}" has no volume at ${path}: make the same pool there, or let disks be copied.`,
            ),
          ],
    );
  }
  return [...vm.media.flatMap((medium) => copyProblems(situation, medium)), ...poolProblems(situation)];
}

/** How they come there. Pure. */
export function mediumMoves({ target, offline, vm }: MigrationSituation): readonly MediumMove[] {
  if (target.disks === 'shared') return [];
  return vm.media.flatMap((medium) => {
    const { place, path, target: device, format, writable, seed, capacityBytes, layered } = medium;
    if (place === null || !isMoved(medium)) return [];
    const by = writable && !offline ? ('mirrored' as const) : ('uploaded' as const);
    return [
      {
        ...place,
        path,
        target: device,
        by,
        format,
        capacityBytes: String(capacityBytes),
        layered,
        goes: writable || seed,
      },
    ];
  });
}

/** A medium that nobody writes to and that is there already stays as it is, here and there. */
function isMoved({ isFile, writable, seed, there }: Medium): boolean {
  return isFile && (writable || seed || !there);
}

function copyProblems({ target }: MigrationSituation, medium: Medium): MigrationProblem[] {
  const { path, isFile, place, writable, shareable, there } = medium;
  if (!isFile) return [incapable(`${path} is a device of this host: its content cannot be copied.`)];
  if (shareable) return [incapable(`${path} is shared with other VMs, which would lose it.`)];
  if (place === null) {
    return writable
      ? [incapable(`${path} is in no pool: move it into one, so that there is a place for it there.`)]
      : [];
  }
  return isMoved(medium) && there ? [taken(`"${target.name}" has a volume at ${path} already.`)] : [];
}

function poolProblems({ target, vm, there }: MigrationSituation): MigrationProblem[] {
  const needed = new Map<string, bigint>();
  for (const medium of vm.media) {
    if (medium.place === null || !isMoved(medium)) continue;
    needed.set(medium.place.pool, (needed.get(medium.place.pool) ?? 0n) + medium.allocationBytes);
  }
  return [...needed].flatMap(([name, bytes]) => {
    const pool = there.pools.get(name);
    if (pool === undefined) {
      return [incapable(`"${target.name}" has no pool "${name}": make one there, at the same path.`)];
    }
    if (!pool.active)
      return [incapable(`The pool "${name}" of "${target.name}" is not active: start it there.`)];
    if (!pool.samePath) {
      return [incapable(`The pool "${name}" of "${target.name}" is at another path than here.`)];
    }
    return pool.availableBytes < bytes
      ? [
          {
            code: 'storage-full' as const,
            message: `The pool "${name}" of "${target.name}" has ${pool.availableBytes} bytes left, and at least ${bytes} are needed.`,
          },
        ]
      : [];
  });
}

function incapable(message: string): MigrationProblem {
  return { code: 'host-incapable', message };
}

function taken(message: string): MigrationProblem {
  return { code: 'already-exists', message };
}
