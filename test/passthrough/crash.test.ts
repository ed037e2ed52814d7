import { afterEach, expect, inject, it } from 'vitest';
import { call } from '../system/daemon.ts';
import { killDaemonWhen, startDaemon } from './daemon.ts';
import { gpu, gpuAudio } from './devices.ts';
import { configWith, expectAllGivenBack, onVfio, register, removeDomains } from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));
const card = [gpu, gpuAudio];
const boundTo = ({ address }: { readonly address: string }, driver: string) =>
  `[ /sys/bus/pci/devices/${address}/driver -ef /sys/bus/pci/drivers/${driver} ]`;

afterEach(() => removeDomains(host));

it.each([
  ['its domain is defined', '[ -e /etc/libvirt/qemu/halfway.xml ]'],
  ['the first function has left its driver', `! ${boundTo(gpu, gpu.driver)}`],
  ['QEMU has been started', '[ -e /run/libvirt/qemu/halfway.pid ]'],
])('nothing is left of a register whose daemon died when %s', async (_moment, condition) => {
  const request = register(host, 'halfway', configWith(gpu)).catch(() => null);
  await killDaemonWhen(host, condition);
  expect(await request).toBeNull();
  await startDaemon(host);
  await expect.poll(() => host.domains(), { timeout: 60_000, interval: 500 }).toEqual([]);
  await expectAllGivenBack(host);
  const { body } = await call(host, 'GET', '/v1/operations');
  const [last] = body['operations'] as object[];
  expect(last).toMatchObject({ kind: 'instance.register', state: 'OPERATION_STATE_FAILED' });

  expect((await register(host, 'again', configWith(gpu))).status).toBe(200);
  expect(await host.states(card)).toEqual(onVfio(card));
});
