import type { HostFacts } from '../host/facts.ts';
import { hostIndex, idOf } from '../placement/host-index.ts';
import type { CardClass } from './booking-leases.ts';

/** Graphics cards and accelerators that could be passed to a VM, by model; the model of which there are most first. Pure. */
export function cardClasses(host: HostFacts): readonly CardClass[] {
  const cards = hostIndex(host).cards.filter(({ iommuGroup }) => iommuGroup !== null);
  const models = new Map(cards.map(({ vendor, model }) => [idOf({ vendor, model }), { vendor, model }]));
  return [...models.values()]
    .map((model): CardClass => {
      const ofModel = cards.filter((card) => idOf(card) === idOf(model));
      return { ...model, addresses: ofModel.map(({ address }) => address).sort() };
    })
    .sort((a, b) => b.addresses.length - a.addresses.length || (idOf(a) < idOf(b) ? -1 : 1));
}
