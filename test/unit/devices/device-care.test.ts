import { describe, expect, it } from 'vitest';
import { createDeviceCare } from '../../../internal/devices/device-care.ts';
import { createTakenDevices } from '../../../internal/devices/taken-devices.ts';
import type { DeviceUser, HostFacts } from '../../../internal/host/facts.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';
import { card, machine } from '../placement/hosts.ts';
import { fakeDrivers } from './fake-drivers.ts';

const gpu = '0000:01:00.0';
const audio = '0000:01:00.1';
const devices = [
  { address: gpu, driver: 'nvidia' },
  { address: audio, driver: 'snd_hda_intel' },
];
const vm = 'vm-1';
const later = '9999-01-01T00:00:00.000Z';
const forEver = new Promise<void>(() => undefined);

function careOf(path = databasePath(), bootId = 'boot-1') {
  const pci = card('0000:01:00', 10);
  const drivers = fakeDrivers(pci);
  const users = new Map<string, readonly DeviceUser[]>();
  const database = openFor(path);
  const taken = createTakenDevices(database, bootId);
  /** The host as it is now. */
  const facts = (readAt = later): HostFacts => ({
    ...machine({ pci }),
    readAt,
    pci: pci.map((device) => ({
      ...device,
      driver: drivers.current(device.address),
      users: users.get(device.address) ?? [],
    })),
  });
  const care = createDeviceCare({
    taken,
    drivers,
    host: { read: () => Promise.resolve(facts()) },
    log: silent as never,
    triesAfterMs: [0, 0, 0],
  });
  return { care, drivers, taken, facts, users };
}

describe('taking', () => {
  it('notes the drivers, then gives the devices to vfio-pci; giving back is the reverse', async () => {
    const { care, drivers, taken, facts } = careOf();
    await care.take(vm, devices);
    expect(drivers.changes).toEqual([`${gpu} vfio-pci`, `${audio} vfio-pci`]);
    expect(taken.all()).toEqual(devices.map((device) => ({ ...device, holder: vm, fault: null })));
    expect(care.holders()).toEqual([vm]);

    expect(await care.giveBack(vm)).toEqual([]);
    expect([drivers.current(gpu), drivers.current(audio)]).toEqual(['nvidia', 'snd_hda_intel']);
    expect(taken.all()).toEqual([]);
    expect(care.conditions(facts())).toEqual([]);
  });

  it('is left to libvirt where this process may not change drivers', async () => {
    const { care, drivers } = careOf();
    drivers.forbid();
    await care.take(vm, devices);
    expect(drivers.changes).toEqual([]);
    expect(await care.giveBack(vm)).toEqual([]);
    await care.take(vm, devices);
    drivers.put(gpu, 'vfio-pci');
    expect(await care.giveBack(vm)).toMatchObject([
      { address: gpu, condition: 'quarantined', reason: 'libvirt has not given it back to nvidia' },
    ]);
  });

  it('stops at a device that the kernel refuses, and what was taken can be given back', async () => {
    const { care, drivers, facts } = careOf();
    drivers.failWith(audio, { outcome: 'failed', reason: 'no' });
    await expect(care.take(vm, devices)).rejects.toMatchObject({
      code: 'device-unhealthy',
      message: `${audio} could not be taken for the VM: no.`,
      details: { addresses: [audio] },
    });
    drivers.failWith(audio, null);
    await care.giveBack(vm);
    expect(drivers.current(gpu)).toBe('nvidia');
    expect(care.conditions(facts())).toEqual([]);
  });

  it('a driver that does not let go makes the device stuck, not the daemon', async () => {
    const { care, drivers, facts } = careOf();
    drivers.failWith(gpu, { outcome: 'hangs', reason: 'it hangs', ended: forEver });
    await expect(care.take(vm, devices)).rejects.toMatchObject({ code: 'device-unhealthy' });
    expect(care.conditions(facts())).toMatchObject([
      { address: gpu, condition: 'stuck', reason: 'it hangs' },
    ]);
    // Not asked again: it would hang again.
    const before = drivers.changes.length;
    expect(await care.giveBack(vm)).toEqual([]);
    expect(drivers.changes).toHaveLength(before);
    expect(care.holders()).toEqual([]);
  });

  it('one that comes back after all is given to the host, and free again', async () => {
    const { care, drivers, facts } = careOf();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    drivers.failWith(gpu, { outcome: 'hangs', reason: 'it hangs', ended });
    await expect(care.take(vm, devices)).rejects.toThrow();
    drivers.failWith(gpu, null);
    drivers.put(gpu, 'vfio-pci');
    end();
    await expect.poll(() => care.conditions(facts())).toEqual([]);
    expect(drivers.current(gpu)).toBe('nvidia');
  });
});

