import type { RequestContext } from '../../../../internal/api/request-context.ts';
import { administrator, contextOf } from './context.ts';
import { describe, expect, it } from 'vitest';
import { HostServiceService } from '../../../../internal/api/grpc/generated/protium/v1/host.ts';
import { hostService } from '../../../../internal/api/v1/host.ts';
import type { HostSituation } from '../../../../internal/instances/instance.ts';
import { fixtureHost, fixtureHostNames } from '../../../fixtures/hosts/load.ts';
import { inputFor } from '../../placement/hosts.ts';

describe('every machine fits the contract', () => {
  it.each(fixtureHostNames)('%s', async (name) => {
    const facts = await fixtureHost(name);
    const { policy } = inputFor(facts, { slots: 1, ramsize: 512 });
    const situation: HostSituation = { facts, claims: [], conditions: [], policy, revision: '1' };
    const { methods } = hostService({
      instances: { situation: () => situation },
      ownerOf: () => null,
      examineHost: () => Promise.resolve([]),
    });
    const call = (method: string, request: object): unknown =>
      (methods[method] as unknown as (request: object, context: RequestContext) => unknown)(
        request,
        contextOf(administrator),
      );

    const host = call('getHost', {}) as Parameters<typeof HostServiceService.getHost.responseSerialize>[0];
    const got = HostServiceService.getHost.responseDeserialize(
      HostServiceService.getHost.responseSerialize(host),
    );
    expect(got.cpu?.cores).toEqual(facts.cpu.cores);
    expect(got.memory?.totalMib).toBe(facts.memory.totalMib);
    expect(got.memory?.ecc).toBe(facts.memory.ecc ?? undefined);

    const list = HostServiceService.listHostDevices;
    const page = call('listHostDevices', { outlook: '', pageSize: 0, pageToken: '' });
    const { devices } = list.responseDeserialize(
      list.responseSerialize(page as Parameters<typeof list.responseSerialize>[0]),
    );
    expect(devices.map(({ address }) => address)).toEqual(facts.pci.map(({ address }) => address));
    for (const [index, device] of devices.entries()) {
      const { bars = [], driver = null, vendorName = null } = facts.pci[index] ?? {};
      expect(device.bars.map(({ bytes }) => Number(bytes))).toEqual(bars.map(({ bytes }) => bytes));
      expect([device.driver ?? null, device.vendorName ?? null]).toEqual([driver, vendorName]);
      expect(device.outlook).not.toBe('');
    }
  });
});
