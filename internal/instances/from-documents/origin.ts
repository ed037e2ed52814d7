import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { attribute, element } from '../../xml/tree.ts';
import { parseXml } from '../../xml/parse.ts';
import { protiumNamespace } from '../../xml/domain/metadata.ts';
import { orAbsent } from './absent.ts';

/** The element under `<metadata>` that tells from which document Protium made a domain. */
export function originElement(digest: string) {
  return element('protium:origin', { 'xmlns:protium': protiumNamespace, sha256: digest });
}

/** The digest that Protium left in the domain when it defined it; null: it was made by something else. */
export async function readDocumentDigest(client: LibvirtClient, domain: DomainRef): Promise<string | null> {
  const metadata = await orAbsent(
    client.domains.metadata(domain, protiumNamespace),
    virError.noDomainMetadata,
  );
  return metadata === null ? null : attribute(parseXml(metadata), 'sha256');
}
