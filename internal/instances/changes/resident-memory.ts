import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { DomainRef } from '../../libvirt/objects.ts';

/** What a VM that runs has of the host's memory now, in MiB; 0 where libvirt does not tell. */
export async function residentMib(client: LibvirtClient, domain: DomainRef): Promise<number> {
  try {
    const { rss } = await client.domains.memoryStats(domain);
    return Math.floor(Number(rss ?? 0) / 1024);
  } catch (error) {
    // It has ended in between.
    if (error instanceof LibvirtError) return 0;
    throw error;
  }
}
