import { ProtiumError } from '../errors/protium-error.ts';
import type { HostFacts } from '../host/facts.ts';
import type { DevicePlan } from '../placement/plan.ts';
import type { DeviceDriver } from './device-care.ts';

/** Which device is meant, and where it was seen. */
export type PlannedDevice = Pick<DevicePlan, 'address' | 'vendor' | 'model'>;

/**
 * The planned devices with the drivers that they have by now. Pure.
 *
 * @throws ProtiumError `device-in-use` when somebody has begun to use one since it was planned, saying who, and
 * `device-unhealthy` when another device is at its address, or none: the bus was numbered anew.
 */
export function freeDevices(
  { pci }: Pick<HostFacts, 'pci'>,
  planned: readonly PlannedDevice[],
): readonly DeviceDriver[] {
  return planned.map(({ address, vendor, model }) => {
    const device = pci.find((candidate) => candidate.address === address);
    if (device?.vendor !== vendor || device.model !== model) {
      const found = device === undefined ? 'there is none' : `there is ${device.vendor}:${device.model}`;
      throw new ProtiumError(
        'device-unhealthy',
        `The device ${vendor}:${model} is no longer at ${address}: ${found}.`,
        { details: { addresses: [address] } },
      );
    }
    const [user] = device.users;
    if (user !== undefined) {
      throw new ProtiumError('device-in-use', `${address} is in use: ${user.description}.`, {
        details: { addresses: [address], users: device.users.map(({ description }) => description) },
      });
    }
    return { address, driver: device.driver };
  });
}
