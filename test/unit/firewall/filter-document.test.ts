import { describe, expect, it } from 'vitest';
import { filterElement, filterName, filterOwner } from '../../../internal/firewall/filter-document.ts';
import {
  openFirewall,
  readFirewallRequest,
  type Firewall,
  type RuleRequest,
} from '../../../internal/firewall/firewall.ts';
import { filterUuid, readFilter } from '../../../internal/firewall/read-filter.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { matchGolden } from '../../golden/match-golden.ts';

const uuid = '6d1b1d0e-0000-4000-8000-000000000001';
const rule: RuleRequest = {
  direction: 'in',
  action: '',
  protocol: 'tcp',
  portFirst: 0,
  portLast: 0,
  remote: '',
};
const request = (rules: readonly Partial<RuleRequest>[], more: object = {}) =>
  readFirewallRequest({
    defaultIn: '',
    defaultOut: '',
    ...more,
    rules: rules.map((each) => ({ ...rule, ...each })),
  });
const documentOf = (firewall: Firewall, included: string | null = null): string =>
  serializeXml(filterElement({ name: filterName(uuid), uuid, firewall, included }));
/** As libvirt prints it: an element a line. */
const pretty = (xml: string): string => xml.replaceAll('><', '>\n<');

const firewalls: Readonly<Record<string, Firewall>> = {
  'drop-in': request([{ portFirst: 22 }, { portFirst: 80, portLast: 90, remote: '10.1.2.3/8' }], {
    defaultIn: 'drop',
  }),
  'drop-all': request([], { defaultIn: 'drop', defaultOut: 'drop' }),
  mixed: request([
    { action: 'drop', portFirst: 8080 },
    { direction: 'out', action: 'reject', protocol: 'udp', portFirst: 53, remote: '2001:DB8::/32' },
    { direction: 'out', action: 'drop', protocol: 'all', remote: '192.0.2.1' },
    { protocol: 'icmp' },
    { direction: 'out', protocol: '', remote: '0.0.0.0/0' },
    { action: 'reject', protocol: 'icmp', remote: '::/0' },
  ]),
};

describe.each(Object.entries(firewalls))('the filter of %s', (name, firewall) => {
  it('is this document', () => matchGolden(`firewall/${name}.xml`, pretty(documentOf(firewall))));

  it('is read back as what it was made of', () => {
    const read = readFilter(pretty(documentOf(firewall, 'clean-traffic')));
    expect(read).toMatchObject({ firewall, included: 'clean-traffic', changedByOthers: false });
    expect(filterUuid(documentOf(firewall))).toBe(uuid);
  });
});

describe('a filter', () => {
  const { mixed = openFirewall, 'drop-in': dropIn = openFirewall } = firewalls;

  it('has an etag that differs whenever anything in it does', () => {
    const etags = [documentOf(mixed), documentOf(dropIn), documentOf(mixed, 'clean-traffic')].map(
      (xml) => readFilter(xml).etag,
    );
    expect(new Set(etags).size).toBe(3);
    expect(readFilter(pretty(documentOf(mixed))).etag).toBe(etags[0]);
  });

  it.each([
    ['a rule more', '<rule action="accept" direction="in" priority="-5"><tcp/></rule></filter>', '</filter>'],
    ['a filter more', '<filterref filter="a"/><filterref filter="b"/></filter>', '</filter>'],
    ['a rule of ours made wider for one protocol of two', 'dstportstart="1"', 'dstportstart="22"'],
    ['another protocol', '<igmp/>', '<all/>'],
    ['a rule of ours that continues', 'action="continue"', 'action="accept"'],
    ['no rule for neighbours', 'type="99"', 'type="135"'],
  ])('that others have given %s is seen to be changed', (_what, by, what) => {
    const [ours, changed] = [documentOf(dropIn), documentOf(dropIn).replace(what, by)];
    expect(changed).not.toBe(ours);
    expect(readFilter(changed).changedByOthers).toBe(true);
    expect(readFilter(changed).etag).not.toBe(readFilter(ours).etag);
  });

  it('in which others have made a rule of ours wider, in our own form, says so in its rules', () => {
    const ours = readFilter(documentOf(dropIn));
    const changed = readFilter(documentOf(dropIn).replace('dstportstart="80"', 'dstportstart="1"'));
    const [ssh, web] = dropIn.rules;
    expect(changed).toMatchObject({
      firewall: { ...dropIn, rules: [ssh, { ...web, ports: { first: 1, last: 90 } }] },
      changedByOthers: false,
    });
    expect(changed.etag).not.toBe(ours.etag);
  });

  it('is known by its name', () => {
    expect(filterOwner(filterName(uuid))).toBe(uuid);
    for (const name of ['clean-traffic', 'protium-', `protium-${uuid}x`, `x${filterName(uuid)}`]) {
      expect(filterOwner(name)).toBeNull();
    }
  });

  it('may have 256 rules, each with a priority of its own', () => {
    const many = request(Array.from({ length: 256 }, (_, index) => ({ portFirst: index + 1 })));
    expect(readFilter(documentOf(many))).toMatchObject({ firewall: many, changedByOthers: false });
    expect(documentOf(many)).toContain('priority="805"');
    const outgoing = { ...many, rules: many.rules.map((each) => ({ ...each, direction: 'out' as const })) };
    expect(readFilter(documentOf(outgoing))).toMatchObject({ firewall: outgoing, changedByOthers: false });
  });
});

