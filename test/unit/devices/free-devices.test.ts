import { expect, it } from 'vitest';
import { freeDevices } from '../../../internal/devices/free-devices.ts';
import type { DevicePlan } from '../../../internal/placement/plan.ts';
import { card, machine } from '../placement/hosts.ts';

const planned = card('0000:01:00', 10).map(
  ({ address, vendor, model }) => ({ address, vendor, model }) as DevicePlan,
);

it('are told with the drivers that they have now', () => {
  const [gpu, audio] = card('0000:01:00', 10);
  if (gpu === undefined || audio === undefined) throw new Error('no card');
  expect(freeDevices(machine({ pci: [{ ...gpu, driver: 'nouveau' }, audio] }), planned)).toEqual([
    { address: '0000:01:00.0', driver: 'nouveau' },
    { address: '0000:01:00.1', driver: 'snd_hda_intel' },
  ]);
});

it('one in use is refused, saying by whom', () => {
  const users = [{ kind: 'process', description: 'Xorg (pid 812) has /dev/dri/card0 open' }] as const;
  const [gpu, audio] = card('0000:01:00', 10);
  if (gpu === undefined || audio === undefined) throw new Error('no card');
  expect(() => freeDevices(machine({ pci: [{ ...gpu, users }, audio] }), planned)).toThrow(
    expect.objectContaining({
      code: 'device-in-use',
      message: '0000:01:00.0 is in use: Xorg (pid 812) has /dev/dri/card0 open.',
    }) as Error,
  );
});

it('another one at the address is refused, and none', () => {
  const other = card('0000:01:00', 10).map((device) => ({ ...device, model: '1234' }));
  const unhealthy = expect.objectContaining({ code: 'device-unhealthy' }) as Error;
  expect(() => freeDevices(machine({ pci: other }), planned)).toThrow(unhealthy);
  expect(() => freeDevices(machine({ pci: [] }), planned)).toThrow(unhealthy);
});
