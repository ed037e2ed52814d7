import type { DeviceCare, DeviceDriver } from '../../devices/device-care.ts';
import { freeDevices } from '../../devices/free-devices.ts';
import type { HostReader } from '../../host/reader.ts';
import type { Step } from '../../operations/definition.ts';
import type { RegisterInstance } from './shape.ts';

/**
 * Takes the host devices of the VM from their drivers. libvirt would do it too as the domain starts, but a driver that does
 * not let go would hold libvirtd.
 */
export function takeDevices(
  care: DeviceCare,
  host: Pick<HostReader, 'read'>,
): Step<RegisterInstance, 'take-devices'> {
  return {
    name: 'take-devices',
    title: 'take the devices from the host',
    async intent({ input }) {
      const { pci } = input.plan;
      if (pci.length === 0) return { devices: [] };
      // Copied: what is journalled is plain.
      const devices = freeDevices(await host.read({ maxAgeMs: 0 }), pci).map((device) => ({ ...device }));
      return { devices };
    },
    do: ({ input }, { devices }) => care.take(input.uuid, devices),
    async undo({ input }) {
      await care.giveBack(input.uuid);
    },
    leftBehind: (_run, { devices }) => devices.map(describe).join('; '),
  };
}

function describe({ address, driver }: DeviceDriver): string {
  return `the device ${address}, which had ${driver ?? 'no driver'}`;
}
