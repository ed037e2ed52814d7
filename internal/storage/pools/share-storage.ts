import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';

/**
 * Whether two pools are directories of one file system, so that what is written to one is no longer there for the other. Pools
 * that cannot be looked at count as apart.
 */
export async function shareStorage(
  { view, hostRoot }: { readonly view: Pick<LiveView, 'pool'>; readonly hostRoot: string },
  pool: string,
  other: string,
): Promise<boolean> {
  const [first, second] = await Promise.all(
    [pool, other].map(async (name) => {
      const target = view.pool(name)?.targetPath ?? null;
      if (target === null) return null;
      return stat(path.join(hostRoot, target)).then(
        ({ dev }) => dev,
        () => null,
      );
    }),
  );
  return first !== null && first === second;
}
