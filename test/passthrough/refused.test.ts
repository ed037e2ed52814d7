import { afterEach, describe, expect, inject, it } from 'vitest';
import { call, type JsonAnswer } from '../system/daemon.ts';
import {
  devices,
  gpu,
  gpuAudio,
  hostDisk,
  hostNetworkCard,
  sharedCard,
  type EmulatedDevice,
} from './devices.ts';
import { canAllocate, configWith, onHostDrivers, onVfio, register, removeDomains } from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));

afterEach(() => removeDomains(host));

/** Asks for the device, and sees that nothing was touched. */
async function refusalOf(device: EmulatedDevice): Promise<JsonAnswer> {
  const before = await operations();
  const answer = await register(host, 'refused', configWith(device));
  expect(answer).toMatchObject({ status: 204, text: '' });
  expect(await host.states(devices)).toEqual(onHostDrivers());
  expect(await host.domains()).toEqual([]);
  expect(await operations()).toEqual(before);
  return answer;
}

/** All that the daemon ever began to do. */
async function operations(): Promise<unknown> {
  const { body } = await call(host, 'GET', '/v1/operations');
  return (body['operations'] as { id: string; state: string }[]).map(({ id, state }) => ({ id, state }));
}

describe('a device is refused, and nothing is touched', () => {
  it('when its group holds what cannot go along: the reason names the group, its members, their drivers and users', async () => {
    const group = await host.run(
      `basename "$(readlink /sys/bus/pci/devices/${sharedCard.address}/iommu_group)"`,
    );
    const reason = (await refusalOf(sharedCard)).headers.get('protium-reason');
    expect(reason).toContain(`IOMMU group ${group} must go to the VM as a whole`);
    for (const { address, driver } of [sharedCard, hostNetworkCard]) {
      expect(reason).toContain(address);
      expect(reason).toContain(driver);
    }
    expect(reason).toContain('the default route goes over');
    const { body } = await canAllocate(host, configWith(sharedCard));
    expect(body).toMatchObject({ canallocate: false, reasons: [{ code: 'group-not-assignable' }] });
  });

  it('when the host lives on it', async () => {
    const reason = (await refusalOf(hostDisk)).headers.get('protium-reason');
    expect(reason).toContain(`The host lives on ${hostDisk.address}`);
    expect(reason).toContain('/srv/data is mounted from nvme0n1');
    const { body } = await canAllocate(host, configWith(hostDisk));
    expect(body).toMatchObject({ canallocate: false, reasons: [{ code: 'device-essential' }] });
  });

  it('while a process on the host has it open', async () => {
    const process = await host.run(`
      node=$(ls /dev/dri/by-path/pci-${gpu.address}-card)
      setsid sleep 1000 <"$node" >/dev/null 2>&1 &
      echo $!`);
    const reason = (await refusalOf(gpu)).headers.get('protium-reason');
    expect(reason).toContain(`sleep (pid ${process}) has /dev/dri/`);
    const { body } = await canAllocate(host, configWith(gpu));
    expect(body).toMatchObject({ canallocate: false, reasons: [{ code: 'device-in-use' }] });

    await host.run(`kill ${process}; while kill -0 ${process} 2>/dev/null; do sleep 0.02; done`);
    expect((await register(host, 'gpu', configWith(gpu))).status).toBe(200);
    expect(await host.states([gpu, gpuAudio])).toEqual(onVfio([gpu, gpuAudio]));
  });
});
