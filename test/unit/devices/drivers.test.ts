import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeviceDrivers, type RunInChild } from '../../../internal/devices/drivers.ts';

const address = '0000:01:00.0';

/** A sysfs with one device, and a kernel that does what is written into it. */
function machine(options: { readonly driver: string | null; readonly drivers: readonly string[] }) {
  const root = mkdtempSync(path.join(tmpdir(), 'protium-sysfs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const bus = path.join(root, 'sys/bus/pci');
  const device = path.join(bus, 'devices', address);
  const link = path.join(device, 'driver');
  const load = (driver: string) => mkdirSync(path.join(bus, 'drivers', driver), { recursive: true });
  const bind = (driver: string) => symlinkSync(`../../../../bus/pci/drivers/${driver}`, link);
  const known = (driver: string) => loaded.has(driver);
  const loaded = new Set(options.drivers);
  mkdirSync(device, { recursive: true });
  for (const driver of loaded) load(driver);
  writeFileSync(path.join(device, 'driver_override'), '(null)\n');
  writeFileSync(path.join(bus, 'drivers_probe'), '');
  writeFileSync(path.join(device, 'config'), new Uint8Array(64));
  if (options.driver !== null) bind(options.driver);
  const writes: string[] = [];
  const override = () => readFileSync(path.join(device, 'driver_override'), 'utf8').trim();
  const run: RunInChild = ([command, target = ''], { input }) => {
    if (command === 'modprobe') {
      writes.push(`modprobe ${target}`);
      loaded.add(target);
      load(target);
      return Promise.resolve({ outcome: 'done' });
    }
    const file = path.relative(bus, target);
    writes.push(`${input.trim() || '-'} > ${file}`);
    if (file.endsWith('driver_override')) writeFileSync(target, `${input.trim() || '(null)'}\n`);
    if (file.endsWith('unbind')) rmSync(link);
    if (file === 'drivers_probe') {
      const wanted = override() === '(null)' ? options.driver : override();
      if (wanted !== null && known(wanted)) bind(wanted);
    }
    return Promise.resolve({ outcome: 'done' });
  };
  return { root, device, writes, run, override };
}

describe('a change of driver', () => {
  it('to vfio-pci loads it, takes this one device from its driver, and leaves the choice set', async () => {
    const host = machine({ driver: 'nvidia', drivers: ['nvidia'] });
    const drivers = createDeviceDrivers(host.root, { run: host.run });
    expect(drivers.canChange()).toBe(true);
    expect(await drivers.change(address, 'vfio-pci')).toEqual({ outcome: 'done' });
    expect(host.writes).toEqual([
      'modprobe vfio-pci',
      `vfio-pci > devices/${address}/driver_override`,
      `${address} > devices/${address}/driver/unbind`,
      `${address} > drivers_probe`,
    ]);
    expect(drivers.current(address)).toBe('vfio-pci');
    expect(host.override()).toBe('vfio-pci');
  });

  it('back names the driver, so that no other takes it, and leaves the choice to the host again', async () => {
    const host = machine({ driver: 'vfio-pci', drivers: ['vfio-pci', 'nvidia'] });
    const drivers = createDeviceDrivers(host.root, { run: host.run });
    expect(await drivers.change(address, 'nvidia')).toEqual({ outcome: 'done' });
    expect(drivers.current(address)).toBe('nvidia');
    expect(host.override()).toBe('(null)');
  });

  it('to none unbinds', async () => {
    const host = machine({ driver: 'vfio-pci', drivers: ['vfio-pci'] });
    const drivers = createDeviceDrivers(host.root, { run: host.run });
    expect(await drivers.change(address, null)).toEqual({ outcome: 'done' });
    expect(drivers.current(address)).toBeNull();
    expect(host.override()).toBe('(null)');
  });

  it('to the one that it has changes nothing, but for a choice that somebody left', async () => {
    const host = machine({ driver: 'nvidia', drivers: ['nvidia'] });
    const drivers = createDeviceDrivers(host.root, { run: host.run });
    expect(await drivers.change(address, 'nvidia')).toEqual({ outcome: 'done' });
    expect(host.writes).toEqual([]);
    writeFileSync(path.join(host.device, 'driver_override'), 'vfio-pci\n');
    expect(await drivers.change(address, 'nvidia')).toEqual({ outcome: 'done' });
    expect(host.override()).toBe('(null)');
  });

  it('to a driver that is not loaded any more tells what it ended with', async () => {
    const host = machine({ driver: 'vfio-pci', drivers: ['vfio-pci'] });
    const drivers = createDeviceDrivers(host.root, { run: host.run });
    expect(await drivers.change(address, 'nvidia')).toEqual({
      outcome: 'failed',
      reason: 'it has no driver where it should have nvidia',
    });
  });
});

describe('with real processes', () => {
  it('tells what the kernel says, and a write that does not come back', async () => {
    const host = machine({ driver: 'nvidia', drivers: ['nvidia', 'vfio-pci'] });
    const drivers = createDeviceDrivers(host.root, { deadlineMs: 300 });
    // A directory where a file should be: tee is refused, as by a driver.
    rmSync(path.join(host.device, 'driver_override'));
    mkdirSync(path.join(host.device, 'driver_override'));
    expect(await drivers.change(address, 'vfio-pci')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/the kernel did not choose the driver: .*directory/) as string,
    });
  });

  it('config space of all ones is a dead device', async () => {
    const host = machine({ driver: 'nvidia', drivers: ['nvidia'] });
    const drivers = createDeviceDrivers(host.root);
    expect(await drivers.answers(address)).toBe(true);
    writeFileSync(path.join(host.device, 'config'), new Uint8Array(64).fill(0xff));
    expect(await drivers.answers(address)).toBe(false);
  });
});
