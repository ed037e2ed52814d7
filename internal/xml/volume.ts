import { type Permissions, permissionsElement, readPermissions } from './permissions.ts';
import {
  attribute,
  child,
  childText,
  element,
  find,
  optionalElement,
  textOf,
  type XmlElement,
} from './tree.ts';
import { bytesOf } from './units.ts';
import { requiredName, rootOf, type XmlSource } from './values.ts';

/** What a `<volume>` document says. */
export interface VolumeDocument {
  readonly tree: XmlElement;
  readonly type: string | null;
  readonly name: string;
  /** Unique on the host; null before the volume is made. */
  readonly key: string | null;
  readonly capacityBytes: bigint | null;
  readonly allocationBytes: bigint | null;
  readonly physicalBytes: bigint | null;
  readonly format: string | null;
  readonly path: string | null;
  readonly permissions: Permissions | null;
  readonly backing: { readonly path: string; readonly format: string | null } | null;
}

/** Reads a `<volume>`. */
export function readVolume(document: XmlSource): VolumeDocument {
  const tree = rootOf(document, 'volume');
  const path = find(tree, 'target', 'path');
  const permissions = find(tree, 'target', 'permissions');
  const backing = child(tree, 'backingStore');
  const backingPath = backing === null ? null : childText(backing, 'path');
  const bytes = (name: string): bigint | null => {
    const el = child(tree, name);
    return el === null ? null : bytesOf(el, 'bytes');
  };
  return {
    tree,
    type: attribute(tree, 'type'),
    name: requiredName(tree),
    key: childText(tree, 'key'),
    capacityBytes: bytes('capacity'),
    allocationBytes: bytes('allocation'),
    physicalBytes: bytes('physical'),
    format: formatOf(child(tree, 'target')),
    path: path === null ? null : textOf(path),
    permissions: permissions === null ? null : readPermissions(permissions),
    backing: backingPath === null ? null : { path: backingPath, format: formatOf(backing) },
  };
}

function formatOf(el: XmlElement | null): string | null {
  const format = el === null ? null : child(el, 'format');
  return format === null ? null : attribute(format, 'type');
}

export interface VolumeOptions {
  readonly name: string;
  readonly capacityBytes: bigint;
  /** What is allocated at once. Default: 0, so the file grows as the guest writes. */
  readonly allocationBytes?: bigint;
  /** Default: qcow2. */
  readonly format?: 'qcow2' | 'raw';
  readonly permissions?: Permissions;
  /** The image that this one is a layer on. Its format is never guessed. */
  readonly backing?: { readonly path: string; readonly format: 'qcow2' | 'raw' };
  /** Copy-on-write of the file system (btrfs) off. */
  readonly noCow?: boolean;
}

/** Builds a `<volume>`. qcow2 files are of version 3 (`compat` 1.1). */
export function volumeElement(volume: VolumeOptions): XmlElement {
  const { backing } = volume;
  const format = volume.format ?? 'qcow2';
  return element('volume', {}, [
    element('name', {}, volume.name),
    element('capacity', { unit: 'bytes' }, volume.capacityBytes),
    element('allocation', { unit: 'bytes' }, volume.allocationBytes ?? 0n),
    element('target', {}, [
      element('format', { type: format }),
      volume.permissions && permissionsElement(volume.permissions),
      format === 'qcow2' ? optionalElement('compat', '1.1') : null,
      volume.noCow === true ? element('nocow') : null,
    ]),
    backing &&
      element('backingStore', {}, [
        element('path', {}, backing.path),
        element('format', { type: backing.format }),
      ]),
  ]);
}
