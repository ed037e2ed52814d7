import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { domainXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

/** VIR_ERR_XML_ERROR, of which no decision depends: a document without what it must have. */
const xmlError = 27;

describe.each(drivers)('defined domains by $driver', (driver) => {
  const at = bench(driver);
  let made: DomainRef[] = [];

  async function define(name: string, more?: Partial<Parameters<typeof domainXml>[0]>): Promise<DomainRef> {
    const domain = await at.client.domains.define(domainXml({ name, ...more }), { validate: true });
    made.push(domain);
    return domain;
  }

  afterEach(async () => {
    for (const domain of made) await removeDomain(at.client, domain);
    made = [];
  });

  test.each(['plain', '-rf', "a b  'c'", 'naïve-日本', '3', '%s;$(id)'])('a name like %j', async (name) => {
    const domain = await define(name);
    expect(domain).toEqual({ name, uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown, id: null });
    expect(await at.client.domains.lookupByName(name)).toEqual(domain);
    expect(await at.client.domains.lookupByUuid(domain.uuid)).toEqual(domain);
    expect(await at.client.domains.list()).toContainEqual(domain);
  });

  test('a document that the schema does not allow is refused with validate, and only then', async () => {
    const xml = domainXml({ name: 'schema', more: '<nonsense/>' });
    await expectCode(at.client.domains.define(xml, { validate: true }), virError.xmlInvalidSchema);
    await expectCode(at.client.domains.lookupByName('schema'), virError.noDomain);
    made.push(await at.client.domains.define(xml));
  });

  test('documents that are none are refused', async () => {
    await expectCode(at.client.domains.define('<domain'), virError.xmlDetail);
    await expectCode(at.client.domains.define('<network/>'), xmlError);
  });

  test('a name can be taken only once', async () => {
    const { uuid } = await define('taken');
    const again = domainXml({ name: 'taken', more: `<uuid>${randomUUID()}</uuid>` });
    await expectCode(at.client.domains.define(again), virError.operationFailed);
    const changed = domainXml({ name: 'taken', more: `<uuid>${uuid}</uuid><title>changed</title>` });
    expect(await at.client.domains.define(changed)).toEqual({ name: 'taken', uuid, id: null });
  });

  test('what is not there is not found', async () => {
    const domain = { name: 'nobody', uuid: randomUUID(), id: null };
    await expectCode(at.client.domains.lookupByName('nobody'), virError.noDomain);
    await expectCode(at.client.domains.lookupByUuid(domain.uuid), virError.noDomain);
    await expectCode(at.client.domains.lookupByUuid('nonsense'), virError.invalidArgument);
    await expectCode(at.client.domains.xml(domain), virError.noDomain);
    await expectCode(at.client.domains.create(domain), virError.noDomain);
    await expectCode(at.client.domains.undefine(domain), virError.noDomain);
    await expectCode(at.client.domains.isPersistent(domain), virError.noDomain);
    await expectCode(at.client.snapshots.list(domain), virError.noDomain);
  });

  test('lists can be filtered', async () => {
    const off = await define('off');
    const auto = await define('auto');
    await at.client.domains.setAutostart(auto, true);
    const names = async (filter: Parameters<typeof at.client.domains.list>[0]): Promise<readonly string[]> =>
      (await at.client.domains.list(filter))
        .map(({ name }) => name)
        .filter((name) => /^(off|auto)$/.test(name));
    expect((await names({})).toSorted()).toEqual(['auto', 'off']);
    expect((await names({ active: false, persistent: true })).toSorted()).toEqual(['auto', 'off']);
    expect(await names({ active: true })).toEqual([]);
    expect(await names({ persistent: false })).toEqual([]);
    expect(await names({ autostart: true })).toEqual(['auto']);
    expect(await names({ autostart: false })).toEqual(['off']);
    expect(await names({ managedSave: true })).toEqual([]);
    expect(await at.client.domains.isPersistent(off)).toBe(true);
  });

  test('autostart', async () => {
    const domain = await define('autostarted');
    expect(await at.client.domains.autostart(domain)).toBe(false);
    await at.client.domains.setAutostart(domain, true);
    expect(await at.client.domains.autostart(domain)).toBe(true);
    await at.client.domains.setAutostart(domain, false);
    expect(await at.client.domains.autostart(domain)).toBe(false);
  });

  test('a document is given back, with secrets only to those who ask', async () => {
    const domain = await define('documented', {
      devices: "<graphics type='vnc' port='-1' autoport='yes' passwd='sesame'/>",
    });
    const xml = await at.client.domains.xml(domain);
    expect(xml).toMatch(/^<domain type='qemu'>\n[^]*<\/domain>\n$/);
    expect(xml).toContain(`<uuid>${domain.uuid}</uuid>`);
    expect(xml).not.toContain('sesame');
    expect(await at.client.domains.xml(domain, { secure: true, inactive: true })).toContain('sesame');
    // What a redefinition with the same document changes: nothing.
    expect(await at.client.domains.define(xml, { validate: true })).toEqual(domain);
    expect(await at.client.domains.xml(domain)).toBe(xml);
  });

  test('metadata', async () => {
    const domain = await define('noted');
    const { domains } = at.client;
    const uri = 'urn:test:notes';
    const xml = `<note a="1">\n  <deep>&lt;'"&amp; é</deep>\n</note>`;
    await expectCode(domains.metadata(domain, uri, { config: true }), virError.noDomainMetadata);
    await domains.setMetadata(domain, uri, 'n', xml, { config: true });
    expect(await domains.metadata(domain, uri, { config: true })).toBe(
      `<note a="1">\n  <deep>&lt;'"&amp; é</deep>\n</note>`,
    );
    expect(await domains.xml(domain)).toContain(`<n:note xmlns:n="${uri}" a="1">`);
    await domains.setMetadata(domain, uri, 'n', '<other/>', { config: true });
    expect(await domains.metadata(domain, uri)).toBe('<other/>');
    await domains.setMetadata(domain, uri, 'n', null, { config: true });
    await expectCode(domains.metadata(domain, uri), virError.noDomainMetadata);
    await expectCode(
      domains.setMetadata(domain, uri, 'n', '<a/>', { live: true }),
      virError.operationInvalid,
    );
  });

  test('title and description', async () => {
    const domain = await define('titled');
    await at.client.domains.setTitle(domain, '-x  "y" é', { config: true });
    await at.client.domains.setDescription(domain, 'two\nlines', { config: true });
    const xml = await at.client.domains.xml(domain);
    expect(xml).toContain('<title>-x  "y" é</title>'.replaceAll('"', '&quot;'));
    expect(xml).toContain('<description>two\nlines</description>');
    await at.client.domains.setTitle(domain, null, { config: true });
    await at.client.domains.setDescription(domain, null, { config: true });
    expect(await at.client.domains.xml(domain)).not.toMatch(/<(title|description)>/);
  });

  test('rename', async () => {
    const domain = await define('old name');
    await define('another');
    const renamed = await at.client.domains.rename(domain, 'new name');
    expect(renamed).toEqual({ ...domain, name: 'new name' });
    expect(await at.client.domains.lookupByUuid(domain.uuid)).toEqual(renamed);
    await expectCode(at.client.domains.rename(renamed, 'another'), virError.operationInvalid);
  });

  test('memory and processors', async () => {
    const domain = await define('sized');
    await at.client.domains.setVcpus(domain, 4, { config: true, maximum: true });
    await at.client.domains.setVcpus(domain, 2, { config: true });
    await at.client.domains.setMemory(domain, 128 * 1024, { config: true, maximum: true });
    await at.client.domains.setMemory(domain, 96 * 1024, { config: true });
    await at.client.domains.pinVcpu(domain, 1, [0], { config: true });
    expect(await at.client.domains.info(domain)).toEqual({
      state: 'shutoff',
      maxMemoryKiB: 128 * 1024,
      memoryKiB: 96 * 1024,
      vcpus: 2,
      cpuTimeNs: 0n,
    });
    expect(await at.client.domains.xml(domain)).toContain("<vcpupin vcpu='1' cpuset='0'/>");
    await expectCode(at.client.domains.setVcpus(domain, 5, { config: true }), virError.invalidArgument);
    await expectCode(at.client.domains.setVcpus(domain, 1, { live: true }), virError.operationInvalid);
  });

  test('a domain with NVRAM goes only when it is said what becomes of it', async () => {
    const nvram = path.join(at.folder, 'vars.fd');
    const os = `<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader><nvram>${nvram}</nvram>`;
    for (const left of ['keep', 'remove'] as const) {
      await writeFile(nvram, '');
      const domain = await define('flashed', { os, more: '<features><acpi/></features>' });
      await expectCode(at.client.domains.undefine(domain), virError.operationInvalid);
      await at.client.domains.undefine(domain, { nvram: left });
      const there = await access(nvram).then(
        () => true,
        () => false,
      );
      expect(there).toBe(left === 'keep');
    }
  });
});
