import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../../../internal/libvirt/live-view/views.ts';
import { freeSubnet, routedSubnets } from '../../../internal/networks/free-subnet.ts';
import {
  addressNumber,
  addressText,
  overlap,
  readSubnet,
  subnetText,
} from '../../../internal/networks/ipv4.ts';
import { decideSubnet } from '../../../internal/networks/taken-subnets.ts';

const subnet = (text: string) => {
  const read = readSubnet(text);
  if (read === null) throw new Error(text);
  return read;
};

it('addresses and subnets are read as they are written, and no others', () => {
  for (const text of ['0.0.0.0', '10.0.0.1', '255.255.255.255'])
    expect(addressText(addressNumber(text) ?? -1)).toBe(text);
  for (const text of ['256.0.0.1', '1.2.3', '1.2.3.4.5', 'a', '', '::1'])
    expect(addressNumber(text)).toBeNull();
  for (const text of ['10.0.0.0/8', '192.168.1.128/25', '0.0.0.0/0'])
    expect(subnetText(subnet(text))).toBe(text);
  for (const text of ['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0', 'x/8', '10.0.0.0/'])
    expect(readSubnet(text)).toBeNull();
  expect(overlap(subnet('10.0.0.0/8'), subnet('10.5.0.0/16'))).toBe(true);
  expect(overlap(subnet('10.0.0.0/24'), subnet('10.0.1.0/24'))).toBe(false);
});

it("the host's routes are those of /proc/net/route, without the default", () => {
  const routes = [
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'rubbish',
  ].join('\n');
  expect(routedSubnets(routes).map(subnetText)).toEqual(['192.0.2.0/24']);
  expect(routedSubnets('')).toEqual([]);
});

describe('a subnet', () => {
  const networks = [
    { name: 'a', ips: [{ family: 'ipv4', address: '192.168.130.1', prefix: 24, dhcpRanges: [] }] },
    { name: 'six', ips: [{ family: 'ipv6', address: 'fd00::1', prefix: 64, dhcpRanges: [] }] },
  ] as unknown as readonly NetworkView[];

  it('is the first that nobody has', () => {
    expect(subnetText(decideSubnet(null, networks, [subnet('192.168.128.0/22')]))).toBe('192.168.132.0/24');
    expect(freeSubnet([{ base: 0, prefix: 0 }])).toBeNull();
    expect(() => decideSubnet(null, [], [{ base: 0, prefix: 0 }])).toThrow(
      expect.objectContaining({ code: 'resource-in-use' }) as Error,
    );
  });

  it.each([
    ['192.168.130.128/25', 'resource-in-use'],
    ['10.9.0.0/16', 'resource-in-use'],
    ['192.168.1.1/24', 'argument-invalid'],
    ['192.168.1.0/30', 'argument-invalid'],
  ])('%s is refused: %s', (text, code) => {
    expect(() => decideSubnet(text, networks, [subnet('10.9.8.0/24')])).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });
});
