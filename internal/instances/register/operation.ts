import type { DeviceCare } from '../../devices/device-care.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { SeedMaker } from '../../seed/seed-maker.ts';
import { shown } from '../lifecycle/shown.ts';
import { bindAddress, type AddressBinding } from './bind-address-step.ts';
import { createSeed } from './create-seed-step.ts';
import { defineDomain, startDomain, startNetworks } from './domain-steps.ts';
import type { GuestSetups } from './guest-setups.ts';
import type { RegisterInstance } from './shape.ts';
import { createVolumes, ensurePool } from './storage-steps.ts';
import { takeDevices } from './take-devices-step.ts';

/** Makes an instance from its plan: all of it, or nothing. */
export function registerInstance(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly care: DeviceCare;
  readonly host: Pick<HostReader, 'read'>;
  readonly seeds: Pick<SeedMaker, 'withSeed'>;
  readonly setups: GuestSetups;
  readonly addresses: AddressBinding;
  /** Where the machine's /var is: `/` */
  readonly hostRoot: string;
}): OperationDefinition<RegisterInstance> {
  const { client, view, care, host, seeds, setups, addresses, hostRoot } = options;
  return {
    kind: 'instance.register',
    onRestart: 'undo',
    resources: ({ uuid, domain, volumes }) => [
      `domain/${domain}`,
      `instance/${uuid}`,
      // Two that make a volume of the same name: the second one must find that of the first. What is only read is shared.
      ...volumes.flatMap(({ pool, name, readonly }) => (readonly ? [] : [`volume/${pool}/${name}`])),
    ],
    // An older daemon's journal knows of no seed, and of no address.
    steps: ({ seed, floatingAddress = false }) => [
      ensurePool(client),
      createVolumes(client),
      ...(seed ? [createSeed(client, seeds, setups)] : []),
      startNetworks(client),
      defineDomain(client, hostRoot),
      takeDevices(care, host),
      startDomain(client),
      ...(floatingAddress ? [bindAddress(addresses, view)] : []),
    ],
    async result({ input }) {
      await shown(view, input.uuid);
      return { uuid: input.uuid };
    },
  };
}
