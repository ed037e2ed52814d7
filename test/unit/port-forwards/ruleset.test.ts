import { describe, expect, it } from 'vitest';
import { collide, type PortForward } from '../../../internal/port-forwards/forward.ts';
import { acceptChainRules, type ForwardRules } from '../../../internal/port-forwards/kernel/accept-chain.ts';
import {
  acceptChain,
  acceptedForwards,
  isForKernel,
  nftCommands,
  type KernelForward,
} from '../../../internal/port-forwards/kernel/ruleset.ts';
import { isAllowed, readSources } from '../../../internal/port-forwards/sources.ts';
import { matchGolden } from '../../golden/match-golden.ts';

const forward: PortForward = {
  id: 'f1',
  instance: 'i',
  protocol: 'tcp',
  hostAddress: '0.0.0.0',
  hostPort: 2222,
  network: 'n',
  guestAddress: '192.168.130.2',
  guestPort: 22,
  sources: [],
  createdAt: '2026-01-01T00:00:00.000Z',
};
const narrow: PortForward = {
  ...forward,
  id: 'f2',
  protocol: 'udp',
  hostAddress: '192.0.2.1',
  hostPort: 5353,
  guestPort: 53,
  sources: ['198.51.100.0/24', '2001:db8::/32'],
};
const acceptRules = (forwards: readonly KernelForward[], current: ForwardRules) =>
  acceptChainRules(acceptChain, acceptedForwards(forwards), current);
const both = [forward, narrow].map((each) => ({ forward: each, subnet: '192.168.130.0/24' }));

describe("the kernel's rules", () => {
  it('are our table as a whole', async () => {
    await matchGolden('port-forwards/nft.json', JSON.stringify(nftCommands(both), null, 2));
    expect(nftCommands([]).nftables).toHaveLength(2);
  });

  it('are accepted before libvirt refuses them', async () => {
    const libvirt = ['-A FORWARD -j LIBVIRT_FWX', '-A FORWARD -j LIBVIRT_FWI'];
    const ours = '-A FORWARD -j PROTIUM_FORWARD';
    const fresh = acceptRules(both, { forwardChain: libvirt, chainExists: false });
    await matchGolden('port-forwards/iptables-restore.txt', fresh ?? '');
    // In its place: only the rules are made anew.
    const kept = acceptRules(both, { forwardChain: [ours, ...libvirt], chainExists: true });
    expect(kept).not.toContain('-I FORWARD');
    // Behind another of ours: likewise.
    const other = '-A FORWARD -j PROTIUM_FLOATING';
    expect(acceptRules(both, { forwardChain: [other, ours, ...libvirt], chainExists: true })).toBe(kept);
    // Behind others: it is moved.
    const moved = acceptRules(both, { forwardChain: [...libvirt, ours], chainExists: true }) ?? '';
    expect(moved.indexOf('-D FORWARD')).toBeGreaterThan(-1);
    expect(moved.indexOf('-I FORWARD 1')).toBeGreaterThan(moved.indexOf('-D FORWARD'));
    expect(acceptRules([], { forwardChain: libvirt, chainExists: false })).toBeNull();
    expect(acceptRules([], { forwardChain: [ours, ...libvirt], chainExists: true })).toBe(
      '*filter\n-D FORWARD -j PROTIUM_FORWARD\n-F PROTIUM_FORWARD\n-X PROTIUM_FORWARD\nCOMMIT\n',
    );
  });

  it.each([
    ['0.0.0.0', 'nat', true],
    ['::', 'route', true],
    ['192.0.2.1', 'open', true],
    ['127.0.0.1', 'nat', false],
    ['2001:db8::1', 'nat', false],
    ['0.0.0.0', null, false],
    ['0.0.0.0', 'bridge', false],
  ])('on %s towards a network of mode %s: %s', (hostAddress, mode, expected) => {
    expect(isForKernel({ ...forward, hostAddress }, mode)).toBe(expected);
  });
});

it('two forwards collide on the same port of the same address', () => {
  expect(collide(forward, { ...forward, hostAddress: '192.0.2.1' })).toBe(true);
  expect(collide(narrow, { ...narrow, hostAddress: '192.0.2.2' })).toBe(false);
  expect(collide(forward, { ...forward, protocol: 'udp' })).toBe(false);
  expect(collide(forward, { ...forward, hostPort: 1 })).toBe(false);
});

describe('sources', () => {
  it('are blocks', () => {
    expect(readSources(['192.0.2.7', '192.0.2.9/24', '2001:db8::1/32', '::1'])).toEqual([
      '192.0.2.7/32',
      '192.0.2.0/24',
      '2001:db8::/32',
      '::1/128',
    ]);
    for (const text of ['x', '1.2.3.4/33', '1', '', '1.2.3.4/-1', 'example.org/8']) {
      expect(() => readSources([text])).toThrow(
        expect.objectContaining({ code: 'argument-invalid' }) as Error,
      );
    }
    expect(() => readSources(Array.from({ length: 65 }, () => '1.2.3.4'))).toThrow();
  });
  it('let in whom they name', () => {
    const sources = readSources(['192.0.2.0/24', '2001:db8::/32']);
    expect(isAllowed('192.0.2.7', sources)).toBe(true);
    // As a dual-stack socket tells an IPv4 address.
    expect(isAllowed('::ffff:192.0.2.7', sources)).toBe(true);
    expect(isAllowed('2001:db8::7', sources)).toBe(true);
    expect(isAllowed('192.0.3.7', sources)).toBe(false);
    expect(isAllowed('fe80::1%eth0', sources)).toBe(false);
    expect(isAllowed('192.0.3.7', [])).toBe(true);
  });
});
