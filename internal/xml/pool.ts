import { type Permissions, permissionsElement, readPermissions } from './permissions.ts';
import {
  attribute,
  child,
  children,
  element,
  find,
  optionalElement,
  textOf,
  type XmlElement,
} from './tree.ts';
import { bytesOf } from './units.ts';
import { requiredAttribute, requiredName, rootOf, uuidOf, type XmlSource } from './values.ts';

/** What a `<pool>` document says. Sizes are there when it comes from libvirt. */
export interface PoolDocument {
  readonly tree: XmlElement;
  /** `dir`, `fs`, `netfs`, `logical` ... */
  readonly type: string;
  readonly name: string;
  readonly uuid: string | null;
  readonly targetPath: string | null;
  readonly permissions: Permissions | null;
  /** What the pool is made from, by the kind of pool. */
  readonly source: {
    readonly name: string | null;
    readonly directory: string | null;
    readonly hosts: readonly string[];
    readonly devices: readonly string[];
    readonly format: string | null;
  };
  readonly capacityBytes: bigint | null;
  readonly allocationBytes: bigint | null;
  readonly availableBytes: bigint | null;
}

/** Reads a `<pool>`. */
export function readPool(document: XmlSource): PoolDocument {
  const tree = rootOf(document, 'pool');
  const source = child(tree, 'source') ?? element('source');
  const [targetPath, permissions] = [find(tree, 'target', 'path'), find(tree, 'target', 'permissions')];
  const [directory, format] = [child(source, 'dir'), child(source, 'format')];
  const bytes = (name: string): bigint | null => {
    const el = child(tree, name);
    return el === null ? null : bytesOf(el, 'bytes');
  };
  const name = child(source, 'name');
  return {
    tree,
    type: requiredAttribute(tree, 'type'),
    name: requiredName(tree),
    uuid: uuidOf(tree),
    targetPath: targetPath === null ? null : textOf(targetPath),
    permissions: permissions === null ? null : readPermissions(permissions),
    source: {
      name: name === null ? null : textOf(name),
      directory: directory === null ? null : attribute(directory, 'path'),
      hosts: children(source, 'host').flatMap((host) => attribute(host, 'name') ?? []),
      devices: children(source, 'device').flatMap((device) => attribute(device, 'path') ?? []),
      format: format === null ? null : attribute(format, 'type'),
    },
    capacityBytes: bytes('capacity'),
    allocationBytes: bytes('allocation'),
    availableBytes: bytes('available'),
  };
}

export interface PoolOptions {
  readonly type:
    | 'dir'
    | 'fs'
    | 'netfs'
    | 'logical'
    | 'disk'
    | 'iscsi'
    | 'iscsi-direct'
    | 'scsi'
    | 'mpath'
    | 'rbd'
    | 'sheepdog'
    | 'gluster'
    | 'zfs'
    | 'vstorage';
  readonly name: string;
  readonly uuid?: string;
  /** Where the volumes appear on the host. A `dir` pool has nothing else. */
  readonly targetPath?: string;
  readonly permissions?: Permissions;
  readonly source?: {
    readonly name?: string;
    readonly directory?: string;
    readonly hosts?: readonly { readonly name: string; readonly port?: number }[];
    readonly devices?: readonly string[];
    readonly format?: string;
    /** Further elements, e.g. `<auth>` or `<adapter>`. */
    readonly others?: readonly XmlElement[];
  };
}

/** Builds a `<pool>`. */
export function poolElement({ type, name, uuid, source, targetPath, permissions }: PoolOptions): XmlElement {
  return element('pool', { type }, [
    element('name', {}, name),
    optionalElement('uuid', uuid),
    source &&
      element('source', {}, [
        (source.hosts ?? []).map((host) => element('host', { name: host.name, port: host.port })),
        (source.devices ?? []).map((path) => element('device', { path })),
        source.directory === undefined ? null : element('dir', { path: source.directory }),
        optionalElement('name', source.name),
        source.format === undefined ? null : element('format', { type: source.format }),
        source.others,
      ]),
    targetPath === undefined
      ? null
      : element('target', {}, [
          element('path', {}, targetPath),
          permissions && permissionsElement(permissions),
        ]),
  ]);
}
