import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import { existingDomain } from './find-domain.ts';
import { shown } from './shown.ts';
import { instanceResources, type InstanceTarget } from './target.ts';

/** One call to libvirt about a running instance, e.g. the operation `instance.reboot`. */
export interface PowerChange {
  readonly input: InstanceTarget;
  readonly result: { readonly uuid: string };
  readonly steps: { change: { facts?: never } };
}

export type PowerChanges = Readonly<
  Record<'reboot' | 'reset' | 'suspend' | 'resume', OperationDefinition<PowerChange>>
>;

export function powerChanges(client: LibvirtClient, view: Pick<LiveView, 'refresh'>): PowerChanges {
  const { domains } = client;
  const change = (
    name: string,
    title: string,
    act: (domain: DomainRef) => Promise<void>,
  ): OperationDefinition<PowerChange> => ({
    kind: `instance.${name}`,
    // A second press of a button that was perhaps pressed is worse than none.
    onRestart: 'undo',
    resources: instanceResources,
    steps: () => [
      {
        name: 'change',
        title,
        async do({ input }) {
          const domain = await existingDomain(client, input.uuid);
          try {
            await act(domain);
          } catch (error) {
            throw fromLibvirt(error, title);
          }
        },
      },
    ],
    async result({ input }) {
      await shown(view, input.uuid);
      return { uuid: input.uuid };
    },
  });
  return {
    reboot: change('reboot', 'ask the guest to reboot', (domain) => domains.reboot(domain)),
    reset: change('reset', 'reset the VM', (domain) => domains.reset(domain)),
    suspend: change('suspend', 'suspend the VM', (domain) => domains.suspend(domain)),
    resume: change('resume', 'resume the VM', (domain) => domains.resume(domain)),
  };
}
