import type { LibvirtClient } from '../../../../libvirt/client.ts';
import { readCapabilities } from '../../../../xml/capabilities.ts';

/** What the host is called as a machine resource: libvirt's uuid of it, which does not change. Rejects as libvirt does. */
export type HostId = () => Promise<string>;

export function createHostId(client: Pick<LibvirtClient, 'host'>): HostId {
  let known: string | null = null;
  return async () => {
    known ??= readCapabilities(await client.host.capabilities()).host.uuid ?? 'local';
    return known;
  };
}
