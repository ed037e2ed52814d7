import { expect, it } from 'vitest';
import { readPool } from '../../../internal/floating-addresses/pool.ts';
import { floatingRules, names } from '../../../internal/floating-addresses/ruleset.ts';
import { acceptChainRules } from '../../../internal/port-forwards/kernel/accept-chain.ts';
import { matchGolden } from '../../golden/match-golden.ts';

const web = {
  address: '10.77.0.1',
  guestAddress: '192.168.130.2',
  subnet: '192.168.130.0/24',
  ports: [22, 9999],
};
const off = { ...web, address: '10.77.0.2', guestAddress: '192.168.130.3', ports: [] };
const elsewhere = { ...web, address: '10.77.0.3', guestAddress: '192.168.131.2', subnet: '192.168.131.0/24' };

it('leads are a table as a whole, and are accepted before libvirt refuses them', async () => {
  const guarded = readPool('10.77.0.0/24,10.78.0.1') ?? [];
  const { commands, accepted } = floatingRules([web, off, elsewhere], guarded);
  await matchGolden('floating-addresses/nft.json', JSON.stringify(commands, null, 2));
  const current = { forwardChain: ['-A FORWARD -j LIBVIRT_FWX'], chainExists: false };
  await matchGolden(
    'floating-addresses/iptables-restore.txt',
    acceptChainRules(names.chain, accepted, current) ?? '',
  );
});

it('an instance that is off has no open port, and is guarded on', () => {
  const text = JSON.stringify(floatingRules([off], readPool('10.77.0.2') ?? []).commands);
  expect(text).toContain('"name":"open","type":["ipv4_addr","inet_service"]}');
  expect(text).toContain('"elem":["10.77.0.2"]');
});

it('nothing is left when nothing leads anywhere', () => {
  const { commands, accepted } = floatingRules([], readPool('10.77.0.0/24') ?? []);
  expect(commands.nftables).toHaveLength(2);
  expect(accepted).toEqual([]);
});
