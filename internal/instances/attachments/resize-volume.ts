import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { keepRecord, recordText } from '../changes/keep-record.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { attachmentOf } from './detach.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { growth, type Growth } from './growth.ts';
import { withVolumeSize } from './volume-size.ts';

/** The operation `instance.resize-volume`. */
export interface ResizeVolume {
  readonly input: InstanceTarget & {
    /** Of the disk. */
    readonly target: string;
    readonly sizeBytes: number;
  };
  readonly result: {
    readonly uuid: string;
    readonly target: string;
    readonly sizeBytes: number;
    readonly notices: readonly string[];
  };
  readonly steps: {
    'grow-volume': { intent: { notices: string[] } };
    'keep-record': { facts?: never };
  };
}

/** Makes a disk larger: by QEMU while the VM runs, else by libvirt's storage. */
export function resizeVolume(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  guard: Pick<StorageGuard, 'require' | 'creatorOf'>,
): Change<ResizeVolume> {
  const poolOf = async (path: string) => {
    const volume = await client.volumes.lookupByPath(path);
    return { volume, pool: await client.pools.lookupByName(volume.pool) };
  };
  const decide = async (
    { uuid, target, sizeBytes }: ResizeVolume['input'],
    operation?: string,
  ): Promise<Growth> => {
    const current = await currentInstance(client, uuid);
    await requireNoSavedState(client, current.domain);
    const { device, kind } = attachmentOf(current, 'volume', target);
    if (kind !== 'volume') throw new ProtiumError('internal', 'Only disks are resized.');
    const source = device.source;
    if (source?.type !== 'file' && source?.type !== 'block') {
      throw new ProtiumError('state-conflict', `The disk ${target} is no file or block device of this host.`);
    }
    try {
      const { volume, pool } = await poolOf(source.path);
      const { capacityBytes } = await client.volumes.info(volume);
      const { availableBytes } = await client.pools.info(pool);
      const possible = growth({
        disk: device,
        pool: pool.name,
        capacityBytes: Number(capacityBytes),
        availableBytes: Number(availableBytes),
        sizeBytes,
      });
      const bytes = BigInt(sizeBytes) - capacityBytes;
      if (bytes > 0n)
        await guard.require({
          pool: pool.name,
          bytes,
          owner: current.record.owner,
          creator: guard.creatorOf({ pool: pool.name, name: volume.name }),
          ...(operation !== undefined && { operation }),
        });
      return possible;
    } catch (error) {
      throw fromLibvirt(error, `find the volume of ${target}`);
    }
  };
  return {
    definition: {
      kind: 'instance.resize-volume',
      onRestart: 'resume',
      resources: instanceResources,
      steps: () => [
        {
          name: 'grow-volume',
          title: 'make the disk larger',
          // What is larger stays so: making it smaller could lose what the guest wrote since.
          irreversible: true,
          intent: async ({ operationId, input }) => ({
            notices: [...(await decide(input, operationId)).notices],
          }),
          async do({ input }) {
            const { domain, running, definition } = await currentInstance(client, input.uuid);
            const { device, running: plugged } = attachmentOf(
              { running, definition },
              'volume',
              input.target,
            );
            const source = 'source' in device ? device.source : null;
            if (source === null || !('path' in source)) return;
            try {
              const { volume, pool } = await poolOf(source.path);
              if (plugged) await client.domains.blockResize(domain, input.target, BigInt(input.sizeBytes));
              else await client.volumes.resize(volume, BigInt(input.sizeBytes));
              await client.pools.refresh(pool);
              await view.refresh('volume', pool.uuid).catch(() => undefined);
            } catch (error) {
              throw fromLibvirt(error, 'make the disk larger');
            }
          },
        },
        {
          name: 'keep-record',
          title: 'keep the plan with the domain',
          irreversible: true,
          async do({ input }) {
            const { domain, record, definition, running } = await currentInstance(client, input.uuid);
            const { device } = attachmentOf({ running, definition }, 'volume', input.target);
            const source = 'source' in device ? device.source : null;
            if (source === null || !('path' in source)) return;
            await keepRecord(
              client,
              domain,
              recordText(withVolumeSize(record, source.path, input.sizeBytes)),
            );
          },
        },
      ],
      async result(run) {
        const { uuid, target, sizeBytes } = run.input;
        await shown(view, uuid);
        return { uuid, target, sizeBytes, notices: run.data('grow-volume').notices };
      },
    },
    check: async (input) => (await decide(input)).notices,
  };
}
