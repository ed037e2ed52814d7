import type { NetworkCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import { LibvirtError } from '../../error.ts';
import type { NetworkRef } from '../../objects.ts';
import { networkName } from '../commands/networks.ts';
import { checkedUuid, found } from '../not-found.ts';
import { parseDhcpLeases } from '../output/addresses.ts';
import { nameIn } from '../output/document.ts';
import { field, parseFields } from '../output/fields.ts';
import { parseWords } from '../output/lists.ts';
import { first, second } from '../output/outputs.ts';
import type { Attempt, Runner } from '../runner.ts';

export function networkCalls(runner: Runner): NetworkCalls {
  return {
    list: (filter, call) =>
      runner.perform('networks.list', call, async (attempt) =>
        named(attempt, first(await attempt.run('networks.list', [filter]))),
      ),
    lookupByName: (name, call) =>
      runner.perform('networks.lookupByName', call, (attempt) =>
        findNetwork(attempt, 'networks.lookupByName', 'name', name),
      ),
    lookupByUuid: (uuid, call) =>
      runner.perform('networks.lookupByUuid', call, (attempt) =>
        findNetwork(attempt, 'networks.lookupByUuid', 'uuid', checkedUuid(uuid, 'networks.lookupByUuid')),
      ),
    xml: (network, options, call) => runner.read('networks.xml', [network, options], call, first),
    define: (xml, options, call) =>
      runner.perform('networks.define', call, async (attempt) => {
        await attempt.run('networks.define', [xml, options]);
        return findNetwork(attempt, 'networks.define', 'name', nameIn(xml, 'network'));
      }),
    createXml: (xml, call) =>
      runner.perform('networks.createXml', call, async (attempt) => {
        await attempt.run('networks.createXml', [xml]);
        return findNetwork(attempt, 'networks.createXml', 'name', nameIn(xml, 'network'));
      }),
    create: (network, call) => runner.done('networks.create', [network], call),
    destroy: (network, call) => runner.done('networks.destroy', [network], call),
    undefine: (network, call) => runner.done('networks.undefine', [network], call),
    isActive: (network, call) =>
      runner.read('networks.isActive', [network], call, (out) => says(first(out), 'Active')),
    isPersistent: (network, call) =>
      runner.read('networks.isPersistent', [network], call, (out) => says(first(out), 'Persistent')),
    autostart: (network, call) =>
      runner.read('networks.autostart', [network], call, (out) => says(first(out), 'Autostart')),
    setAutostart: (network, on, call) => runner.done('networks.setAutostart', [network, on], call),
    bridgeName: (network, call) =>
      runner.read('networks.bridgeName', [network], call, (out) => {
        const bridge = parseFields(first(out)).get('Bridge');
        // As libvirt answers for a network without one.
        return found(
          bridge,
          'networks.bridgeName',
          virError.internalError,
          `the bridge of the network ${network.name}`,
        );
      }),
    update: (network, change, scope, call) => runner.done('networks.update', [network, change, scope], call),
    dhcpLeases: (network, mac, call) =>
      runner.read('networks.dhcpLeases', [network, mac], call, (out) =>
        parseDhcpLeases(first(out), parseFields(second(out)).get('Bridge') ?? ''),
      ),
  };
}

function says(info: string, name: string): boolean {
  return field(parseFields(info), name) === 'yes';
}

async function findNetwork(
  attempt: Attempt,
  call: string,
  key: 'name' | 'uuid',
  value: string,
): Promise<NetworkRef> {
  const networks = await named(attempt, first(await attempt.run('networks.lookupByName', [value])));
  return found(
    networks.find((network) => network[key] === value),
    call,
    virError.noNetwork,
    `the network with the ${key} ${value}`,
  );
}

/** A network that went away between the list and the question for its name is left out. */
async function named(attempt: Attempt, uuids: string): Promise<readonly NetworkRef[]> {
  const networks: NetworkRef[] = [];
  for (const uuid of parseWords(uuids)) {
    try {
      networks.push({ uuid, name: (await attempt.execute(networkName(uuid))).replace(/\n+$/, '') });
    } catch (error) {
      if (!(error instanceof LibvirtError) || error.code !== virError.noNetwork) throw error;
    }
  }
  return networks;
}
