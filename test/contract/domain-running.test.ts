import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import { UnsupportedCallError } from '../../internal/libvirt/error.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { domainXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

describe.each(drivers)('running domains by $driver', (driver) => {
  const at = bench(driver);
  let domain: DomainRef;

  beforeEach(async () => {
    domain = await at.client.domains.define(
      domainXml({ name: `running-${driver.driver}`, os: "<bios useserial='yes'/>" }),
    );
  });

  afterEach(async () => {
    await removeDomain(at.client, domain);
  });

  async function state(): Promise<string> {
    return (await at.client.domains.state(domain)).state;
  }

  test('from start to end', async () => {
    const { domains } = at.client;
    expect(await domains.state(domain)).toEqual({ state: 'shutoff', reason: 0 });
    const started = await domains.create(domain);
    expect(started).toEqual({ ...domain, id: expect.any(Number) as unknown });
    expect(await domains.state(domain)).toEqual({ state: 'running', reason: 1 }); // booted
    expect(await domains.list({ active: true })).toContainEqual(started);
    expect(await domains.lookupByName(domain.name)).toEqual(started);
    await expectCode(domains.create(domain), virError.operationInvalid);
    await expectCode(domains.rename(domain, 'other'), virError.operationInvalid);
    const info = await domains.info(domain);
    expect(info).toMatchObject({ state: 'running', vcpus: 1, maxMemoryKiB: 48 * 1024 });
    expect(info.cpuTimeNs).toBeGreaterThan(0n);
    await domains.suspend(domain);
    expect(await domains.state(domain)).toEqual({ state: 'paused', reason: 1 }); // by the user
    await domains.resume(domain);
    expect(await state()).toBe('running');
    await domains.reset(domain);
    // There is nobody in the guest to hear it, but the request itself is made.
    await domains.shutdown(domain);
    await domains.shutdown(domain, { mode: 'acpi' });
    await domains.reboot(domain, { mode: 'acpi' });
    await domains.sendKeys(domain, [29, 56, 111], 10);
    expect(await state()).toBe('running');
    await domains.destroy(domain, { graceful: true });
    expect(await domains.state(domain)).toEqual({ state: 'shutoff', reason: 2 }); // destroyed
    await expectCode(domains.destroy(domain), virError.operationInvalid);
    await expectCode(domains.suspend(domain), virError.operationInvalid);
    await expectCode(domains.resume(domain), virError.operationInvalid);
  });

  test('a domain can start paused', async () => {
    await at.client.domains.create(domain, { paused: true });
    expect(await at.client.domains.state(domain)).toEqual({ state: 'paused', reason: 1 }); // by the user
  });

  test('a transient domain is gone when it ends', async () => {
    const { domains } = at.client;
    const xml = domainXml({ name: `transient-${driver.driver}` });
    await expectCode(
      domains.createXml(xml.replace('<devices>', '<nonsense/><devices>'), { validate: true }),
      virError.xmlInvalidSchema,
    );
    const transient = await domains.createXml(xml, { paused: true, validate: true });
    expect(transient).toMatchObject({
      name: `transient-${driver.driver}`,
      id: expect.any(Number) as unknown,
    });
    expect(await domains.isPersistent(transient)).toBe(false);
    expect(await domains.list({ persistent: false })).toEqual([transient]);
    await expectCode(domains.setAutostart(transient, true), virError.operationInvalid);
    await expectCode(domains.undefine(transient), virError.operationInvalid);
    await domains.destroy(transient);
    await expectCode(domains.lookupByUuid(transient.uuid), virError.noDomain);
  });

  test('a managed save', async () => {
    const { domains } = at.client;
    await expectCode(domains.managedSave(domain), virError.operationInvalid);
    await domains.create(domain);
    expect(await domains.hasManagedSave(domain)).toBe(false);
    await domains.managedSave(domain, { state: 'paused' });
    expect(await domains.state(domain)).toEqual({ state: 'shutoff', reason: 5 }); // saved
    expect(await domains.hasManagedSave(domain)).toBe(true);
    expect((await domains.list({ managedSave: true })).map(({ name }) => name)).toEqual([domain.name]);
    await expectCode(domains.undefine(domain), virError.operationInvalid);
    await domains.create(domain);
    expect(await state()).toBe('paused');
    expect(await domains.hasManagedSave(domain)).toBe(false);
    await domains.managedSave(domain);
    await domains.removeManagedSave(domain);
    expect(await domains.hasManagedSave(domain)).toBe(false);
  });

  test('save to a file, and restore', async () => {
    const { domains } = at.client;
    const file = path.join(at.folder, 'saved state');
    await domains.create(domain);
    await domains.save(domain, file);
    expect(await state()).toBe('shutoff');
    await access(file);
    await domains.restore(file);
    expect(await domains.state(domain)).toEqual({ state: 'running', reason: 3 }); // restored
    await expectCode(domains.restore('/nonexistent'), virError.systemError);
  });

  test('its console', async () => {
    const { domains } = at.client;
    await domains.create(domain, { paused: true });
    if (driver.driver === 'virsh') {
      await expect(domains.openConsole(domain)).rejects.toBeInstanceOf(UnsupportedCallError);
      return;
    }
    const console = await domains.openConsole(domain);
    await expectCode(domains.openConsole(domain), virError.operationFailed); // somebody has it
    await domains.resume(domain);
    let said = '';
    for await (const chunk of console as AsyncIterable<Buffer>) {
      said += chunk.toString('latin1');
      if (said.includes('SeaBIOS')) break;
    }
    expect(said).toContain('SeaBIOS');
    const taken = await domains.openConsole(domain, { force: true });
    taken.destroy();
    await expectCode(domains.openConsole(domain, { device: 'nonsense' }), virError.internalError);
  });
});

