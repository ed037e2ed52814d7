import type { DeviceCare, DeviceDriver } from '../../devices/device-care.ts';
import { freeDevices, type PlannedDevice } from '../../devices/free-devices.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { withoutEffect, type OperationDefinition, type Step } from '../../operations/definition.ts';
import { activateNetworks, inactiveNetworks } from '../networks.ts';
import { activeDomain, existingDomain } from './find-domain.ts';
import { shown } from './shown.ts';
import { instanceResources, type InstanceTarget } from './target.ts';

/** The operation `instance.start`. */
export interface StartInstance {
  readonly input: InstanceTarget & {
    readonly suspended: boolean;
    /** Boots afresh, whatever was saved of it. An older daemon's journal does not say. */
    readonly discardSavedState?: boolean;
    /** Host devices of its document. */
    readonly devices: readonly PlannedDevice[];
    readonly networks: readonly string[];
  };
  readonly result: { readonly uuid: string };
  readonly steps: {
    'start-networks': { facts?: never };
    'take-devices': { intent: { devices: DeviceDriver[] } };
    'start-domain': { facts?: never };
  };
}

/** Starts an instance that is off. One that runs by now is left alone. */
export function startInstance(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly care: DeviceCare;
  readonly host: Pick<HostReader, 'read'>;
}): OperationDefinition<StartInstance> {
  const { client, view, care, host } = options;

  const startNetworks: Step<StartInstance, 'start-networks'> = {
    name: 'start-networks',
    title: 'start the networks',
    do: async ({ input }) => activateNetworks(client, await inactiveNetworks(client, input.networks)),
  };
  const takeDevices: Step<StartInstance, 'take-devices'> = {
    name: 'take-devices',
    title: 'take the devices from the host',
    async intent({ input }) {
      if (input.devices.length === 0 || (await activeDomain(client, input.uuid)) !== null)
        return { devices: [] };
      const free = freeDevices(await host.read({ maxAgeMs: 0 }), input.devices);
      return { devices: free.map((device) => ({ ...device })) };
    },
    do: ({ input }, { devices }) => care.take(input.uuid, devices),
    async undo({ input }) {
      await care.giveBack(input.uuid);
    },
  };
  const start: Step<StartInstance, 'start-domain'> = {
    name: 'start-domain',
    title: 'start the domain',
    async do({ input }) {
      const domain = await existingDomain(client, input.uuid);
      if (domain.id !== null) return;
      try {
        await client.domains.create(domain, {
          paused: input.suspended,
          forceBoot: input.discardSavedState ?? false,
        });
      } catch (error) {
        const failure = fromLibvirt(error, 'start the domain');
        throw error instanceof LibvirtError ? withoutEffect(failure) : failure;
      }
    },
    async undo({ input }) {
      const domain = await activeDomain(client, input.uuid);
      if (domain !== null) await client.domains.destroy(domain);
    },
  };
  return {
    kind: 'instance.start',
    onRestart: 'resume',
    resources: instanceResources,
    steps: () => [startNetworks, takeDevices, start],
    async result({ input }) {
      await shown(view, input.uuid);
      return { uuid: input.uuid };
    },
  };
}
