import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { withoutEffect } from '../../operations/definition.ts';
import type { Change } from '../changes/begin-change.ts';
import type { Booking } from '../changes/booking.ts';
import { requireNoSavedState } from '../changes/current-instance.ts';
import { moveLog } from './move-log.ts';
import { existingDomain } from './find-domain.ts';
import { shown } from './shown.ts';
import { instanceResources, type InstanceTarget } from './target.ts';

/** The operation `instance.rename`. */
export interface RenameInstance {
  readonly input: InstanceTarget & { readonly name: string };
  readonly result: { readonly uuid: string; readonly name: string };
  readonly steps: { 'rename-domain': { intent: { before: string } }; 'move-log': { facts?: never } };
}

/**
 * Gives the domain of an instance that is off another name.
 *
 * @param hostRoot where the machine's /var is: `/`
 */
export function renameInstance(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'domain'>,
  booking: Pick<Booking, 'promisedNames'>,
  hostRoot: string,
): Change<RenameInstance> {
  const renamable = async ({ uuid, name }: RenameInstance['input']): Promise<DomainRef> => {
    const domain = await existingDomain(client, uuid);
    if (name === domain.name) {
      throw new ProtiumError('already-exists', `It is called "${name}" already.`, {
        details: { domain: name },
      });
    }
    if (booking.promisedNames().has(name) || view.domain(name) !== undefined) {
      throw new ProtiumError('already-exists', `There is a domain "${name}" already.`, {
        details: { domain: name },
      });
    }
    if (domain.id !== null) {
      throw new ProtiumError('state-conflict', `"${domain.name}" runs: stop it, and rename it then.`, {
        details: { uuid },
      });
    }
    await requireNoSavedState(client, domain);
    const snapshots = await client.snapshots.list(domain);
    if (snapshots.length > 0) {
      throw new ProtiumError(
        'state-conflict',
        `libvirt renames no domain with snapshots, and "${domain.name}" has ${snapshots.length}: delete them first.`,
        { details: { snapshots: snapshots.map((snapshot) => snapshot.name) } },
      );
    }
    return domain;
  };
  return {
    definition: {
      kind: 'instance.rename',
      onRestart: 'undo',
      resources: (input) => [...instanceResources(input), `domain/${input.name}`],
      steps: () => [
        {
          name: 'rename-domain',
          title: 'rename the domain',
          intent: async ({ input }) => ({ before: (await renamable(input)).name }),
          async do({ input }) {
            try {
              await client.domains.rename(await existingDomain(client, input.uuid), input.name);
            } catch (error) {
              const failure = fromLibvirt(error, 'rename the domain');
              throw error instanceof LibvirtError ? withoutEffect(failure) : failure;
            }
          },
          async undo({ input }, { before }) {
            const domain = await existingDomain(client, input.uuid);
            if (domain.name === input.name) await client.domains.rename(domain, before);
          },
          leftBehind: ({ input }, { before }) => `the name: virsh domrename ${input.name} ${before}`,
        },
        {
          // What QEMU has said stays with the VM: under the old name the next VM of that name would go on in it.
          name: 'move-log',
          title: "rename QEMU's log",
          do: (run) => moveLog(hostRoot, run.data('rename-domain').before, run.input.name),
          undo: (run) => moveLog(hostRoot, run.input.name, run.data('rename-domain').before),
        },
      ],
      async result({ input }) {
        await shown(view, input.uuid);
        return { uuid: input.uuid, name: input.name };
      },
    },
    async check(input) {
      await renamable(input);
      return [];
    },
  };
}
