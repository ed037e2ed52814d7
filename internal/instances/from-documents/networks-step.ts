import type { LibvirtClient } from '../../libvirt/client.ts';
import type { Step } from '../../operations/definition.ts';
import { activateNetworks, deactivateUnused, inactiveNetworks } from '../networks.ts';
import type { CreateFromDocuments } from './shape.ts';

/** Starts the networks that the domain needs and that are not active: with one inactive, no domain on it starts. */
export function startNetworks(client: LibvirtClient): Step<CreateFromDocuments, 'start-networks'> {
  return {
    name: 'start-networks',
    title: 'start the networks',
    intent: async ({ input }) => ({ inactive: await inactiveNetworks(client, input.domain.networks) }),
    do: (_run, { inactive }) => activateNetworks(client, inactive),
    async verify(_run, { inactive }) {
      for (const network of inactive) if (!(await client.networks.isActive(network))) return 'absent';
      return 'done';
    },
    undo: (_run, { inactive }) => deactivateUnused(client, inactive),
    leftBehind: (_run, { inactive }) =>
      inactive.map(({ name }) => `the network "${name}": virsh net-destroy ${name}`).join('; '),
  };
}