describe('a request', () => {
  it.each<[string, Partial<RuleRequest>, string]>([
    ['port 65536', { portFirst: 65_536 }, 'port_first'],
    ['the last port without the first', { portLast: 80 }, 'port_first'],
    ['the last port 65536', { portFirst: 1, portLast: 65_536 }, 'port_last'],
    ['ports the wrong way round', { portFirst: 90, portLast: 80 }, 'port_last'],
    ['half a port', { portFirst: 1.5 }, 'port_first'],
    ['ports of icmp', { protocol: 'icmp', portFirst: 1 }, 'port_first'],
    ['ports of all', { protocol: 'all', portFirst: 1 }, 'port_first'],
    ['a prefix that is too long', { remote: '10.0.0.0/33' }, 'remote'],
    ['a prefix of IPv6 that is too long', { remote: 'fd00::/129' }, 'remote'],
    ['a name', { remote: 'example.org' }, 'remote'],
    ['a negative prefix', { remote: '10.0.0.0/-1' }, 'remote'],
    ['two prefixes', { remote: '10.0.0.0/8/8' }, 'remote'],
    ['a scope', { remote: 'fe80::1%eth0' }, 'remote'],
    ['IPv4 within IPv6', { remote: '::ffff:10.0.0.0/104' }, 'remote'],
    ['short IPv4', { remote: '10/8' }, 'remote'],
    ['a space', { remote: ' 10.0.0.0/8' }, 'remote'],
    ['XML', { remote: "10.0.0.0/8'/>" }, 'remote'],
    ['no direction', { direction: '' }, 'direction'],
    ['both directions', { direction: 'inout' }, 'direction'],
    ['an action of libvirt’s', { action: 'return' }, 'action'],
    ['an unknown protocol', { protocol: 'sctp' }, 'protocol'],
  ])('with %s is refused', (_what, bad, field) => {
    expect(() => request([{}, bad])).toThrow(
      expect.objectContaining({ code: 'argument-invalid', details: { field: `rules[1].${field}` } }) as Error,
    );
  });

  it('with more than 256 rules, or a default that rejects, is refused', () => {
    expect(() => request(Array.from({ length: 257 }, () => ({})))).toThrow('256');
    expect(() => request([], { defaultIn: 'reject' })).toThrow('"reject" is not one of accept, drop.');
    expect(() => request([], { defaultOut: 'DROP' })).toThrow('"DROP"');
  });

  it('names blocks by their first address', () => {
    const { rules } = request([{ remote: '10.1.2.3/8' }, { remote: '192.0.2.1' }, { remote: 'FD00::1/64' }]);
    expect(rules.map(({ remote }) => remote)).toEqual(['10.0.0.0/8', '192.0.2.1/32', 'fd00::/64']);
  });
});
