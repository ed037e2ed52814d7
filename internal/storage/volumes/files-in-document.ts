import { attribute, child, children, type XmlElement } from '../../xml/tree.ts';

/** Files and devices of the disks of a `<domain>`, with all that lies below them as the document tells. */
export function filesIn(domain: XmlElement): readonly string[] {
  const devices = child(domain, 'devices');
  return devices === null ? [] : children(devices, 'disk').flatMap(filesOfDisk);
}

/** Of a `<disk>` or a `<backingStore>`. */
function filesOfDisk(el: XmlElement): readonly string[] {
  const source = child(el, 'source');
  const own = source === null ? null : (attribute(source, 'file') ?? attribute(source, 'dev'));
  const below = ['backingStore', 'mirror'].flatMap((name) => {
    const found = child(el, name);
    return found === null ? [] : filesOfDisk(found);
  });
  return [...(own === null ? [] : [own]), ...below];
}

/** Where a domain has the file as a disk of its own, e.g. `vda`; null: nowhere, or only below another. */
export function targetOf(domain: XmlElement, path: string): string | null {
  const devices = child(domain, 'devices');
  const disk = (devices === null ? [] : children(devices, 'disk')).find((candidate) => {
    const source = child(candidate, 'source');
    return source !== null && (attribute(source, 'file') ?? attribute(source, 'dev')) === path;
  });
  const target = disk === undefined ? null : child(disk, 'target');
  return target === null ? null : attribute(target, 'dev');
}
