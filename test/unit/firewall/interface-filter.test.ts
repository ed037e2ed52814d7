import { describe, expect, it } from 'vitest';
import {
  foreignFilter,
  hasFirewall,
  withFirewall,
  withoutFirewall,
} from '../../../internal/firewall/interface-filter.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';

const uuid = '6d1b1d0e-0000-4000-8000-000000000001';
const other = '6d1b1d0e-0000-4000-8000-000000000002';
const nic = (reference: string, type = 'network') =>
  parseXml(
    `<interface type="${type}"><mac address="52:54:00:00:00:01"/><x:mine xmlns:x="urn:x"/>${reference}</interface>`,
  );
const ours = `<filterref filter="protium-${uuid}"/>`;
const clean = '<filterref filter="clean-traffic"><parameter name="IP" value="192.0.2.1"/></filterref>';

describe('an interface', () => {
  it.each([
    ['none', '', ours],
    ['the same', ours, ours],
    ['that of others', clean, clean.replace('clean-traffic', `protium-${uuid}`)],
    ['that of the instance it was copied from', ours.replace(uuid, other), ours],
  ])('with the filter: %s gets the firewall', (_what, before, after) => {
    const changed = withFirewall(nic(before), uuid);
    expect(serializeXml(changed)).toBe(serializeXml(nic(after)));
    expect(hasFirewall(changed, uuid)).toBe(true);
    expect(withFirewall(changed, uuid)).toBe(changed);
  });

  it('gets back what it had', () => {
    const filtered = withFirewall(nic(clean), uuid);
    expect(serializeXml(withoutFirewall(filtered, uuid, 'clean-traffic'))).toBe(serializeXml(nic(clean)));
    expect(serializeXml(withoutFirewall(nic(ours), uuid, null))).toBe(serializeXml(nic('')));
  });

  it('without the firewall stays as it is', () => {
    for (const reference of ['', clean, ours.replace(uuid, other)]) {
      const el = nic(reference);
      expect(withoutFirewall(el, uuid, null)).toBe(el);
    }
  });

  it.each(['user', 'direct', 'hostdev', 'vhostuser'])('of the type %s cannot have one', (type) => {
    const el = nic('', type);
    expect(withFirewall(el, uuid)).toBe(el);
  });

  it('has a filter of others when it is no firewall', () => {
    expect(foreignFilter(nic(clean))).toBe('clean-traffic');
    expect(foreignFilter(nic(''))).toBeNull();
    expect(foreignFilter(nic(ours))).toBeNull();
    expect(foreignFilter(nic(ours.replace(uuid, other)))).toBeNull();
  });
});
