import { randomBytes } from 'node:crypto';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Step } from '../../operations/definition.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { serializeXml } from '../../xml/serialize.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { volumeElement } from '../../xml/volume.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { keepRecord, recordText } from '../changes/keep-record.ts';
import { putSections, takeSections, type Sections } from '../changes/sections.ts';
import { orAbsent } from '../from-documents/absent.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { layerPath } from './layers.ts';
import { pointDisks } from './point-disks.ts';
import { readSnapshots, snapshotNamed, type Snapshot } from './read-snapshots.ts';
import { redefineSnapshot } from './redefine-snapshot.ts';
import { refreshPoolsOf } from './refresh-pools.ts';
import { requireNothingRegained } from './require-nothing-regained.ts';
import { requireSameShape } from './require-same-shape.ts';
import { tidyChains } from './tidy.ts';

/** A new layer that a disk goes on with. */
interface NewLayer {
  readonly pool: string;
  readonly path: string;
  /** The file that holds the disk's state. */
  readonly base: string;
  readonly format: 'qcow2' | 'raw';
  /** The file that the disk is now. */
  readonly before: string;
}

/** The operation `snapshot.revert`. */
export interface RevertSnapshot {
  readonly input: InstanceTarget & { readonly name: string };
  readonly result: { readonly uuid: string; readonly snapshot: string };
  readonly steps: {
    'find-snapshot': {
      intent: { internal: boolean; layers: NewLayer[]; kept: Sections; record: string };
    };
    'create-layers': { facts?: never };
    'point-disks': { facts?: never };
    'bring-back': { facts?: never };
    'keep-definition': { facts?: never };
    'tidy-layers': { facts?: never };
  };
}

/** What an instance has of the host, and is called: not of the past. */
const keptSections = ['title', 'description', 'vcpu', 'cputune', 'numatune', 'metadata'];

/**
 * Brings an instance back to a snapshot. One that is kept within the disks is brought back by libvirt; of one that is kept by
 * layers the disks get new layers over the files that hold their states, which libvirt 9.0 cannot do.
 */
