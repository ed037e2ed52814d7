import { pipeline } from 'node:stream/promises';
import { deleteVolume } from '../instances/delete-volume.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { withoutEffect, type Step, type StepRun } from '../operations/definition.ts';
import { existingVolume, findVolume, type VolumePlace } from '../storage/volumes/volume-place.ts';
import { serializeXml } from '../xml/serialize.ts';
import { readVolume, volumeElement } from '../xml/volume.ts';
import { byteProgress } from '../images/fetch/fetch-content.ts';
import { longCall } from '../storage/volumes/create-volume.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { copyFile, removeFile } from './directory-volumes.ts';
import type { MediumMove } from './media.ts';
import type { FlatVolume, MigrateInstance } from './shape.ts';
import { failing, type MigrationParts } from './steps.ts';
import { requireAbsent } from './target-steps.ts';

/** Of a disk that lies on an image, its own bytes are not all of it: a copy without layers is sent. */
export function flattenStep({ client }: MigrationParts): Step<MigrateInstance, 'flatten-disks'> {
  return {
    name: 'flatten-disks',
    title: 'copy its layered disks',
    async intent(run) {
      const layered = run.data('prepare').moves.filter(({ by, layered: is }) => by === 'uploaded' && is);
      const volumes = layered.map(({ pool, name }) => ({ pool, name: `${name}.moving`, of: name }));
      for (const volume of volumes) {
        if ((await findVolume(client, volume)) === null) continue;
        throw new ProtiumError(
          'already-exists',
          `The pool "${volume.pool}" has a volume "${volume.name}", as is left of another move: delete it first.`,
        );
      }
      return { volumes };
    },
    async do(run, { volumes }) {
      const { moves } = run.data('prepare');
      await failing('copy its layered disks', run.signal, async () => {
        for (const volume of volumes) {
          const move = moves.find(({ pool, name }) => pool === volume.pool && name === volume.of);
          const document = volumeElement({
            name: volume.name,
            capacityBytes: BigInt(move?.capacityBytes ?? '0'),
            format: move?.format ?? 'qcow2',
          });
          const source = await existingVolume(client, { pool: volume.pool, name: volume.of });
          const pool = await client.pools.lookupByName(volume.pool);
          await client.volumes.clone(
            pool,
            serializeXml(document),
            source,
            {},
            { ...longCall, signal: run.signal },
          );
        }
      });
    },
    undo: (_run, { volumes }) => removeFlat(client, volumes),
    leftBehind: (_run, { volumes }) => left(volumes, 'this host'),
  };
}

/** Removes such copies. */
export async function removeFlat(client: LibvirtClient, volumes: readonly FlatVolume[]): Promise<void> {
  for (const volume of volumes) await deleteVolume(client, volume);
}

/** Makes the volumes there: empty ones for what QEMU copies, whole ones of the rest. */
export function volumesStep({ client, targets }: MigrationParts): Step<MigrateInstance, 'make-volumes'> {
  return {
    name: 'make-volumes',
    title: 'make its volumes there',
    async do(run) {
      const { client: there } = targets.open(run.input.target);
      const made: VolumePlace[] = [];
      try {
        await failing('make its volumes there', run.signal, async () => {
          for (const [index, move] of run.data('prepare').moves.entries()) {
            await makeEmpty(there, move);
            made.push(move);
            if (move.by === 'uploaded') await upload(client, there, run, move, index);
          }
        });
      } catch (error) {
        // Only what was made here: what another one made meanwhile is not ours.
        for (const place of made.reverse()) await deleteVolume(there, place);
        throw withoutEffect(error);
      }
    },
    async undo(run) {
      const { client: there } = targets.open(run.input.target);
      await requireAbsent(there, run.input.uuid);
      for (const place of run.data('prepare').moves) await deleteVolume(there, place);
    },
    leftBehind: (run) => left(run.data('prepare').moves, `the host "${run.input.target}"`),
  };
}

/** UEFI's variables are a file of their own, which libvirt sends only of a VM that runs. */
export function firmwareStep({
  client,
  targets,
}: MigrationParts): Step<MigrateInstance, 'copy-firmware-variables'> {
  return {
    name: 'copy-firmware-variables',
    title: 'copy the variables of its firmware',
    async do(run) {
      const { nvram } = run.data('prepare');
      if (nvram === null) return;
      const { client: there } = targets.open(run.input.target);
      await failing('copy the variables of its firmware', run.signal, () =>
        copyFile(client, there, nvram, run.signal),
      );
    },
    async undo(run) {
      const { nvram } = run.data('prepare');
      const { client: there } = targets.open(run.input.target);
      await requireAbsent(there, run.input.uuid);
      if (nvram !== null) await removeFile(there, nvram);
    },
    leftBehind: (run) => `the file ${String(run.data('prepare').nvram)} of the host "${run.input.target}"`,
  };
}

async function makeEmpty(there: LibvirtClient, { pool, name, by, format, capacityBytes }: MediumMove) {
  const document =
    by === 'mirrored'
      ? volumeElement({ name, capacityBytes: BigInt(capacityBytes), format })
      : // libvirt finds out the format when it reads the pool again, at the end of the upload.
        volumeElement({ name, capacityBytes: 0n, format: 'raw' });
  await there.volumes.create(await there.pools.lookupByName(pool), serializeXml(document));
}

async function upload(
  client: LibvirtClient,
  there: LibvirtClient,
  run: StepRun<MigrateInstance>,
  { pool, name, layered }: MediumMove,
  index: number,
): Promise<void> {
  const source = await existingVolume(client, { pool, name: layered ? `${name}.moving` : name });
  const facts = readVolume(await client.volumes.xml(source));
  const length = Number(facts.physicalBytes ?? facts.capacityBytes ?? 0n);
  const sink = await there.volumes.upload(await existingVolume(there, { pool, name }), {
    offset: 0n,
    length: 0n,
  });
  const bytes = await client.volumes.download(source, { offset: 0n, length: 0n });
  const count = run.data('prepare').moves.length;
  const report = byteProgress((fraction, message) => run.progress((index + fraction) / count, message));
  let done = 0;
  bytes.on('data', (chunk: Buffer) => report((done += chunk.length), length));
  await pipeline(bytes, sink, { signal: run.signal });
}

function left(volumes: readonly VolumePlace[], where: string): string {
  const commands = volumes.map(({ pool, name }) => `virsh vol-delete --pool ${pool} ${name}`);
  return `volumes of ${where}: ${commands.join(', ')}`;
}
