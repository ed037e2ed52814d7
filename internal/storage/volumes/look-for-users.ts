import { realpath } from 'node:fs/promises';
import { filesBelow } from '../../images/backing-chain.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { DomainView } from '../../libvirt/live-view/views.ts';
import type { OperationLog } from '../../operations/definition.ts';
import { parseXml } from '../../xml/parse.ts';
import { readSnapshot } from '../../xml/snapshot.ts';
import { filesIn } from './files-in-document.ts';
import { distinctUsers, pathsOver, usersOfPath, type VolumeUser } from './volume-users.ts';

/** Finds what needs the file at a path. */
export type LookForVolumeUsers = (path: string) => Promise<readonly VolumeUser[]>;

/** How many domains are asked at a time. */
const atOnce = 8;

/**
 * Looks closer than the live view does, before a volume is changed for good: pools are read again, and so are the documents
 * of domains, of running ones and as they are to start next, and of their snapshots; of disks that are in no pool, the files'
 * own headers are read.
 */
export function volumeUserSearch(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'pools' | 'volumes' | 'domains' | 'refresh'>;
  readonly log: OperationLog;
}): LookForVolumeUsers {
  const { client, view, log } = options;
  const readPoolsAgain = async (): Promise<void> => {
    for (const { name, uuid } of view.pools().filter(({ state }) => state === 'running')) {
      // Refused while something is written to the pool; libvirt reads it again at the end of that.
      await client.pools.refresh({ name, uuid }).catch((error: unknown) => {
        log.debug({ err: error, pool: name }, 'a pool could not be read again');
      });
      await view.refresh('volume', uuid);
    }
  };
  const documentsOf = async ({ name, uuid, id }: DomainView): Promise<readonly string[]> => {
    const domain = { name, uuid, id };
    const active = await orAbsent(client.domains.xml(domain), virError.noDomain);
    const inactive =
      id === null ? null : await orAbsent(client.domains.xml(domain, { inactive: true }), virError.noDomain);
    return [active, inactive].filter((xml) => xml !== null);
  };
  const snapshotsOf = async ({ name, uuid, id }: DomainView) => {
    const snapshots = (await orAbsent(client.snapshots.list({ name, uuid, id }), virError.noDomain)) ?? [];
    const read = async (snapshot: (typeof snapshots)[number]) => {
      const xml = await orAbsent(client.snapshots.xml(snapshot), virError.noDomainSnapshot);
      return xml === null ? [] : [{ name: `${name}/${snapshot.name}`, files: filesOfSnapshot(xml) }];
    };
    return (await Promise.all(snapshots.map(read))).flat();
  };
  return async (path) => {
    await readPoolsAgain();
    const host = { volumes: view.volumes(), domains: view.domains() };
    const known = new Set(host.volumes.map(({ path: file }) => file));
    const over = new Set(pathsOver(path, host.volumes));
    over.add(await realpath(path).catch(() => path));
    const found: VolumeUser[] = [...usersOfPath(path, host)];
    const isNeeded = async (files: readonly string[]): Promise<boolean> => {
      if (files.some((file) => over.has(file))) return true;
      const elsewhere = files.filter((file) => !known.has(file));
      const real = await Promise.all(elsewhere.map((file) => realpath(file).catch(() => file)));
      const below = (await Promise.all(elsewhere.map(filesBelow))).flat();
      return [...real, ...below].some((file) => over.has(file));
    };
    const domains = [...host.domains];
    const ask = async (): Promise<void> => {
      for (let domain = domains.pop(); domain !== undefined; domain = domains.pop()) {
        const files = (await documentsOf(domain)).flatMap((xml) => filesIn(parseXml(xml)));
        if (await isNeeded(files)) found.push({ kind: 'domain', name: domain.name });
        for (const snapshot of await snapshotsOf(domain)) {
          if (await isNeeded(snapshot.files)) found.push({ kind: 'snapshot', name: snapshot.name });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
    return distinctUsers(found);
  };
}

function filesOfSnapshot(xml: string): readonly string[] {
  const { disks, memory, domain } = readSnapshot(xml);
  return [
    ...disks.flatMap(({ file }) => file ?? []),
    ...[memory?.file ?? []].flat(),
    ...(domain === null ? [] : filesIn(domain)),
  ];
}