describe('giving back', () => {
  it('quarantines what did not get its driver, until the host shows that it has', async () => {
    const { care, drivers, facts } = careOf();
    await care.take(vm, devices);
    drivers.failWith(gpu, { outcome: 'failed', reason: 'it has no driver where it should have nvidia' });
    const left = await care.giveBack(vm);
    expect(left).toMatchObject([{ address: gpu, condition: 'quarantined' }]);
    expect(drivers.changes.filter((change) => change === `${gpu} nvidia`)).toHaveLength(3);
    expect(drivers.current(audio)).toBe('snd_hda_intel');
    expect(care.conditions(facts())).toEqual(left);

    drivers.put(gpu, 'nvidia');
    // What was read before it was quarantined tells nothing.
    expect(care.conditions(facts('2020-01-01T00:00:00.000Z'))).toEqual(left);
    const before = care.revision();
    expect(care.conditions(facts())).toEqual([]);
    expect(care.revision()).not.toBe(before);
  });

  it('quarantines what does not answer', async () => {
    const { care, drivers } = careOf();
    await care.take(vm, devices);
    drivers.kill(gpu);
    expect(await care.giveBack(vm)).toMatchObject([
      { address: gpu, condition: 'quarantined', reason: 'it does not answer: its config space is all ones' },
    ]);
  });

  it('leaves alone what a VM has open, and does it at a later call', async () => {
    const { care, drivers, users } = careOf();
    await care.take(vm, devices);
    users.set(gpu, [{ kind: 'virtual-machine', description: 'qemu (pid 7) has /dev/vfio/10 open' }]);
    expect(await care.giveBack(vm)).toMatchObject([{ address: gpu, condition: 'returning' }]);
    expect(drivers.current(gpu)).toBe('vfio-pci');
    expect(care.holders()).toEqual([vm]);
    users.clear();
    expect(await care.giveBack(vm)).toEqual([]);
    expect(drivers.current(gpu)).toBe('nvidia');
  });

  it('concerns only the devices of that VM; one that went on to another is that one’s', async () => {
    const { care, drivers, taken } = careOf();
    await care.take(vm, devices);
    // The next one got it before it was given back: what the host is to have is what it had at first.
    await care.take('vm-2', [{ address: gpu, driver: 'vfio-pci' }]);
    await care.giveBack(vm);
    expect([drivers.current(gpu), drivers.current(audio)]).toEqual(['vfio-pci', 'snd_hda_intel']);
    expect(taken.get(gpu)).toMatchObject({ holder: 'vm-2', driver: 'nvidia' });
    await care.giveBack('vm-2');
    expect(drivers.current(gpu)).toBe('nvidia');
  });

  it('says that it is on its way', async () => {
    const { care, facts } = careOf();
    await care.take(vm, devices);
    const given = care.giveBack(vm);
    expect(care.conditions(facts())).toMatchObject([
      { address: gpu, condition: 'returning' },
      { address: audio, condition: 'returning' },
    ]);
    await given;
  });
});

describe('over a restart of the daemon', () => {
  it('what was taken, and what is wrong with it, is still known', async () => {
    const path = databasePath();
    const first = careOf(path);
    await first.care.take(vm, devices);
    first.drivers.failWith(gpu, { outcome: 'failed', reason: 'no' });
    await first.care.giveBack(vm);
    await first.care.take('vm-2', [{ address: audio, driver: 'snd_hda_intel' }]);

    const second = careOf(path);
    second.drivers.put(gpu, null);
    expect(second.care.holders()).toEqual(['vm-2']);
    expect(second.care.conditions(second.facts())).toMatchObject([{ address: gpu, reason: 'no' }]);
  });

  it('a boot in between makes it all void', async () => {
    const path = databasePath();
    await careOf(path).care.take(vm, devices);
    expect(careOf(path, 'boot-2').taken.all()).toEqual([]);
  });
});
