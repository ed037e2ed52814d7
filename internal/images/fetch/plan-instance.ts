import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { DiskCleaner } from '../clean/clean-disk.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { VolumeRef } from '../../libvirt/objects.ts';
import type { InstancePlan } from '../import/shape.ts';

/**
 * The first disk of a domain, which must be off.
 *
 * @param asIs it is not to be cleaned
 * @throws ProtiumError `not-found`, `state-conflict`, `unsupported` (the disk is in no pool, or cannot be cleaned here)
 */
export async function planInstance(
  { uuidOrName, asIs }: { readonly uuidOrName: string; readonly asIs: boolean },
  options: {
    readonly client: LibvirtClient;
    readonly view: Pick<LiveView, 'domain'>;
    readonly cleaner: Pick<DiskCleaner, 'requireTool'>;
  },
): Promise<InstancePlan> {
  const { client, view, cleaner } = options;
  const domain = view.domain(uuidOrName);
  if (domain === undefined) {
    throw new ProtiumError('not-found', `libvirt has no domain "${uuidOrName}" (by uuid or name).`);
  }
  if (domain.id !== null) {
    throw new ProtiumError('state-conflict', `"${domain.name}" is not off. Shut it down first.`, {
      details: { domain: domain.name, state: domain.state },
    });
  }
  const [disk] = domain.diskPaths;
  const volume = disk === undefined ? null : await volumeAt(client, disk);
  if (volume === null) {
    throw new ProtiumError(
      'unsupported',
      `The first disk of "${domain.name}" is no volume of an active pool${disk === undefined ? '' : ` (${disk})`}.`,
      { details: { domain: domain.name } },
    );
  }
  if (!asIs) await cleaner.requireTool();
  const { pool, name } = volume;
  return { kind: 'instance', uuid: domain.uuid, domain: domain.name, pool, volume: name, clean: !asIs };
}

async function volumeAt(client: LibvirtClient, file: string): Promise<VolumeRef | null> {
  try {
    return await orAbsent(client.volumes.lookupByPath(file), virError.noStorageVolume);
  } catch (error) {
    throw fromLibvirt(error, 'find the disk of the instance');
  }
}
