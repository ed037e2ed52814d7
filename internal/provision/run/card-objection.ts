import type { Facts } from '../analysis.ts';
import type { Card } from '../../gpu-models/card.ts';
import { atLeast, cardsOfDevice, findCards, type NamedCard } from '../../gpu-models/cards.ts';

/** A kind of device of the host. */
export interface DeviceModel {
  /** `10de:2489` */
  readonly id: string;
  /** By pci.ids. */
  readonly name: string;
  /** null: not known. */
  readonly memoryGb: number | null;
}

/**
 * What of the cards that are named speaks against a device; null: nothing. A floor lets better cards pass, as the table of cards
 * has them; of several cards that share an id each has to.
 */
export function namedCardObjection(device: DeviceModel, gpu: Facts['gpu']): string | null {
  const binding = gpu.named_binding?.value ?? 'floor';
  if (binding !== 'floor' && binding !== 'exact') return null;
  const ids = gpu.pci_any_of?.value ?? [];
  if (ids.includes(device.id)) return null;
  const named = findCards((gpu.named?.value ?? []).join('; '));
  if (ids.length === 0 && named.length === 0) return null;
  const names = gpu.named?.value.join(', ') ?? ids[0] ?? '';
  const own = cardsOfDevice(device.id, device.name);
  if (binding === 'exact') {
    const isNamed = ids.length === 0 && own.some((card) => named.some((each) => each.card === card));
    return isNamed ? null : `it is none of those that do (${names})`;
  }
  if (own.length === 0 && named.length > 0) {
    return `whether it is as good as ${names} is not known: --node-type ${device.id} takes it all the same`;
  }
  // The named card itself, but its id is not among those that do: another size of memory.
  const variants = ids.length > 0 && device.memoryGb === null ? named.map(({ card }) => card) : [];
  const better = own.filter((card) => !variants.includes(card));
  const does = better.length === own.length && named.some((floor) => reaches(better, device.memoryGb, floor));
  return does ? null : `it is none of those that do (${names} or better)`;
}

function reaches(own: readonly Card[], memoryGb: number | null, floor: NamedCard): boolean {
  if (own.length === 0) return false;
  const cards = atLeast(floor.card);
  if (!own.every((card) => cards.includes(card))) return false;
  return floor.memoryGb === null || memoryGb === null || memoryGb >= floor.memoryGb * 0.95;
}

/** Whether a device has a compute capability; null: not known. */
export function capabilityOf({ id, name }: DeviceModel): string | null {
  const known = cardsOfDevice(id, name).map(({ computeCapability }) => computeCapability);
  if (known.length === 0 || known.includes(null)) return null;
  return known.reduce((least, each) => (Number(each) < Number(least) ? each : least));
}

/** What of the compute capability that is asked for speaks against a device; null: nothing, or it is not known. */
export function capabilityObjection(device: DeviceModel, gpu: Facts['gpu']): string | null {
  const least = gpu.compute_capability_min?.value;
  if (least === undefined) return null;
  if (!device.id.startsWith('10de:'))
    return `compute capability ${least} is asked for, which NVIDIA's cards have`;
  const own = capabilityOf(device);
  if (own === null || Number(own) >= Number(least)) return null;
  return `its compute capability is ${own}, and ${least} is asked for`;
}

/** How fast a device is, by the slowest card of its id; Infinity: not known, so that a known one is taken first. */
export function rankOf({ id, name }: DeviceModel): number {
  return Math.min(...cardsOfDevice(id, name).map(({ rank }) => rank));
}
