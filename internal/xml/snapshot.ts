import { attribute, child, childText, children, element, optionalElement, type XmlElement } from './tree.ts';
import { integerChild, requiredChild, rootOf, type XmlSource } from './values.ts';

/** How a snapshot holds a disk. */
interface SnapshotDisk {
  /** Target or path, as the document names it. */
  readonly name: string;
  readonly location: 'internal' | 'external' | 'no' | 'manual' | null;
  readonly file: string | null;
}

/** What a `<domainsnapshot>` document says. */
export interface SnapshotDocument {
  readonly tree: XmlElement;
  readonly name: string;
  readonly description: string | null;
  /** The domain's state when it was made: `running`, `shutoff`, `disk-snapshot` ... */
  readonly state: string | null;
  readonly parent: string | null;
  /** Seconds since 1970. */
  readonly creationTime: number | null;
  readonly memory: { readonly location: string; readonly file: string | null } | null;
  readonly disks: readonly SnapshotDisk[];
  /** The domain as it was; null in documents that only ask for a snapshot. */
  readonly domain: XmlElement | null;
}

/** Reads a `<domainsnapshot>`. */
export function readSnapshot(document: XmlSource): SnapshotDocument {
  const tree = rootOf(document, 'domainsnapshot');
  const memory = child(tree, 'memory');
  const parent = child(tree, 'parent');
  return {
    tree,
    name: requiredChild(tree, 'name'),
    description: childText(tree, 'description'),
    state: childText(tree, 'state'),
    parent: parent === null ? null : childText(parent, 'name'),
    creationTime: integerChild(tree, 'creationTime'),
    memory:
      memory === null
        ? null
        : { location: attribute(memory, 'snapshot') ?? 'internal', file: attribute(memory, 'file') },
    disks: children(child(tree, 'disks') ?? element('disks'), 'disk').map((disk) => {
      const source = child(disk, 'source');
      return {
        name: attribute(disk, 'name') ?? '',
        location: locationOf(attribute(disk, 'snapshot')),
        file: source === null ? null : (attribute(source, 'file') ?? attribute(source, 'dev')),
      };
    }),
    domain: child(tree, 'domain'),
  };
}

function locationOf(text: string | null): SnapshotDisk['location'] {
  return text === 'internal' || text === 'external' || text === 'no' || text === 'manual' ? text : null;
}

export interface SnapshotOptions {
  readonly name: string;
  readonly description?: string;
  /** Where the memory goes; left out: libvirt decides by the domain's state. */
  readonly memory?: 'none' | 'internal' | { readonly file: string };
  /** Disks by target; those left out are libvirt's default. */
  readonly disks?: readonly {
    readonly target: string;
    readonly location: 'internal' | 'external' | 'none';
    /** File of the new layer, when external. Default: libvirt names it after the snapshot. */
    readonly file?: string;
    readonly format?: 'qcow2';
  }[];
}

/** Builds a `<domainsnapshot>` that asks for a snapshot. */
export function snapshotElement(snapshot: SnapshotOptions): XmlElement {
  const { memory, disks } = snapshot;
  const no = (location: string): string => (location === 'none' ? 'no' : location);
  return element('domainsnapshot', {}, [
    element('name', {}, snapshot.name),
    optionalElement('description', snapshot.description),
    memory === undefined
      ? null
      : typeof memory === 'string'
        ? element('memory', { snapshot: no(memory) })
        : element('memory', { snapshot: 'external', file: memory.file }),
    disks &&
      element(
        'disks',
        {},
        disks.map((disk) =>
          element('disk', { name: disk.target, snapshot: no(disk.location) }, [
            disk.format === undefined ? null : element('driver', { type: disk.format }),
            disk.file === undefined ? null : element('source', { file: disk.file }),
          ]),
        ),
      ),
  ]);
}
