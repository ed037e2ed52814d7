import { ProtiumError } from '../../errors/protium-error.ts';
import { hasFirewall, interfacesOf, withFirewall } from '../../firewall/interface-filter.ts';
import { guestProfile } from '../../guests/guest-profile.ts';
import { chooseNetworks } from '../../placement/networks.ts';
import type { NetworkOffer, Plan } from '../../placement/plan.ts';
import { interfaceElement } from '../../xml/domain/devices/interface.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { refusedByHost } from '../changes/refused-by-host.ts';
import type { CurrentInstance } from '../changes/current-instance.ts';
import { macAddress } from '../documents/names.ts';
import { requirePorts } from './free-ports.ts';
import type { Prepared } from './prepared.ts';

export interface NetworkRequest {
  readonly kind: 'network-interface';
  /** Name or uuid of a network, or the name of its bridge. */
  readonly network: string;
  /** null: one is made up. */
  readonly mac: string | null;
  /** null: what suits the guest's system. */
  readonly model: string | null;
}

/**
 * A network interface. Pure.
 *
 * @throws ProtiumError `host-incapable`, `already-exists`, `state-conflict`
 */
export function prepareNetwork(
  { domain, definition, running, record }: CurrentInstance,
  { network, mac: asked, model }: NetworkRequest,
  offers: readonly NetworkOffer[],
): Prepared {
  const spec = { ...record.spec, networks: [{ uid: network, mac: asked }] };
  const { networks, obstacles } = chooseNetworks(spec, offers);
  const [chosen] = networks;
  if (chosen === undefined) {
    throw refusedByHost({ reasons: obstacles.map((reason) => ({ ...reason, temporary: false })) });
  }
  const documents = [definition, ...(running === null ? [] : [running])];
  const macs = documents.flatMap((each) => readDomain(each).interfaces.flatMap((nic) => nic.mac ?? []));
  if (asked !== null && macs.includes(asked)) {
    throw new ProtiumError('already-exists', `It has a network interface with the MAC ${asked} already.`, {
      details: { mac: asked },
    });
  }
  const mac = asked ?? freeMac(domain.uuid, macs);
  requirePorts(running, 1);
  const nic = interfaceElement({
    source: { type: 'network', network: chosen.network },
    mac,
    model: model ?? guestProfile(record.spec).nicModel,
  });
  // From its first packet on; the firewall's own watch comes later.
  const firewalled = documents.some((each) => interfacesOf(each).some((el) => hasFirewall(el, domain.uuid)));
  return {
    devices: [{ id: mac, xml: serializeXml(firewalled ? withFirewall(nic, domain.uuid) : nic) }],
    plan: {
      ...record.plan,
      networks: [...withMacs(domain.uuid, record.plan.networks), { network: chosen.network, mac }],
    },
    taken: [],
    networks: [chosen.network],
    notices: [],
  };
}

/** MACs follow from the place in the list where none is said: they are written down before the list changes. */
export function withMacs(uuid: string, networks: Plan['networks']): Plan['networks'] {
  return networks.map(({ network, mac }, index) => ({ network, mac: mac ?? macAddress(uuid, index) }));
}

function freeMac(uuid: string, taken: readonly string[]): string {
  for (let index = 0; ; index += 1) {
    const mac = macAddress(uuid, index);
    if (!taken.includes(mac)) return mac;
  }
}
