import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { Step } from '../../operations/definition.ts';
import { readNetwork } from '../../xml/network.ts';
import { orAbsent } from './absent.ts';
import type { CreateFromDocuments } from './shape.ts';

/** Starts the networks that the domain needs and that are not active: with one inactive, no domain on it starts. */
export function startNetworks(client: LibvirtClient): Step<CreateFromDocuments, 'start-networks'> {
  return {
    name: 'start-networks',
    title: 'start the networks',
    async intent({ input }) {
      const inactive = [];
      for (const name of input.domain.networks) {
        const network = await orAbsent(client.networks.lookupByName(name), virError.noNetwork);
        if (network === null) {
          throw new ProtiumError(
            'not-found',
            `The domain document names the network "${name}", which libvirt does not have. ` +
              'Define it (virsh net-define), or name another one (virsh net-list --all).',
            { details: { network: name } },
          );
        }
        if (!(await client.networks.isActive(network)))
          inactive.push({ name: network.name, uuid: network.uuid });
      }
      return { inactive };
    },
    async do(_run, { inactive }) {
      for (const network of inactive) {
        if (!(await client.networks.isActive(network))) await client.networks.create(network);
      }
    },
    async verify(_run, { inactive }) {
      for (const network of inactive) if (!(await client.networks.isActive(network))) return 'absent';
      return 'done';
    },
    async undo(_run, { inactive }) {
      for (const network of inactive) {
        if (!(await client.networks.isActive(network))) continue;
        // Another domain may have been put on it meanwhile; then it stays.
        const { connections } = readNetwork(await client.networks.xml(network));
        if ((connections ?? 0) === 0) await client.networks.destroy(network);
      }
    },
    leftBehind: (_run, { inactive }) =>
      inactive.map(({ name }) => `the network "${name}": virsh net-destroy ${name}`).join('; '),
  };
}
