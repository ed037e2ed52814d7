import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { parseXml } from '../../xml/parse.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { attachmentsOf } from '../attachments/attachments.ts';
import type { Change } from '../changes/begin-change.ts';
import { existingDomain } from './find-domain.ts';
import { shown } from './shown.ts';
import { instanceResources, type InstanceTarget } from './target.ts';

/** The operation `instance.save`. */
export interface SaveInstance {
  readonly input: InstanceTarget;
  readonly result: { readonly uuid: string };
  readonly steps: { 'save-memory': { facts?: never } };
}

/** Writes the memory of a VM that runs to disk and ends it; its next start goes on from there. */
export function saveInstance(client: LibvirtClient, view: Pick<LiveView, 'refresh'>): Change<SaveInstance> {
  const savable = async (uuid: string) => {
    const domain = await existingDomain(client, uuid);
    if (domain.id === null) {
      throw new ProtiumError('state-conflict', `"${domain.name}" is off: there is no memory to save.`, {
        details: { uuid },
      });
    }
    requireSavable(parseXml(await client.domains.xml(domain)));
    return domain;
  };
  return {
    definition: {
      kind: 'instance.save',
      // A saving that was cut short is over: libvirt lets the VM go on.
      onRestart: 'undo',
      resources: instanceResources,
      steps: () => [
        {
          name: 'save-memory',
          title: 'save its memory',
          async do({ input }) {
            const domain = await savable(input.uuid);
            try {
              await client.domains.managedSave(domain);
            } catch (error) {
              throw fromLibvirt(error, 'save its memory');
            }
          },
        },
      ],
      async result({ input }) {
        await shown(view, input.uuid);
        return { uuid: input.uuid };
      },
    },
    async check({ uuid }) {
      await savable(uuid);
      return [];
    },
  };
}

/**
 * What is in a device of the host is not in the memory that is saved. Pure.
 *
 * @throws ProtiumError `state-conflict`
 */
export function requireSavable(running: XmlElement): void {
  const devices = attachmentsOf(running, running).filter(({ kind }) => kind === 'host-device');
  if (devices.length === 0) return;
  const ids = devices.map(({ id }) => id);
  throw new ProtiumError(
    'state-conflict',
    `It has host devices (${ids.join(', ')}), and what is in them cannot be saved: detach them first, or stop the VM.`,
    { details: { devices: ids } },
  );
}
