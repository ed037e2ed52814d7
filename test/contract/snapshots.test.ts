import { access } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { domainXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

function snapshotXml(name: string, more = ''): string {
  return `<domainsnapshot><name>${name}</name><description>é</description>${more}</domainsnapshot>`;
}

describe.each(drivers)('snapshots by $driver', (driver) => {
  const at = bench(driver);
  let domain: DomainRef;
  let disk: string;

  beforeEach(async () => {
    disk = path.join(at.folder, 'disk.qcow2');
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '8M'], { stdin: 'ignore' });
    domain = await at.client.domains.define(
      domainXml({ name: `snapped-${driver.driver}`, disks: [{ path: disk, format: 'qcow2' }] }),
    );
  });

  afterEach(async () => {
    await removeDomain(at.client, domain);
  });

  test('of a domain that is off', async () => {
    const { domains, snapshots } = at.client;
    expect(await snapshots.list(domain)).toEqual([]);
    expect(await snapshots.current(domain)).toBeNull();
    await expectCode(snapshots.lookupByName(domain, 'none'), virError.noDomainSnapshot);
    await expectCode(
      snapshots.create(domain, snapshotXml('x', '<nonsense/>'), { validate: true }),
      virError.xmlInvalidSchema,
    );
    const one = await snapshots.create(domain, snapshotXml('-one  1'), { validate: true });
    expect(one).toEqual({ name: '-one  1', domain });
    const two = await snapshots.create(domain, snapshotXml('two'));
    expect((await snapshots.list(domain)).map(({ name }) => name).toSorted()).toEqual(['-one  1', 'two']);
    expect(await snapshots.lookupByName(domain, '-one  1')).toEqual(one);
    expect(await snapshots.current(domain)).toEqual(two);
    expect(await snapshots.xml(two)).toMatch(/^<domainsnapshot>[^]*<parent>\n *<name>-one {2}1<\/name>/);
    await snapshots.revert(one);
    expect(await snapshots.current(domain)).toEqual(one);
    await expectCode(domains.undefine(domain), virError.operationInvalid);
    await snapshots.delete(one, { childrenOnly: true });
    expect(await snapshots.list(domain)).toEqual([one]);
    await snapshots.delete(one, { children: true });
    expect(await snapshots.list(domain)).toEqual([]);
    await expectCode(snapshots.delete(one), virError.noDomainSnapshot);
    await expectCode(snapshots.revert(one), virError.noDomainSnapshot);
    await expectCode(snapshots.xml(one), virError.noDomainSnapshot);
  });

  test('a name that libvirt chooses', async () => {
    const { snapshots } = at.client;
    const made = await snapshots.create(domain, '<domainsnapshot/>');
    expect(await snapshots.list(domain)).toEqual([made]);
    expect(made.name).toMatch(/^\d+$/);
  });

  test('external, of a domain that runs', async () => {
    const { domains, snapshots } = at.client;
    await domains.create(domain);
    const file = path.join(at.folder, `snap-${driver.driver}.qcow2`);
    const disks = `<disks><disk name='vda' snapshot='external'><source file='${file}'/></disk></disks>`;
    const options = { diskOnly: true, atomic: true };
    const made = await snapshots.create(domain, snapshotXml('external', disks), options);
    await access(file);
    expect(await domains.xml(domain)).toContain(file);
    await snapshots.delete(made, { metadataOnly: true });
    expect(await snapshots.list(domain)).toEqual([]);
    await access(file);
    // Without metadata there is nothing to list.
    const again = snapshotXml('again', disks.replace(file, `${file}.2`));
    expect(await snapshots.create(domain, again, { ...options, noMetadata: true })).toMatchObject({
      name: 'again',
    });
    expect(await snapshots.list(domain)).toEqual([]);
  });

  test('go with the domain if wanted', async () => {
    await at.client.snapshots.create(domain, snapshotXml('gone'));
    await at.client.domains.undefine(domain, { snapshotsMetadata: true });
    await expectCode(at.client.domains.lookupByUuid(domain.uuid), virError.noDomain);
  });

  test('a description can be given back', async () => {
    const { snapshots } = at.client;
    const made = await snapshots.create(domain, snapshotXml('again'));
    const xml = await snapshots.xml(made);
    await snapshots.delete(made, { metadataOnly: true });
    expect(await snapshots.create(domain, xml, { redefine: true, current: true })).toEqual(made);
    expect(await snapshots.current(domain)).toEqual(made);
    expect(await snapshots.xml(made)).toBe(xml);
  });
});