export function revertSnapshot(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'volumes'>,
): Change<RevertSnapshot> {
  const find = async ({ uuid, name }: RevertSnapshot['input']) => {
    const current = await currentInstance(client, uuid);
    await requireNoSavedState(client, current.domain);
    const snapshot = snapshotNamed(await readSnapshots(client, current.domain), name);
    if (snapshot.domain === null) {
      throw new ProtiumError('state-conflict', `The snapshot "${name}" does not tell what the VM was.`);
    }
    requireSameShape(snapshot.domain, current.definition);
    const internal = snapshot.kind === 'internal';
    requireNothingRegained(snapshot.domain, current.definition, { internal });
    if (snapshot.kind === 'external' && current.running !== null) {
      throw new ProtiumError(
        'state-conflict',
        'The snapshot is kept by layers on the disks, and these cannot be changed under a VM that runs: stop it first.',
        { details: { snapshot: name } },
      );
    }
    return { current, snapshot };
  };
  const findSnapshot: Step<RevertSnapshot, 'find-snapshot'> = {
    name: 'find-snapshot',
    title: 'find the snapshot',
    async intent({ input }) {
      const { current, snapshot } = await find(input);
      const internal = snapshot.kind === 'internal';
      return {
        internal,
        layers: internal ? [] : await newLayers(client, snapshot, current.definition),
        kept: takeSections(current.definition, keptSections),
        record: recordText(current.record),
      };
    },
    do: () => undefined,
  };
  const createLayers: Step<RevertSnapshot, 'create-layers'> = {
    name: 'create-layers',
    title: 'make new layers for its disks',
    async do(run) {
      for (const { pool: poolName, path, base, format } of run.data('find-snapshot').layers) {
        try {
          const pool = await client.pools.lookupByName(poolName);
          const { capacityBytes } = await client.volumes.info(await client.volumes.lookupByPath(base));
          const name = path.slice(path.lastIndexOf('/') + 1);
          const document = volumeElement({ name, capacityBytes, backing: { path: base, format } });
          await client.volumes.create(pool, serializeXml(document));
        } catch (error) {
          throw fromLibvirt(error, 'make a new layer');
        }
      }
    },
    async undo(run) {
      for (const { path } of run.data('find-snapshot').layers) {
        const volume = await orAbsent(client.volumes.lookupByPath(path), virError.noStorageVolume);
        if (volume !== null) await client.volumes.delete(volume);
      }
    },
  };
  const pointers = (layers: readonly NewLayer[]) =>
    layers.map(({ before, path }) => ({ from: before, to: path, format: 'qcow2' as const }));
  const point: Step<RevertSnapshot, 'point-disks'> = {
    name: 'point-disks',
    title: 'put its disks on the new layers',
    // What the disks had since is deleted next.
    irreversible: true,
    async do(run) {
      const { layers } = run.data('find-snapshot');
      const { definition } = await currentInstance(client, run.input.uuid);
      const moved = pointDisks(definition, pointers(layers));
      if (moved === definition) return;
      try {
        await client.domains.define(serializeXml(moved), { validate: true });
      } catch (error) {
        throw fromLibvirt(error, 'put its disks on the new layers');
      }
    },
  };
  const bringBack: Step<RevertSnapshot, 'bring-back'> = {
    name: 'bring-back',
    title: 'bring the snapshot back',
    irreversible: true,
    async do(run) {
      const { internal } = run.data('find-snapshot');
      const domain = await existingDomain(client, run.input.uuid);
      const snapshot = snapshotNamed(await readSnapshots(client, domain), run.input.name);
      if (!internal) {
        await redefineSnapshot(client, domain, snapshot.document, true);
        return;
      }
      try {
        await client.snapshots.revert(snapshot.ref, { force: true });
      } catch (error) {
        throw fromLibvirt(error, 'bring the snapshot back');
      }
    },
  };
  const keepDefinition: Step<RevertSnapshot, 'keep-definition'> = {
    name: 'keep-definition',
    title: 'keep what it has of the host',
    irreversible: true,
    async do(run) {
      const { internal, kept, record } = run.data('find-snapshot');
      if (!internal) return;
      const domain = await existingDomain(client, run.input.uuid);
      await keepRecord(client, domain, record);
      const { definition, running, record: now } = await currentInstance(client, run.input.uuid);
      await client.domains.define(serializeXml(putSections(definition, kept)), { validate: true });
      if (running === null) return;
      for (const [vcpu, cpus] of now.plan.cpu.pins.entries()) {
        await client.domains.pinVcpu(domain, vcpu, cpus, { live: true });
      }
    },
  };
  const tidy: Step<RevertSnapshot, 'tidy-layers'> = {
    name: 'tidy-layers',
    title: 'delete the layers that it left',
    irreversible: true,
    async do(run) {
      const { internal, layers } = run.data('find-snapshot');
      if (internal) return;
      await refreshPoolsOf(
        client,
        view,
        layers.map(({ base }) => base),
      );
      await tidyChains(client, view, run.input.uuid, run.signal);
    },
  };
  return {
    definition: {
      kind: 'snapshot.revert',
      onRestart: 'undo',
      resources: instanceResources,
      steps: () => [findSnapshot, createLayers, point, bringBack, keepDefinition, tidy],
      async result({ input }) {
        await shown(view, input.uuid);
        return { uuid: input.uuid, snapshot: input.name };
      },
    },
    async check(input) {
      const { current, snapshot } = await find(input);
      if (snapshot.kind === 'external') await newLayers(client, snapshot, current.definition);
      return [];
    },
  };
}

async function newLayers(
  client: LibvirtClient,
  { name, disks }: Snapshot,
  definition: XmlElement,
): Promise<NewLayer[]> {
  const layers: NewLayer[] = [];
  for (const { target, path: base, format } of disks) {
    const before = diskNow(definition, target);
    const volume =
      base === null ? null : await orAbsent(client.volumes.lookupByPath(base), virError.noStorageVolume);
    if (base === null || before === null || volume === null) {
      throw new ProtiumError(
        'state-conflict',
        `The snapshot "${name}" cannot be brought back: the file that holds the state of ${target}${base === null ? '' : ` (${base})`} is in no active pool (any more).`,
        { details: { snapshot: name, disk: target } },
      );
    }
    layers.push({
      pool: volume.pool,
      path: layerPath(base, randomBytes(6).toString('hex')),
      base,
      format: format === 'qcow2' ? 'qcow2' : 'raw',
      before,
    });
  }
  return layers;
}

function diskNow(definition: XmlElement, target: string): string | null {
  const disk = readDomain(definition).disks.find((each) => each.target === target);
  return disk?.source?.type === 'file' ? disk.source.path : null;
}
