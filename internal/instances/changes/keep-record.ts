import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { protiumNamespace } from '../../xml/domain/metadata.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { instanceMetadata, type InstanceRecord } from '../documents/metadata.ts';

/** What a domain is to say of itself, as text that can be journalled: it holds no secrets. */
export function recordText(record: InstanceRecord): string {
  return serializeXml(instanceMetadata(record, 'bare'));
}

/** Keeps it with the domain, as it runs and as it is defined, by the call that touches nothing else. */
export async function keepRecord(client: LibvirtClient, domain: DomainRef, text: string): Promise<void> {
  const scope = domain.id === null ? { config: true } : { config: true, live: true };
  await client.domains.setMetadata(domain, protiumNamespace, 'protium', text, scope);
}
