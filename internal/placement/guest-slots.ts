import type { PciFacts } from '../host/facts.ts';
import type { DevicePlan } from './plan.ts';
import type { UnitMember } from './device-units.ts';
import { functionOf, slotOf } from './host-index.ts';

/**
 * Where each device sits in the guest: functions of one host slot stay together on one root port, with their numbers; a
 * slot without its function 0 is numbered anew, since nothing looks at a slot whose function 0 is absent (PCI spec).
 */
export function guestSlots(members: readonly UnitMember[]): readonly DevicePlan[] {
  const slots = [...new Set(members.map(({ device }) => placeOf(device)))];
  return slots.flatMap((slot, guestSlot) => {
    const functions = members.filter(({ device }) => placeOf(device) === slot);
    const keep = functions.some(({ device }) => functionOf(device.address) === 0);
    return functions.map(({ device, reason }, position) => ({
      address: device.address,
      vendor: device.vendor,
      model: device.model,
      class: device.class,
      name: device.modelName,
      iommuGroup: device.iommuGroup ?? -1,
      driver: device.driver,
      reason,
      guestSlot,
      guestFunction: keep ? functionOf(device.address) : position,
      bar64Bytes: device.bars.reduce((sum, { bytes, is64Bit }) => (is64Bit ? sum + bytes : sum), 0),
    }));
  });
}

/** Its slot; a virtual function is a device of its own, whatever its number. */
function placeOf({ address, physicalFunction }: PciFacts): string {
  return physicalFunction === null ? slotOf(address) : address;
}
