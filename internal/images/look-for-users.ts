import path from 'node:path';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationLog } from '../operations/definition.ts';
import { filesBelow } from './backing-chain.ts';
import type { ImageHolds } from './holds.ts';
import type { ImageUser, ImageVolume } from './image.ts';
import { usersIn } from './users.ts';

export type LookForUsers = (volume: ImageVolume) => Promise<readonly ImageUser[]>;

/** How many domains are asked at a time. */
const atOnce = 8;

/**
 * Looks for users of an image more closely than the live view does, before it is deleted: pools are read again, and so are
 * the documents of domains, which name what lies below the disks of running ones; of disks that are in no pool, the
 * files' own headers are read.
 */
export function userSearch(options: {
  readonly holds: Pick<ImageHolds, 'usersOf'>;
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'pools' | 'volumes' | 'domains' | 'refresh'>;
  readonly log: OperationLog;
}): LookForUsers {
  const { client, view, holds, log } = options;
  const readPoolsAgain = async (): Promise<void> => {
    const active = view.pools().filter(({ state }) => state === 'running');
    for (const { name, uuid } of active) {
      // Refused while something is written to the pool; libvirt reads it again at the end of that.
      await client.pools.refresh({ name, uuid }).catch((error: unknown) => {
        log.debug({ err: error, pool: name }, 'a pool could not be read again');
      });
      await view.refresh('volume', uuid);
    }
  };
  return async (volume) => {
    await readPoolsAgain();
    const found: ImageUser[] = [
      ...holds.usersOf(volume).map((user) => ({ kind: 'operation', name: user }) as const),
      ...usersIn(volume, { volumes: view.volumes(), domains: view.domains() }),
    ];
    const known = new Set(view.volumes().map(({ path: file }) => file));
    const domains = [...view.domains()];
    const ask = async (): Promise<void> => {
      for (let domain = domains.pop(); domain !== undefined; domain = domains.pop()) {
        const { name, uuid, id, diskPaths } = domain;
        const xml = await orAbsent(client.domains.xml({ name, uuid, id }), virError.noDomain);
        const elsewhere = diskPaths.filter((file) => !known.has(file));
        const below = (await Promise.all(elsewhere.map(filesBelow))).flat();
        if (xml?.includes(volume.name) || below.some((file) => path.basename(file) === volume.name)) {
          found.push({ kind: 'domain', name });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
    return [...new Map(found.map((user) => [`${user.kind}/${user.name}`, user])).values()];
  };
}
