import type { HostFacts, PciFacts } from '../host/facts.ts';
import { bundlesOf } from '../placement/device-bundles.ts';
import { deviceStanding } from '../placement/device-standing.ts';
import { hostIndex, idOf } from '../placement/host-index.ts';
import { readSpec } from '../spec/read-spec.ts';
import { cardMemoryGb } from './card-memory.ts';
import { cardDescription, cardSlug } from './card-name.ts';
import type { Flavor } from './flavor.ts';
import { powerOfTwo, type HostRoom } from './host-room.ts';

const makers: Readonly<Record<string, string>> = { '10de': 'n1', '1002': 'a1', '8086': 'i1' };
const mostVcpus = 16;
const mostMemoryMib = 65_536;
const rootStorageGib = 50;

/**
 * A flavor for each model of graphics card of which one could go to a VM on a host where nothing is taken. All cards of the
 * host can be given out at once, and as much again as one of them has is left for others.
 */
export function cardFlavors(host: HostFacts, room: HostRoom): readonly Flavor[] {
  const models = modelsOf(host);
  const shares = 1 + models.reduce((sum, { bundles }) => sum + bundles, 0);
  const vcpus = powerOfTwo(room.threads / shares, mostVcpus);
  const memoryMib = powerOfTwo(room.memoryMib / shares, mostMemoryMib);
  const names = new Set<string>();
  return models.map(({ card, count, together }): Flavor => {
    const { vendor, model, modelName, bars } = card;
    const plain = `${makers[vendor] ?? ''}.${cardSlug(modelName, model)}`;
    const name = names.has(plain) ? `${plain}-${model}` : plain;
    names.add(name);
    const memoryGb = cardMemoryGb({ vendor, model, name: modelName, bars });
    return {
      id: name,
      name,
      vcpus,
      memoryMib,
      rootStorageGib,
      devices: [{ vendorId: vendor, deviceId: model, count }],
      deviceDescription: cardDescription({ modelName, vendor, model, memoryGb, count: together }),
      pricePerHour: 0,
      limited: false,
    };
  });
}

interface Model {
  readonly card: PciFacts;
  /** How many must be asked for. */
  readonly count: number;
  /** How many come then: a card with two processors is one slot, and goes as a whole. */
  readonly together: number;
  /** How many times that is to be had. */
  readonly bundles: number;
}

/** Models that can be passed, by the letter of the maker, then by id. */
function modelsOf(host: HostFacts): readonly Model[] {
  const idle = deviceStanding(host, [], [], false);
  const ids = [
    ...new Set(hostIndex(host).displays.flatMap((card) => (card.vendor in makers ? [idOf(card)] : []))),
  ];
  const models = ids.flatMap((id): Model[] => {
    const [card] = hostIndex(host).devicesById.get(id) ?? [];
    if (card === undefined) return [];
    const asking = readSpec({ slots: 1, ramsize: 64, pci: { [id]: 1 } });
    if (!asking.ok) return [];
    const free = bundlesOf(id, asking.spec, host, idle).filter(({ blockers }) => blockers.length === 0);
    const [first] = [...free].sort((x, y) => (x.counts.get(id) ?? 1) - (y.counts.get(id) ?? 1));
    if (first === undefined) return [];
    const together = first.members.filter(({ device }) => idOf(device) === id).length;
    return [{ card, count: first.counts.get(id) ?? 1, together, bundles: free.length }];
  });
  const key = ({ card }: Model): string => `${makers[card.vendor] ?? ''} ${idOf(card)}`;
  return models.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
