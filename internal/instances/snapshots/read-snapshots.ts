import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DomainRef, SnapshotRef } from '../../libvirt/objects.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { readSnapshot } from '../../xml/snapshot.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { orAbsent } from '../from-documents/absent.ts';
import type { SnapshotKind } from './choose-kind.ts';

/** A snapshot of an instance. */
export interface Snapshot {
  readonly name: string;
  readonly description: string | null;
  /** ISO time. */
  readonly createdAt: string;
  readonly kind: SnapshotKind;
  /** `off`: it was off; `running`: with its memory; `disks`: it ran, and only its disks were taken. */
  readonly state: 'off' | 'running' | 'disks';
  /** null: it follows none. */
  readonly parent: string | null;
  /** The instance goes on from it. */
  readonly current: boolean;
  /** Disks that it has, with the files that hold their states. */
  readonly disks: readonly {
    readonly target: string;
    readonly path: string | null;
    readonly format: string | null;
  }[];
  /** The domain as it was. */
  readonly domain: XmlElement | null;
  readonly document: XmlElement;
  readonly ref: SnapshotRef;
}

/** All of a domain, in the order of `olderFirst`. */
export async function readSnapshots(client: LibvirtClient, domain: DomainRef): Promise<readonly Snapshot[]> {
  const refs = await client.snapshots.list(domain);
  if (refs.length === 0) return [];
  const current = await client.snapshots.current(domain);
  const found: Snapshot[] = [];
  for (const ref of refs) {
    const xml = await orAbsent(client.snapshots.xml(ref), virError.noDomainSnapshot);
    if (xml !== null) found.push(snapshotOf(xml, ref, current?.name === ref.name));
  }
  return olderFirst(found);
}

/**
 * Oldest first. libvirt counts whole seconds: of one second's, a snapshot comes after the one that it follows; those that
 * do not follow each other are in the order of their names. Pure.
 */
export function olderFirst<S extends Pick<Snapshot, 'name' | 'createdAt' | 'parent'>>(
  snapshots: readonly S[],
): readonly S[] {
  const parents = new Map(snapshots.map(({ name, parent }) => [name, parent]));
  const depth = (name: string): number => {
    const line = new Set<string>();
    for (
      let at: string | null | undefined = name;
      typeof at === 'string' && !line.has(at);
      at = parents.get(at)
    )
      line.add(at);
    return line.size;
  };
  const placed = snapshots.map((snapshot) => ({ snapshot, depth: depth(snapshot.name) }));
  placed.sort(
    (a, b) =>
      compare(a.snapshot.createdAt, b.snapshot.createdAt) ||
      a.depth - b.depth ||
      compare(a.snapshot.name, b.snapshot.name),
  );
  return placed.map(({ snapshot }) => snapshot);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws ProtiumError `not-found` */
export function snapshotNamed(snapshots: readonly Snapshot[], name: string): Snapshot {
  const found = snapshots.find((snapshot) => snapshot.name === name);
  if (found !== undefined) return found;
  const has =
    snapshots.length === 0 ? 'it has none' : `it has ${snapshots.map((each) => each.name).join(', ')}`;
  throw new ProtiumError('not-found', `The VM has no snapshot "${name}": ${has}.`, {
    details: { snapshot: name },
  });
}

/** Pure. */
export function snapshotOf(xml: string, ref: SnapshotRef, current: boolean): Snapshot {
  const { tree, description, creationTime, state, parent, disks, domain, memory } = readSnapshot(xml);
  const was = domain === null ? [] : readDomain(domain).disks;
  const held = disks.filter(({ location }) => location === 'internal' || location === 'external');
  const withMemory = memory !== null && memory.location !== 'no';
  return {
    name: ref.name,
    description: description === '' ? null : description,
    createdAt: new Date((creationTime ?? 0) * 1000).toISOString(),
    kind: held.some(({ location }) => location === 'external') ? 'external' : 'internal',
    state: withMemory ? 'running' : state === 'disk-snapshot' ? 'disks' : 'off',
    parent,
    current,
    disks: held.map(({ name: target }) => {
      const disk = was.find((each) => each.target === target);
      const source = disk?.source ?? null;
      return {
        target,
        path: source !== null && 'path' in source ? source.path : null,
        format: disk?.format ?? null,
      };
    }),
    domain,
    document: tree,
    ref,
  };
}
