import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { NetworkRef } from '../libvirt/objects.ts';
import { readNetwork } from '../xml/network.ts';
import { orAbsent } from './from-documents/absent.ts';

/** Those of the networks that are not active; rejects with `not-found` for one that libvirt does not have. */
export async function inactiveNetworks(
  client: LibvirtClient,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly uuid: string }[]> {
  const inactive = [];
  for (const name of names) {
    const network = await orAbsent(client.networks.lookupByName(name), virError.noNetwork);
    if (network === null) {
      throw new ProtiumError(
        'not-found',
        `The VM is to be on the network "${name}", which libvirt does not have. ` +
          'Define it (virsh net-define), or name another one (virsh net-list --all).',
        { details: { network: name } },
      );
    }
    if (!(await client.networks.isActive(network))) inactive.push({ name: network.name, uuid: network.uuid });
  }
  return inactive;
}

export async function activateNetworks(
  client: LibvirtClient,
  networks: readonly NetworkRef[],
): Promise<void> {
  for (const network of networks) {
    if (await client.networks.isActive(network)) continue;
    try {
      await client.networks.create(network);
    } catch (error) {
      // Somebody else may have started it in between.
      if (!(await client.networks.isActive(network))) throw error;
    }
  }
}

/** Stops networks again, save those that a domain was put on meanwhile. */
export async function deactivateUnused(
  client: LibvirtClient,
  networks: readonly NetworkRef[],
): Promise<void> {
  for (const network of networks) {
    if (!(await client.networks.isActive(network))) continue;
    const { connections } = readNetwork(await client.networks.xml(network));
    if ((connections ?? 0) === 0) await client.networks.destroy(network);
  }
}
