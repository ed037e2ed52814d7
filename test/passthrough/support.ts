import { expect } from 'vitest';
import { call, type JsonAnswer } from '../system/daemon.ts';
import { devices, type EmulatedDevice } from './devices.ts';
import type { DeviceState, TestHost } from './test-host.ts';

export const owner = 'f'.repeat(32);
export const other = 'e'.repeat(32);

/** A small VM with devices. */
export const configWith = ({ id }: EmulatedDevice, quantity = 1): object => ({
  slots: 1,
  ramsize: 128,
  allowSMT: true,
  pci: [{ ...id, quantity }],
});

export const register = (host: TestHost, name: string, config: object, client = owner): Promise<JsonAnswer> =>
  call(host, 'POST', '/register', { client_uid: client, vm_name: name, req: config });

export const unregister = (host: TestHost, answer: JsonAnswer, client = owner): Promise<JsonAnswer> =>
  call(host, 'DELETE', '/unregister', { client_uid: client, vm_uid: answer.body['uniqueID'] });

export const canAllocate = (host: TestHost, config: object): Promise<JsonAnswer> =>
  call(host, 'POST', '/api/v1.0/canallocate', config);

export const addressesOf = ({ body }: JsonAnswer): readonly string[] =>
  (body['devices'] as { address: string }[]).map(({ address }) => address);

/** Who has a device, as the daemon tells it; null: nobody. */
export async function holderOf(host: TestHost, { address }: EmulatedDevice): Promise<string | null> {
  const { body } = await call(host, 'GET', '/v1/host/devices');
  const found = (body['devices'] as { address: string; holder?: { name: string } }[]).find(
    (device) => device.address === address,
  );
  return found?.holder?.name ?? null;
}

export const onHostDrivers = (of: readonly EmulatedDevice[] = devices): Record<string, DeviceState> =>
  Object.fromEntries(of.map(({ address, driver }) => [address, { driver, answers: true }]));

export const onVfio = (of: readonly EmulatedDevice[]): Record<string, DeviceState> =>
  Object.fromEntries(of.map(({ address }) => [address, { driver: 'vfio-pci', answers: true }]));

/** Waits until the host has all its devices again and nobody else has one. */
export async function expectAllGivenBack(host: TestHost): Promise<void> {
  await expect.poll(() => host.states(devices), { timeout: 60_000, interval: 500 }).toEqual(onHostDrivers());
  await expect
    .poll(
      async () => {
        const { body } = await call(host, 'GET', '/v1/host/devices');
        return (body['devices'] as { holder?: unknown }[]).filter(({ holder }) => holder !== undefined);
      },
      { timeout: 30_000, interval: 500 },
    )
    .toEqual([]);
}

/** Removes every domain, by libvirt's hand, and waits until the host is as it was. */
export async function removeDomains(host: TestHost): Promise<void> {
  await host.run(`for domain in $(virsh -q list --all --name); do
      virsh -q destroy "$domain" 2>/dev/null || true
      virsh -q undefine "$domain" --nvram || true
    done </dev/null`);
  await expectAllGivenBack(host);
}
