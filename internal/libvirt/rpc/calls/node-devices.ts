import type { NodeDeviceCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { nodeDevices } from '../wire/procedures/node-device.ts';

/** virConnectListAllNodeDeviceFlags: the position is the bit. */
const capabilities: readonly string[] = [
  'system',
  'pci',
  'usb_device',
  'usb',
  'net',
  'scsi_host',
  'scsi_target',
  'scsi',
  'storage',
  'fc_host',
  'vports',
  'scsi_generic',
  'drm',
  'mdev_types',
  'mdev',
  'ccw',
  'css',
  'vdpa',
  'ap_card',
  'ap_queue',
  'ap_matrix',
  'vpd',
];
const devicesMaximum = 65_536;

export function nodeDeviceCalls(session: Session): NodeDeviceCalls {
  return {
    list: async ({ capability } = {}, call) => {
      const position = capability === undefined ? -1 : capabilities.indexOf(capability);
      if (capability !== undefined && position === -1) {
        // A capability of a newer libvirt: the older call takes its name.
        const values = { cap: capability, maxnames: devicesMaximum, flags: 0 };
        const { names } = await session.call('nodeDevices.list', nodeDevices.list, values, call);
        return names.map((name) => ({ name }));
      }
      const values = { needResults: true, flags: capability === undefined ? 0 : 1 << position };
      return (await session.call('nodeDevices.list', nodeDevices.listAll, values, call)).devices;
    },
    lookupByName: async (name, call) =>
      (await session.call('nodeDevices.lookupByName', nodeDevices.lookupByName, { name }, call)).dev,
    xml: async ({ name }, call) =>
      (await session.call('nodeDevices.xml', nodeDevices.getXmlDesc, { name, flags: 0 }, call)).xml,
    detach: async ({ name }, { driver } = {}, call) => {
      // Without a driver's name libvirt takes vfio-pci where the host has it.
      const values = { name, driverName: driver ?? null, flags: 0 };
      await session.slowCall('nodeDevices.detach', nodeDevices.detachFlags, values, call);
    },
    reattach: async ({ name }, call) => {
      await session.slowCall('nodeDevices.reattach', nodeDevices.reAttach, { name }, call);
    },
    reset: async ({ name }, call) => {
      await session.slowCall('nodeDevices.reset', nodeDevices.reset, { name }, call);
    },
    createXml: async (xmlDesc, call) =>
      (await session.slowCall('nodeDevices.createXml', nodeDevices.createXml, { xmlDesc, flags: 0 }, call))
        .dev,
    destroy: async ({ name }, call) => {
      await session.slowCall('nodeDevices.destroy', nodeDevices.destroy, { name }, call);
    },
  };
}
