import { describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../internal/libvirt/error.ts';
import { bench, drivers, expectCode } from './support.ts';

describe.each(drivers)('node devices by $driver', (driver) => {
  const at = bench(driver);

  test('are listed', async () => {
    const { nodeDevices } = at.client;
    expect(await nodeDevices.list()).toContainEqual({ name: 'computer' });
    expect(await nodeDevices.list({ capability: 'system' })).toEqual([{ name: 'computer' }]);
    const nets = await nodeDevices.list({ capability: 'net' });
    expect(nets.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^net_lo_/));
    expect(nets).not.toContainEqual({ name: 'computer' });
    expect(await nodeDevices.list({ capability: 'mdev_types' })).toEqual([]);
  });

  test('are described', async () => {
    const { nodeDevices } = at.client;
    const computer = await nodeDevices.lookupByName('computer');
    expect(computer).toEqual({ name: 'computer' });
    expect(await nodeDevices.xml(computer)).toMatch(/^<device>\n {2}<name>computer<\/name>/);
  });

  test('that are not there', async () => {
    const { nodeDevices } = at.client;
    const nobody = { name: 'pci_ffff_ff_1f_7' };
    await expectCode(nodeDevices.lookupByName(nobody.name), virError.noNodeDevice);
    await expectCode(nodeDevices.xml(nobody), virError.noNodeDevice);
    await expectCode(nodeDevices.reattach(nobody), virError.noNodeDevice);
    await expectCode(nodeDevices.reset(nobody), virError.noNodeDevice);
    await expectCode(nodeDevices.destroy(nobody), virError.noNodeDevice);
  });

  test('that cannot be made or given away', async () => {
    const { nodeDevices } = at.client;
    const computer = { name: 'computer' };
    for (const refused of [
      () => nodeDevices.createXml('<device><nonsense/></device>'),
      () => nodeDevices.detach(computer),
      // A host without VFIO says so before it looks for the device.
      () => nodeDevices.detach({ name: 'pci_ffff_ff_1f_7' }, { driver: 'vfio-pci' }),
      () => nodeDevices.destroy(computer),
    ]) {
      await expect(refused()).rejects.toBeInstanceOf(LibvirtError);
    }
  });
});
