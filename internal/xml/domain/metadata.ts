import { append, ensureChild, remove, replaceChild, setAttribute } from '../edit.ts';
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

/** Where Protium keeps what it must remember of a domain. */
export const protiumNamespace = 'https://protium.dev/xmlns/domain/1.0';
const protiumPrefix = 'protium';

/** Protium's element in a domain's metadata; null when there is none. */
export function protiumMetadata(domain: XmlElement): XmlElement | null {
  return readMetadata(domain).find(({ namespace }) => namespace === protiumNamespace)?.element ?? null;
}

/**
 * Puts Protium's element into a domain's metadata, in the place of the one that is there; everybody else's is kept.
 *
 * @param el named `protium:...`, null takes it away. The declaration of the prefix is added when it lacks one.
 */
export function setProtiumMetadata(domain: XmlElement, el: XmlElement | null): XmlElement {
  const present = protiumMetadata(domain);
  const metadata = child(domain, 'metadata');
  if (el === null) {
    if (present === null || metadata === null) return domain;
    return replaceChild(domain, metadata, remove(metadata, present));
  }
  const declared = setAttribute(el, `xmlns:${protiumPrefix}`, protiumNamespace);
  return ensureChild(
    domain,
    'metadata',
    ['name', 'uuid', 'genid', 'title', 'description', 'metadata'],
    (holder) => (present === null ? append(holder, declared) : replaceChild(holder, present, declared)),
  );
}
