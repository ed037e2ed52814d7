import { namespaceOf } from '../namespaces.ts';
import { child, children, element, type XmlElement } from '../tree.ts';

/** One application's element in a domain's `<metadata>`. */
export interface MetadataElement {
  readonly namespace: string | null;
  readonly element: XmlElement;
}

export function readMetadata(domain: XmlElement): readonly MetadataElement[] {
  const metadata = child(domain, 'metadata');
  if (metadata === null) return [];
  return children(metadata).map((el) => ({ namespace: namespaceOf(el, [domain, metadata]), element: el }));
}

/** By which virt-manager knows the guest's system. */
export const libosinfoNamespace = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';

/**
 * Builds libosinfo's element.
 *
 * @param id e.g. `http://debian.org/debian/12`
 */
export function libosinfoElement(id: string): XmlElement {
  return element(
    'libosinfo:libosinfo',
    { 'xmlns:libosinfo': libosinfoNamespace },
    element('libosinfo:os', { id }),
  );
}
