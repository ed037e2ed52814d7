import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { readDomain } from '../../xml/domain/read.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { currentInstance, type CurrentInstance } from '../changes/current-instance.ts';
import { isLayer, type LayerFile } from './layers.ts';
import { readSnapshots, type Snapshot } from './read-snapshots.ts';
import { poolsOf, refreshPoolsOf } from './refresh-pools.ts';

/** The files that an instance's disks and snapshots are made of. */
export interface Chains {
  readonly current: CurrentInstance;
  readonly snapshots: readonly Snapshot[];
  readonly files: readonly (LayerFile & { readonly format: 'qcow2' | 'raw' })[];
  /** What disks, snapshots and the layers of others stand on. */
  readonly needed: ReadonlySet<string>;
}

export async function readChains(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'volumes'>,
  uuid: string,
): Promise<Chains> {
  const current = await currentInstance(client, uuid);
  const snapshots = await readSnapshots(client, current.domain);
  const used = new Set([
    ...diskFiles(current.definition),
    ...(current.running === null ? [] : diskFiles(current.running)),
    ...snapshots.flatMap(({ disks }) => disks.flatMap(({ path }) => path ?? [])),
  ]);
  await refreshPoolsOf(client, view, [...used]);
  const pools = await poolsOf(client, [...used]);
  const volumes = pools.flatMap(({ uuid: pool }) => view.volumes(pool));
  const all = volumes.flatMap(({ path, backingPath, format }) =>
    path === null
      ? []
      : [{ path, backing: backingPath, format: format === 'qcow2' ? ('qcow2' as const) : ('raw' as const) }],
  );
  const files = filesOfChains(all, used);
  const ours = new Set(files.map(({ path }) => path));
  const foreign = all.filter(({ path, backing }) => backing !== null && ours.has(backing) && !ours.has(path));
  return {
    current,
    snapshots,
    files,
    needed: new Set([...used, ...foreign.flatMap(({ backing }) => backing ?? [])]),
  };
}

/** Down to the first file that is no layer, and up to every layer over these. Pure. */
export function filesOfChains<File extends LayerFile>(
  all: readonly File[],
  used: ReadonlySet<string>,
): readonly File[] {
  const found = new Set(used);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { path, backing } of all) {
      if (backing === null) continue;
      if (found.has(path) && isLayer(path)) found.add(backing);
      if (found.has(backing) && isLayer(path)) found.add(path);
    }
  }
  return all.filter(({ path }) => found.has(path));
}

/** Files of disks that the guest writes on. */
function diskFiles(domain: XmlElement): readonly string[] {
  return readDomain(domain).disks.flatMap(({ source, readOnly }) =>
    source?.type === 'file' && !readOnly ? source.path : [],
  );
}
