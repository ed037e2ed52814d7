import { ProtiumError } from '../../errors/protium-error.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { PoolRef } from '../../libvirt/objects.ts';
import { withoutEffect, type Step, type StepRun } from '../../operations/definition.ts';
import { readVolume } from '../../xml/volume.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { orAbsent } from './absent.ts';
import type { CreateFromDocuments } from './shape.ts';

/** A new image needs at least this much; with less free, a failure to make it means a full disk. */
const leastFreeBytes = 1024n * 1024n;

/** Makes sure that the volume is in the pool; one of that name is used as it is, whatever its size. */
export function ensureVolume(
  client: LibvirtClient,
  guard: Pick<StorageGuard, 'require'>,
): Step<CreateFromDocuments, 'ensure-volume'> {
  const poolOf = (run: StepRun<CreateFromDocuments>): PoolRef => ({
    name: run.data('ensure-pool').name,
    uuid: run.data('ensure-pool').uuid,
  });
  const find = (run: StepRun<CreateFromDocuments>) =>
    orAbsent(client.volumes.lookupByName(poolOf(run), run.input.volume.name), virError.noStorageVolume);
  return {
    name: 'ensure-volume',
    title: 'prepare the storage volume',
    async intent(run) {
      if ((await find(run)) !== null) return { action: 'reuse' };
      // A file that was put there behind libvirt's back is seen only after a refresh.
      if (run.data('ensure-pool').action === 'reuse') {
        await client.pools.refresh(poolOf(run));
        if ((await find(run)) !== null) return { action: 'reuse' };
      }
      const bytes = readVolume(run.input.volume.xml).capacityBytes ?? 0n;
      await guard.require({ pool: poolOf(run).name, bytes, owner: run.owner });
      return { action: 'create' };
    },
    async do(run, { action }) {
      if (action === 'reuse') return;
      try {
        await createValidated(client, poolOf(run), run.input.volume.xml);
      } catch (error) {
        const failure = await explain(client, poolOf(run), error);
        // libvirt removes what it began of a volume that it could not make.
        throw error instanceof LibvirtError ? withoutEffect(failure) : failure;
      }
    },
    async verify(run) {
      return (await find(run)) === null ? 'absent' : 'done';
    },
    async undo(run, { action }) {
      if (action === 'reuse') return;
      const volume = await find(run);
      if (volume !== null) await client.volumes.delete(volume);
    },
    leftBehind: ({ input }) =>
      `the volume "${input.volume.name}": virsh vol-delete --pool ${input.pool.name} ${input.volume.name}`,
  };
}

/** libvirt 8.10 to 9.0 know the flag for checking against the schema, but refuse every document that is sent with it. */
async function createValidated(client: LibvirtClient, pool: PoolRef, xml: string): Promise<void> {
  try {
    await client.volumes.create(pool, xml, { validate: true });
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === virError.invalidArgument)) throw error;
    await client.volumes.create(pool, xml);
  }
}

/** libvirt reports a full disk as a failed qemu-img, without a code of its own: the pool's free space tells. */
async function explain(client: LibvirtClient, pool: PoolRef, error: unknown): Promise<ProtiumError> {
  const failure = fromLibvirt(error, 'create the storage volume');
  if (failure.code !== 'libvirt-failed') return failure;
  const availableBytes = await freeBytes(client, pool);
  if (availableBytes === null || availableBytes >= leastFreeBytes) return failure;
  return new ProtiumError(
    'storage-full',
    `The storage pool "${pool.name}" has ${availableBytes.toString()} bytes left: too few for a new image. Free some space there.`,
    { cause: error, details: { ...failure.details, availableBytes: availableBytes.toString() } },
  );
}

/** null: it cannot be told; then the first error is the one to report. */
async function freeBytes(client: LibvirtClient, pool: PoolRef): Promise<bigint | null> {
  try {
    await client.pools.refresh(pool);
    return (await client.pools.info(pool)).availableBytes;
  } catch (error) {
    if (error instanceof LibvirtError) return null;
    throw error;
  }
}
