import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, requireAllowedUrl } from '../../../internal/images/download/address-policy.ts';

/** Written down once more, from IANA's registries, to be compared with. */
const notPublic = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(net, bits, 'ipv4');
}
/** Reserved too, though nothing that trusts a host is there: either answer will do. */
const either = new BlockList();
either.addSubnet('192.88.99.0', 24, 'ipv4');
either.addSubnet('192.31.196.0', 24, 'ipv4');
either.addSubnet('192.52.193.0', 24, 'ipv4');
either.addSubnet('192.175.48.0', 24, 'ipv4');

const inNet = (net: readonly number[]) =>
  fc
    .array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 })
    .map((bytes) => bytes.map((byte, index) => net[index] ?? byte).join('.'));
const addresses = fc.oneof(
  fc.ipV4(),
  ...[[10], [127], [169, 254], [192, 168], [172], [100], [198], [0]].map(inNet),
);

describe('addresses', () => {
  it('of IPv4 are public unless a registry says otherwise, however they are wrapped', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        if (either.check(address)) return;
        const expected = !notPublic.check(address);
        expect(isPublicAddress(address)).toBe(expected);
        expect(isPublicAddress(`::ffff:${address}`)).toBe(expected);
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('of IPv6 are public only within 2000::/3', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (isPublicAddress(address)) {
          const first = parseInt(new URL(`http://[${address}]`).hostname.slice(1).split(':')[0] ?? '', 16);
          const isNat64 = new URL(`http://[${address}]`).hostname.startsWith('[64:ff9b::');
          expect(isNat64 || (first >= 0x2000 && first <= 0x3fff)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['2606:4700::1', '2a00:1450:4001::8a', '8.8.8.8', '64:ff9b::808:808'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fdff::1',
    'ff02::1',
    '::127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::808:808',
    '4000::1',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a URL', () => {
  const policy = { allowHttp: false, allowedHosts: ['127.0.0.1:8443', '[::1]:443'] };
  const code = (url: string, more = policy) => {
    try {
      requireAllowedUrl(new URL(url), more);
      return null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['https://example.org/a', null],
    ['http://example.org/a', 'address-forbidden'],
    ['ftp://example.org/a', 'address-forbidden'],
    ['file:///etc/shadow', 'address-forbidden'],
    ['https://a:b@example.org/a', 'argument-invalid'],
    // The many ways to write loopback.
    ['https://127.0.0.1/', 'address-forbidden'],
    ['https://2130706433/', 'address-forbidden'],
    ['https://0x7f.1/', 'address-forbidden'],
    ['https://017700000001/', 'address-forbidden'],
    ['https://[::ffff:127.0.0.1]/', 'address-forbidden'],
    ['https://127.0.0.1:8443/', null],
    ['https://127.0.0.1:8444/', 'address-forbidden'],
    ['https://[::1]/', null],
  ])('%s: %s', (url, expected) => {
    expect(code(url)).toBe(expected);
  });

  it('without TLS only where that is configured', () => {
    expect(code('http://example.org/', { ...policy, allowHttp: true })).toBeNull();
    expect(code('ftp://example.org/', { ...policy, allowHttp: true })).toBe('address-forbidden');
  });
});
