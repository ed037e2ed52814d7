import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import { domainXml, networkXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

describe.each(drivers)('network filters by $driver', (driver) => {
  const at = bench(driver);
  const named = (name: string, uuid: string, port: number): string =>
    `<filter name='${name}' chain='root'><uuid>${uuid}</uuid><rule action='drop' direction='in'><tcp dstportstart='${port}'/></rule></filter>`;

  test('from definition to end', async () => {
    const { nwfilters } = at.client;
    const [name, uuid] = [`a filter ${driver.driver}`, randomUUID()];
    await expectCode(nwfilters.lookupByName(name), virError.noNwfilter);
    const filter = await nwfilters.define(named(name, uuid, 80));
    expect(filter).toEqual({ name, uuid });
    expect(await nwfilters.list()).toContainEqual(filter);
    expect(await nwfilters.lookupByName(name)).toEqual(filter);
    expect(await nwfilters.xml(filter)).toContain("<tcp dstportstart='80'/>");
    // Replaced by its name and uuid, and by nothing less.
    expect(await nwfilters.define(named(name, uuid, 81))).toEqual(filter);
    expect(await nwfilters.xml(filter)).toContain("<tcp dstportstart='81'/>");
    await expectCode(nwfilters.define(named(name, randomUUID(), 82)), virError.operationFailed);
    await expectCode(nwfilters.define('<filter>'), virError.xmlDetail);
    await nwfilters.undefine(filter);
    await expectCode(nwfilters.lookupByName(name), virError.noNwfilter);
    await expectCode(nwfilters.xml(filter), virError.noNwfilter);
    await expectCode(nwfilters.undefine(filter), virError.noNwfilter);
  });

  test('one that a running VM uses stays', async () => {
    const { nwfilters, networks, domains } = at.client;
    const name = `used-${driver.driver}`;
    const network = await networks.createXml(
      networkXml(name, `br-${name}`, driver.driver === 'rpc' ? 94 : 95),
    );
    const filter = await nwfilters.define(named(name, randomUUID(), 80));
    const interfaces = `<interface type='network'><source network='${name}'/><filterref filter='${name}'/></interface>`;
    const domain = await domains.createXml(domainXml({ name, devices: interfaces }));
    await expectCode(nwfilters.undefine(filter), virError.operationInvalid);
    await removeDomain(at.client, domain);
    await nwfilters.undefine(filter);
    await networks.destroy(network);
  });
});
