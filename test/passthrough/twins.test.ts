import { afterEach, expect, inject, it } from 'vitest';
import { twins } from './devices.ts';
import {
  addressesOf,
  configWith,
  expectAllGivenBack,
  holderOf,
  onHostDrivers,
  onVfio,
  other,
  owner,
  register,
  removeDomains,
  unregister,
} from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));
const [left, right] = twins;

afterEach(() => removeDomains(host));

it('equal devices are told apart', async () => {
  const first = await register(host, 'first', configWith(left), owner);
  expect(addressesOf(first)).toEqual([left.address]);
  expect(await host.states(twins)).toEqual({ ...onVfio([left]), ...onHostDrivers([right]) });
  const second = await register(host, 'second', configWith(left), other);
  expect(addressesOf(second)).toEqual([right.address]);
  const third = await register(host, 'third', configWith(left), owner);
  expect(third.status).toBe(204);
  expect(third.headers.get('protium-reason')).toMatch(/is taken by "first".*is taken by "second"/);

  expect((await unregister(host, first, owner)).status).toBe(200);
  await expect
    .poll(() => host.states(twins), { timeout: 30_000, interval: 500 })
    .toEqual({ ...onHostDrivers([left]), ...onVfio([right]) });
  expect([await holderOf(host, left), await holderOf(host, right)]).toEqual([null, 'second']);
  expect(await host.virsh('domstate', 'second')).toBe('running');
  expect((await unregister(host, second, other)).status).toBe(200);
  await expectAllGivenBack(host);
});

it('a VM that asks for two gets both', async () => {
  const answer = await register(host, 'both', configWith(left, 2));
  expect(addressesOf(answer)).toEqual(twins.map(({ address }) => address));
  expect(await host.states(twins)).toEqual(onVfio(twins));
});