describe.each(drivers)('one running domain by $driver', (driver) => {
  const at = bench(driver);
  let domain: DomainRef;

  beforeAll(async () => {
    const xml = domainXml({ name: `running-${driver.driver}` });
    domain = await at.client.domains.create(await at.client.domains.define(xml));
  });

  afterAll(async () => {
    await removeDomain(at.client, domain);
  });

  test('changes while it runs', async () => {
    const { domains } = at.client;
    await domains.setMetadata(domain, 'urn:test:x', 'x', '<only-live/>', { live: true });
    expect(await domains.metadata(domain, 'urn:test:x', { live: true })).toBe('<only-live/>');
    await expectCode(domains.metadata(domain, 'urn:test:x', { config: true }), virError.noDomainMetadata);
    await domains.setTitle(domain, 'now', { live: true, config: true });
    expect(await domains.xml(domain)).toContain('<title>now</title>');
    expect(await domains.xml(domain, { inactive: true })).toContain('<title>now</title>');
    await domains.setMemory(domain, 40 * 1024, { live: true });
    expect((await domains.memoryStats(domain))['actual']).toEqual(expect.any(BigInt));
    await domains.pinVcpu(domain, 0, [0], { live: true });
    expect(await domains.xml(domain)).toContain("<vcpupin vcpu='0' cpuset='0'/>");
    expect(await domains.xml(domain, { inactive: true })).not.toContain('<vcpupin');
  });

  test('no job runs', async () => {
    const { domains } = at.client;
    expect(await domains.jobStats(domain)).toMatchObject({ type: 'none' });
    await expectCode(domains.abortJob(domain), virError.operationInvalid);
  });

  test('without an agent there is nobody to ask', async () => {
    const { domains } = at.client;
    for (const ask of [
      () => domains.agentCommand(domain, '{"execute":"guest-ping"}', { timeoutSeconds: 1 }),
      () => domains.guestInfo(domain),
      () => domains.guestHostname(domain, 'agent'),
      () => domains.interfaceAddresses(domain, 'agent'),
      () => domains.freezeFilesystems(domain, []),
      () => domains.thawFilesystems(domain, ['/', '/home']),
      () => domains.setUserPassword(domain, 'root', "it's secret"),
      () => domains.shutdown(domain, { mode: 'agent' }),
    ]) {
      await expectCode(ask(), virError.argumentUnsupported);
    }
  });

  test('its screen', async () => {
    const { mime, image } = await at.client.domains.screenshot(domain, 0);
    const bytes = Buffer.concat((await image.toArray()) as Buffer[]);
    expect(mime).toMatch(/^image\/(png|x-portable-pixmap)$/);
    expect(bytes.subarray(0, 4).toString('latin1')).toMatch(mime === 'image/png' ? /^\u0089PNG/ : /^P6/);
  });
});
