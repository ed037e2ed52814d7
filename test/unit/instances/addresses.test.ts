import { describe, expect, it } from 'vitest';
import { createAddressBook } from '../../../internal/instances/addresses.ts';
import type { DomainView } from '../../../internal/libvirt/live-view/views.ts';
import type { InterfaceAddress } from '../../../internal/libvirt/objects.ts';

type Answer = readonly InterfaceAddress[] | Error | 'never';

const domain = (id: number | null, agentConnected: boolean | null): DomainView =>
  ({ name: 'vm', uuid: 'u', id, agentConnected }) as DomainView;

const at = (name: string, ...addresses: readonly string[]): InterfaceAddress => ({
  interface: name,
  mac: '52:54:00:00:00:01',
  addresses: addresses.map((address) => ({
    family: address.includes(':') ? 'ipv6' : 'ipv4',
    address,
    prefix: 24,
  })),
});

function book(answers: Record<'agent' | 'lease' | 'arp', Answer>) {
  const asked: string[] = [];
  const time = { now: 0 };
  const client = {
    domains: {
      interfaceAddresses: (_domain: unknown, source: keyof typeof answers) => {
        asked.push(source);
        const answer = answers[source];
        if (answer === 'never') return new Promise(() => undefined);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  } as never;
  return { asked, time, answers, ...createAddressBook({ client, patienceMs: 20, now: () => time.now }) };
}

describe('the addresses of a guest', () => {
  it('are those of all who know some: the agent first, none twice, none of one link', async () => {
    const guest = book({
      agent: [at('lo', '127.0.0.1', '::1'), at('eth0', '192.0.2.5', 'fe80::1', '2001:db8::5')],
      lease: [at('vnet0', '192.0.2.5', '192.0.2.6')],
      arp: [at('vnet0', '192.0.2.6', '192.0.2.7')],
    });
    const { addresses, readiness } = await guest.reach(domain(1, true));
    expect(addresses.map(({ address, source, interface: name }) => [address, source, name])).toEqual([
      ['192.0.2.5', 'agent', 'eth0'],
      ['2001:db8::5', 'agent', 'eth0'],
      ['192.0.2.6', 'lease', 'vnet0'],
      ['192.0.2.7', 'arp', 'vnet0'],
    ]);
    expect(readiness).toBe('agentConnected');
  });

  it('do not wait for an agent that does not answer, and ask it once', async () => {
    const guest = book({ agent: 'never', lease: [at('vnet0', '192.0.2.5')], arp: [] });
    expect((await guest.reach(domain(1, true))).addresses).toMatchObject([{ address: '192.0.2.5' }]);
    guest.time.now = 5000;
    await guest.reach(domain(1, true));
    expect(guest.asked.filter((source) => source === 'agent')).toHaveLength(1);
  });

  it('keep what was known, with its age, when a source fails', async () => {
    const guest = book({ agent: [at('eth0', '192.0.2.5')], lease: [], arp: [] });
    await guest.reach(domain(1, true));
    guest.answers.agent = new Error('gone');
    guest.time.now = 3000;
    expect(await guest.reach(domain(1, true))).toMatchObject({
      addresses: [{ source: 'agent', ageMs: 3000 }],
    });
    expect(await guest.reach(domain(1, false))).toMatchObject({
      addresses: [{ ageMs: 3000 }],
      agentConnected: false,
      readiness: 'addresses',
    });
  });

  it('are not asked for again at once', async () => {
    const guest = book({ agent: [], lease: [], arp: [] });
    expect(await guest.reach(domain(1, false))).toMatchObject({ readiness: 'starting' });
    guest.time.now = 500;
    await guest.reach(domain(1, null));
    expect(guest.asked).toEqual(['lease', 'arp']);
  });

  it('of an earlier run, and of a VM that is off, are forgotten', async () => {
    const guest = book({ agent: [], lease: [at('vnet0', '192.0.2.5')], arp: [] });
    await guest.reach(domain(1, null));
    expect(await guest.reach(domain(null, null))).toEqual({
      addresses: [],
      agentConnected: null,
      readiness: 'off',
    });
    guest.answers.lease = [];
    expect((await guest.reach(domain(2, null))).addresses).toEqual([]);
  });
});
