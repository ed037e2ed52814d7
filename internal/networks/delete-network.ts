import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../operations/definition.ts';
import { networkLock } from './create-network.ts';
import { domainsOn } from './domains-on.ts';

/** The operation `network.delete`. */
export interface DeleteNetwork {
  readonly input: { readonly uuid: string; readonly name: string };
  readonly result: { readonly name: string };
  readonly steps: { remove: { facts?: never } };
}

export function deleteNetwork(
  client: LibvirtClient,
  view: Pick<LiveView, 'domains' | 'refresh'>,
): OperationDefinition<DeleteNetwork> {
  const remove: Step<DeleteNetwork, 'remove'> = {
    name: 'remove',
    title: 'remove the network',
    irreversible: true,
    async do({ input: { uuid } }) {
      try {
        const network = await orAbsent(client.networks.lookupByUuid(uuid), virError.noNetwork);
        if (network === null) return;
        await requireNobodyOn(client, view, network.name, 'all');
        const persistent = await client.networks.isPersistent(network);
        if (await client.networks.isActive(network)) await client.networks.destroy(network);
        if (persistent) await orAbsent(client.networks.undefine(network), virError.noNetwork);
      } catch (error) {
        throw fromLibvirt(error, 'remove the network');
      }
    },
  };
  return {
    kind: 'network.delete',
    onRestart: 'resume',
    resources: ({ name }) => [networkLock(name)],
    steps: () => [remove],
    async result({ input }) {
      await view.refresh('network', input.uuid);
      return { name: input.name };
    },
  };
}

/**
 * @param which `running`: those that are on it now; `all`: also those that are to be when they start
 * @throws ProtiumError `resource-in-use`
 */
export async function requireNobodyOn(
  client: LibvirtClient,
  view: Pick<LiveView, 'domains'>,
  network: string,
  which: 'running' | 'all',
): Promise<void> {
  const found = (await domainsOn(client, view.domains(), network)).filter(
    ({ active }) => which === 'all' || active,
  );
  if (found.length === 0) return;
  const names = found.map(({ name }) => name);
  const fix = which === 'all' ? 'Take them off it first.' : 'Stop them first: they would be cut off.';
  throw new ProtiumError(
    'resource-in-use',
    `The network "${network}" is used by ${which === 'all' ? '' : 'running '}VMs: ${names.slice(0, 10).join(', ')}. ${fix}`,
    { details: { domains: names.slice(0, 10) } },
  );
}
