import { slotOf } from '../placement/host-index.ts';
import { hostShape, partsOf, type HostShape } from './demand-parts.ts';
import { createDeviceLayout, type DeviceLayout } from './device-layout.ts';
import type { BookedLease, LeaseCapacity, LeaseShortage } from './lease.ts';
import { standingOf } from './load.ts';

export type Binding =
  /** Addresses of all its devices, named ones included; sorted. */
  | { readonly ok: true; readonly devices: readonly string[] }
  | { readonly ok: false; readonly shortages: readonly LeaseShortage[] };

/**
 * The devices of a lease that starts: of each class those that were used the least, and functions of one card together. One
 * that another lease has or names in that time is never given, and none without which a lease to come could not have its own.
 * Of leases that were booked by `check`, started in the order of their starts, each finds its devices. Pure.
 *
 * @param others all leases that have not ended; the lease itself is passed over
 * @param usageOf how many hours the device was used, or any other number of which less is fairer
 */
export function bindDevices(
  lease: BookedLease,
  capacity: LeaseCapacity,
  others: readonly BookedLease[],
  usageOf: (address: string) => number,
): Binding {
  const shape = hostShape(capacity);
  const { counts, addresses } = partsOf({ demand: lease.demand, devices: [] }, shape);
  const rivals = others.filter(({ id, interval }) => id !== lease.id && interval.end > lease.interval.start);
  const bound: string[] = [];
  const shortages: LeaseShortage[] = [];
  const short = (device: string, wanted: number, available: number): number =>
    shortages.push({ resource: 'devices', device, at: lease.interval.start, wanted, available });
  for (const address of addresses) if (!shape.classes.has(address)) short(address, 1, 0);

  for (const of of [...counts.keys()].sort((a, b) => rank(shape, a) - rank(shape, b) || (a < b ? -1 : 1))) {
    const open = openOf(of, capacity, shape);
    const layout = layoutOf(of, open, rivals, shape);
    const wanted = counts.get(of) ?? 0;
    const chosen: string[] = [];
    const goes = (address: string): boolean =>
      open.includes(address) &&
      layout.fits({
        id: lease.id,
        ...lease.interval,
        any: wanted - chosen.length - 1,
        fixed: [...chosen, address].map((each) => open.indexOf(each)),
      });
    const named = addresses.filter((address) => shape.classes.get(address) === of);
    for (const address of named) {
      if (goes(address)) chosen.push(address);
      else short(address, 1, 0);
    }
    const slots = new Set(bound.map(slotOf));
    const apart = (address: string): number => (slots.has(slotOf(address)) ? 0 : 1);
    const rest = open
      .filter((address) => !named.includes(address))
      .sort((a, b) => apart(a) - apart(b) || usageOf(a) - usageOf(b) || (a < b ? -1 : 1));
    for (const address of rest) if (chosen.length < wanted && goes(address)) chosen.push(address);
    if (chosen.length < wanted && named.every((address) => chosen.includes(address))) {
      short(
        of,
        wanted,
        mostOf(
          layout,
          lease,
          named.map((address) => open.indexOf(address)),
          wanted,
        ),
      );
    }
    bound.push(...chosen);
  }
  return shortages.length > 0 ? { ok: false, shortages } : { ok: true, devices: bound.sort() };
}

/** How many it could have, of fewer than it wants. */
function mostOf(
  layout: DeviceLayout,
  { id, interval }: BookedLease,
  fixed: readonly number[],
  wanted: number,
): number {
  let any = wanted - fixed.length - 1;
  while (any > 0 && !layout.fits({ id, ...interval, any, fixed })) any -= 1;
  return any + fixed.length;
}

/** Cards before what goes with them: the first functions of their slots. */
function rank({ classes }: HostShape, of: string): number {
  const functions = [...classes].filter(([, each]) => each === of).map(([address]) => address.slice(-1));
  return Math.min(...functions.map((digit) => Number.parseInt(digit, 16)));
}

/** Devices of the class that nothing has for good. */
function openOf(of: string, capacity: LeaseCapacity, shape: HostShape): readonly string[] {
  const { addresses } = standingOf(capacity, shape);
  return [...shape.classes]
    .filter(([address, each]) => each === of && !addresses.has(address))
    .map(([address]) => address);
}

function layoutOf(
  of: string,
  open: readonly string[],
  rivals: readonly BookedLease[],
  shape: HostShape,
): DeviceLayout {
  const layout = createDeviceLayout(open.length);
  const tasks = rivals.flatMap((rival) => {
    const { counts, addresses } = partsOf(rival, shape);
    const own = addresses.filter((address) => shape.classes.get(address) === of);
    const any = (counts.get(of) ?? 0) - own.length;
    const fixed = own.map((address) => open.indexOf(address)).filter((place) => place >= 0);
    return any + fixed.length === 0 ? [] : [{ id: rival.id, ...rival.interval, any, fixed }];
  });
  const fixedFirst = tasks.sort(
    (a, b) => Math.sign(b.fixed.length) - Math.sign(a.fixed.length) || a.start - b.start,
  );
  for (const task of fixedFirst) layout.put(task);
  return layout;
}
