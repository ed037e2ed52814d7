import { mapElements, setAttribute } from '../../xml/edit.ts';
import { attribute, child, type XmlElement } from '../../xml/tree.ts';
import { setSection } from '../changes/sections.ts';

/** Where a disk's data is to come from. */
export interface DiskPointer {
  readonly from: string;
  readonly to: string;
  readonly format: 'qcow2' | 'raw';
}

/**
 * The domains in a document (it may be a snapshot, which holds several) with disks on other files; what libvirt noted of the
 * layers below is left out, so that it looks anew. Pure.
 */
export function pointDisks(document: XmlElement, pointers: readonly DiskPointer[]): XmlElement {
  return mapElements(document, (el, ancestors) => {
    if (el.name !== 'disk' || !ancestors.some(({ name }) => name === 'domain' || name === 'inactiveDomain'))
      return el;
    const source = child(el, 'source');
    const file = source === null ? null : attribute(source, 'file');
    const pointer = pointers.find(({ from }) => from === file);
    const driver = child(el, 'driver');
    if (source === null || driver === null || pointer === undefined) return el;
    const moved = setSection(el, 'source', setAttribute(source, 'file', pointer.to));
    const formatted = setSection(moved, 'driver', setAttribute(driver, 'type', pointer.format));
    return setSection(formatted, 'backingStore', null);
  });
}
