import { describe, expect, it } from 'vitest';
import { networkChanges } from '../../../internal/networks/network-changes.ts';
import {
  checkNetworkRequest,
  checkRange,
  type NetworkRequest,
} from '../../../internal/networks/network-request.ts';
import {
  chooseAddress,
  hostNameFor,
  servedAddress,
} from '../../../internal/networks/reservations/choose-address.ts';
import { addressNumber, readSubnet } from '../../../internal/networks/ipv4.ts';
import { readNetwork } from '../../../internal/xml/network.ts';

const network = readNetwork(`<network><name>n</name>
  <dns><host ip="10.0.0.9"><hostname>nine</hostname></host></dns>
  <ip family="ipv6" address="fd00::1" prefix="64"/>
  <ip address="10.0.0.1" netmask="255.255.255.248"><dhcp>
    <range start="10.0.0.2" end="10.0.0.6"/><host mac="52:54:00:00:00:01" name="web" ip="10.0.0.2"/>
  </dhcp></ip></network>`);
const mac = '52:54:00:00:00:02';
const error = (code: string) => expect.objectContaining({ code }) as unknown as Error;

describe('an address', () => {
  it('is the one that it has, else the first that is free', () => {
    expect(chooseAddress(network, mac, [], null)).toBe('10.0.0.3');
    expect(chooseAddress(network, mac, [{ address: '10.0.0.3', mac: 'x' }], null)).toBe('10.0.0.4');
    expect(chooseAddress(network, mac, [{ address: '10.0.0.5', mac }], null)).toBe('10.0.0.5');
    expect(chooseAddress(network, mac, [{ address: '10.0.0.5', mac }], '10.0.0.6')).toBe('10.0.0.6');
  });
  it.each(['10.0.0.1', '10.0.0.0', '10.0.0.7', '10.0.1.2', 'fd00::2', 'x'])(
    '%s is not to be had',
    (wanted) => {
      expect(() => chooseAddress(network, mac, [], wanted)).toThrow(error('argument-invalid'));
    },
  );
  it("is nobody else's, and may be all gone", () => {
    expect(() => chooseAddress(network, mac, [], '10.0.0.2')).toThrow(error('resource-in-use'));
    expect(() => chooseAddress(network, mac, [{ address: '10.0.0.4', mac: 'x' }], '10.0.0.4')).toThrow(
      error('resource-in-use'),
    );
    const all = [3, 4, 5, 6].map((last) => ({ address: `10.0.0.${last}`, mac: 'x' }));
    expect(() => chooseAddress(network, mac, all, null)).toThrow(error('resource-in-use'));
  });
  it('needs a DHCP server', () => {
    const silent = readNetwork('<network><name>n</name><ip address="10.0.0.1" prefix="24"/></network>');
    expect(() => servedAddress(silent)).toThrow(error('state-conflict'));
  });
  it('has the name of the domain where nobody has it', () => {
    const { served } = servedAddress(network);
    expect(hostNameFor('db', served)).toBe('db');
    expect(hostNameFor('web', served)).toBeUndefined();
    expect(hostNameFor('no_label', served)).toBeUndefined();
  });
});

describe('a change of a network', () => {
  it('is made of what differs, and can be taken back', () => {
    const steps = networkChanges(network, {
      dhcpRange: { start: '10.0.0.3', end: '10.0.0.5' },
      dnsHosts: [{ address: '10.0.0.8', hostnames: ['a', 'b'] }],
    });
    expect(steps.map(({ apply }) => [apply.command, apply.section, apply.parentIndex, apply.xml])).toEqual([
      ['delete', 'ip-dhcp-range', 1, expect.stringContaining('end="10.0.0.6"')],
      ['add-last', 'ip-dhcp-range', 1, expect.stringContaining('end="10.0.0.5"')],
      ['delete', 'dns-host', 0, expect.stringContaining('nine')],
      ['add-last', 'dns-host', 0, expect.stringContaining('<hostname>b</hostname>')],
    ]);
    for (const { apply, undo } of steps) {
      expect(undo).toEqual({ ...apply, command: apply.command === 'delete' ? 'add-last' : 'delete' });
    }
  });
  it('is nothing where it is so already', () => {
    const same = { dhcpRange: { start: '10.0.0.2', end: '10.0.0.6' }, dnsHosts: network.dnsHosts };
    expect(networkChanges(network, same)).toEqual([]);
    expect(networkChanges(network, {})).toEqual([]);
  });
});

describe('a request for a network', () => {
  const plain: NetworkRequest = {
    name: 'n',
    mode: 'nat',
    bridge: null,
    ipv4Subnet: null,
    dhcpRange: null,
    dhcp: true,
    ipv6Subnet: null,
    domainName: null,
    dnsForwarders: [],
    dnsHosts: [],
    forwardDevice: null,
    autostart: true,
  };
  const bad: Partial<NetworkRequest>[] = [
    { mode: 'bridge' },
    { mode: 'bridge', bridge: '../x' },
    { mode: 'bridge', bridge: 'br0', domainName: 'x' },
    { bridge: 'br0' },
    { mode: 'isolated', forwardDevice: 'eth0' },
    { forwardDevice: 'a b' },
    { domainName: '-x' },
    { ipv6Subnet: 'fd00::/48' },
    { ipv6Subnet: 'fd00::1/64' },
    { ipv6Subnet: '10.0.0.0/64' },
    { dnsForwarders: ['x'] },
    { dnsHosts: [{ address: 'x', hostnames: ['a'] }] },
    { dnsHosts: [{ address: '10.0.0.2', hostnames: [] }] },
    {
      dnsHosts: [
        { address: '10.0.0.2', hostnames: ['a'] },
        { address: '10.0.0.2', hostnames: ['b'] },
      ],
    },
  ];
  it.each(bad)('%j is refused', (part) => {
    expect(() => checkNetworkRequest({ ...plain, ...part })).toThrow(error('argument-invalid'));
  });
  it.each([
    ['10.0.0.0', '10.0.0.9'],
    ['10.0.0.1', '10.0.0.9'],
    ['10.0.0.9', '10.0.0.2'],
    ['10.0.0.9', '10.0.0.255'],
    ['10.0.0.9', '10.0.1.9'],
    ['x', '10.0.0.9'],
  ])('with a range %s-%s is refused', (start, end) => {
    const subnet = readSubnet('10.0.0.0/24') ?? { base: 0, prefix: 0 };
    expect(() => checkRange({ start, end }, subnet, addressNumber('10.0.0.1') ?? 0)).toThrow(
      error('argument-invalid'),
    );
  });
});
