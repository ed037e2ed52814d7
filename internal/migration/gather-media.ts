import { seedName } from '../instances/documents/names.ts';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { VolumeRef } from '../libvirt/objects.ts';
import { child } from '../xml/tree.ts';
import type { Disk } from '../xml/domain/devices/disk.ts';
import type { DomainDocument } from '../xml/domain/read.ts';
import { readVolume } from '../xml/volume.ts';
import type { Medium } from './media.ts';

/** The disks and inserted media of a VM that are on this host; what is reached over a network is reached from there too. */
export async function gatherMedia(
  client: LibvirtClient,
  there: LibvirtClient,
  { disks }: DomainDocument,
  uuid: string,
): Promise<readonly Medium[]> {
  const media = await Promise.all(
    disks.map(async (disk) => {
      const path = await pathOf(client, disk);
      if (path === null) return [];
      const volume = await volumeAt(client, path);
      const facts = volume === null ? null : readVolume(await client.volumes.xml(volume));
      const medium: Medium = {
        target: disk.target,
        path,
        isFile: disk.source?.type === 'file' || disk.source?.type === 'volume',
        place: volume === null ? null : { pool: volume.pool, name: volume.name },
        format: disk.format === 'qcow2' ? 'qcow2' : 'raw',
        writable: !disk.readOnly,
        shareable: child(disk.element, 'shareable') !== null,
        seed: volume?.name === seedName(uuid),
        capacityBytes: facts?.capacityBytes ?? 0n,
        allocationBytes: facts?.allocationBytes ?? 0n,
        layered: facts !== null && facts.backing !== null,
        there: (await volumeAt(there, path)) !== null,
      };
      return [medium];
    }),
  );
  return media.flat();
}

async function pathOf(client: LibvirtClient, { source }: Disk): Promise<string | null> {
  switch (source?.type) {
    case 'file':
    case 'block':
    case 'dir':
    case 'vhostuser':
      return source.path;
    case 'volume': {
      const pool = await client.pools.lookupByName(source.pool);
      return client.volumes.path(await client.volumes.lookupByName(pool, source.volume));
    }
    default:
      return null;
  }
}

function volumeAt(client: LibvirtClient, path: string): Promise<VolumeRef | null> {
  return orAbsent(client.volumes.lookupByPath(path), virError.noStorageVolume);
}
