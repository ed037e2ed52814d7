import type { Facts, GpuVendor } from '../analysis.ts';
import { capabilityObjection, capabilityOf, namedCardObjection, rankOf } from './card-objection.ts';

/** All devices of one model that the host has. */
export interface DeviceClass {
  /** `10de:2489` */
  readonly id: string;
  readonly name: string;
  /** null: not known. */
  readonly memoryGb: number | null;
  readonly total: number;
  /** Not held by anything just now. */
  readonly free: number;
}

export interface DeviceMatch {
  /** null: the machine gets none. */
  readonly device: { readonly id: string; readonly name: string; readonly count: number } | null;
  /** Why this one, or why none. */
  readonly reason: string;
  /** Models that were not chosen, and why. */
  readonly others: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
  /** One was required and none is there: what stands against it. */
  readonly refusal: string | null;
  readonly notes: readonly string[];
}

const vendorIds: Readonly<Record<GpuVendor, string>> = {
  nvidia: '10de',
  amd: '1002',
  intel: '8086',
  apple: '106b',
};

/**
 * The smallest class of the host's graphics cards that does what is asked. Pure. A recommended card is given where there is
 * one; an optional one only to who names its class.
 *
 * @param wanted a class that the user names, which then counts whatever was found; `none`: no card; null: by the facts
 */
export function matchDevices(
  { gpu }: Pick<Facts, 'gpu'>,
  classes: readonly DeviceClass[],
  wanted: string | null,
): DeviceMatch {
  const count = Math.max(1, Math.ceil(gpu.count_min?.value ?? 1));
  const nothing = (reason: string, refusal: string | null = null): DeviceMatch => ({
    device: null,
    reason,
    others: [],
    refusal,
    notes: [],
  });
  if (wanted === 'none') return nothing('No card: the user asks for none.');
  const need = gpu.need.value;
  if (wanted === null && need === 'none') return nothing('Nothing asks for a graphics card.');
  if (wanted === null && need === 'optional') {
    return nothing('A card is optional: none is taken unless one is named.');
  }
  const judged = classes.map((each) => ({ each, against: objection(each, gpu, count, wanted) }));
  const fitting = judged
    .flatMap(({ each, against }) => (against === null ? [each] : []))
    .sort(
      (a, b) =>
        Number(b.free >= count) - Number(a.free >= count) ||
        compare(a.memoryGb ?? Infinity, b.memoryGb ?? Infinity) ||
        compare(rankOf(a), rankOf(b)) ||
        b.free - a.free ||
        a.id.localeCompare(b.id),
    );
  const [best] = fitting;
  const others = judged.flatMap(({ each: { id, name }, against }) => {
    if (id === best?.id) return [];
    return [{ id, name, reason: against ?? 'it would do as well, but is larger or less free' }];
  });
  if (best === undefined) {
    const have = classes.length === 0 ? 'It has none that a VM could have.' : sentences(others);
    const reason = `No card of this host does. ${have}`;
    const required = wanted !== null || need === 'required';
    const way = 'Take --node-type none to go without, or a host with such a card.';
    const notes = required ? [] : ['A graphics card is recommended, and none is there: it goes without.'];
    return { device: null, reason, others, refusal: required ? `${reason} ${way}` : null, notes };
  }
  const { id, name, memoryGb, free, total } = best;
  const memory = memoryGb === null ? 'memory not known' : `${memoryGb} GB`;
  const why = wanted === null ? 'the smallest that does what is asked' : 'named by the user';
  const { compute_capability_min: capability } = gpu;
  const notes = [
    ...(memoryGb === null && gpu.vram_gb_min !== undefined
      ? [`How much memory ${name} has is not known: that it has ${gpu.vram_gb_min.value} GB is not checked.`]
      : []),
    ...(capability === undefined || capabilityOf(best) !== null
      ? []
      : [`That ${name} has compute capability ${capability.value} or more is not checked.`]),
  ];
  return {
    device: { id, name, count },
    reason: `${count} × ${name} (${id}, ${memory}): ${why}; ${free} of ${total} are free now.`,
    others,
    refusal: null,
    notes,
  };
}

function objection(
  device: DeviceClass,
  gpu: Facts['gpu'],
  count: number,
  wanted: string | null,
): string | null {
  const { id, memoryGb, total } = device;
  if (total < count) return `the host has ${total}, and ${count} are asked for`;
  if (wanted !== null) return id === wanted ? null : `${wanted} is asked for`;
  const vendors = gpu.vendors?.value ?? [];
  if (vendors.length > 0 && !vendors.some((vendor) => id.startsWith(`${vendorIds[vendor]}:`))) {
    return `it is not of ${vendors.join(' or ')}`;
  }
  if (gpu.pci_none_of?.value.includes(id) === true) return 'it is ruled out';
  const against = namedCardObjection(device, gpu) ?? capabilityObjection(device, gpu);
  if (against !== null) return against;
  const least = gpu.vram_gb_min?.value;
  if (least !== undefined && memoryGb !== null && memoryGb < least) {
    return `it has ${memoryGb} GB of memory, and ${least} are asked for`;
  }
  return null;
}

/** Also of two that are not known. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

function sentences(others: DeviceMatch['others']): string {
  return others.map(({ name, id, reason }) => `${name} (${id}): ${reason}.`).join(' ');
}
