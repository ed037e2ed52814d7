import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { serializeXml } from '../../xml/serialize.ts';
import type { XmlElement } from '../../xml/tree.ts';

/** Changes what libvirt notes of a snapshot; nothing happens to disks. */
export async function redefineSnapshot(
  client: LibvirtClient,
  domain: DomainRef,
  document: XmlElement,
  current: boolean,
): Promise<void> {
  try {
    await client.snapshots.create(domain, serializeXml(document), { redefine: true, current });
  } catch (error) {
    throw fromLibvirt(error, 'note where the snapshot is');
  }
}
