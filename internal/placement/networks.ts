import type { Spec } from '../spec/spec.ts';
import type { NetworkOffer, Plan } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** The network of a VM that names none. */
const defaultNetwork = 'default';

export function chooseNetworks(
  { networks: wanted }: Spec,
  offers: readonly NetworkOffer[],
): { readonly networks: Plan['networks']; readonly obstacles: readonly Obstacle[] } {
  const obstacles: Obstacle[] = [];
  const networks = (wanted ?? [{ uid: defaultNetwork, mac: null }]).flatMap(({ uid, mac }) => {
    const id = dashed(uid);
    const found =
      offers.find((offer) => offer.uuid === id || offer.name === uid) ??
      offers.find(({ bridge }) => bridge === uid);
    if (found !== undefined) return [{ network: found.name, mac }];
    obstacles.push(missing(uid, offers));
    return [];
  });
  return { networks, obstacles };
}

function missing(uid: string, offers: readonly NetworkOffer[]): Obstacle {
  const names = offers.map(({ name }) => name);
  const has = names.length === 0 ? 'libvirt has none' : `libvirt has ${names.join(', ')}`;
  return obstacle('network-missing', `network ${uid}`, `There is no network "${uid}"; ${has}.`, {
    fix:
      uid === defaultNetwork
        ? 'virsh net-define /usr/share/libvirt/networks/default.xml; or name another network; or set has_network to false.'
        : 'Define it (virsh net-define), or name another one (virsh net-list --all).',
    details: { networks: names },
  });
}

/** A uuid of 32 digits, dashed; anything else as it is. */
function dashed(uid: string): string {
  const digits = uid.toLowerCase().replaceAll('-', '');
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits);
  return parts === null ? uid : parts.slice(1).join('-');
}
