import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import { bench, drivers, expectCode } from './support.ts';

/** VIR_ERR_INVALID_SECRET: here, that its value is private. */
const invalidSecret = 65;

describe.each(drivers)('secrets by $driver', (driver) => {
  const at = bench(driver);

  test('from definition to end', async () => {
    const { secrets } = at.client;
    const usageId = `client.${driver.driver} secret`;
    const uuid = randomUUID();
    const xml = `<secret ephemeral='yes' private='no'><uuid>${uuid}</uuid><usage type='ceph'><name>${usageId}</name></usage></secret>`;
    const secret = await secrets.define(xml);
    expect(secret).toEqual({ uuid, usageType: 'ceph', usageId });
    expect(await secrets.list()).toContainEqual(secret);
    expect(await secrets.lookupByUuid(uuid)).toEqual(secret);
    expect(await secrets.xml(secret)).toMatch(/^<secret ephemeral='yes' private='no'>/);
    await expectCode(secrets.value(secret), virError.noSecret);
    const value = new Uint8Array(randomBytes(65));
    await secrets.setValue(secret, value);
    expect(new Uint8Array(await secrets.value(secret))).toEqual(value);
    await secrets.undefine(secret);
    await expectCode(secrets.lookupByUuid(uuid), virError.noSecret);
    await expectCode(secrets.undefine(secret), virError.noSecret);
  });

  test('a secret that only libvirt may read', async () => {
    const { secrets } = at.client;
    const secret = await secrets.define("<secret ephemeral='yes' private='yes'/>");
    expect(secret).toMatchObject({ usageType: 'none', usageId: '' });
    await secrets.setValue(secret, Buffer.from('hidden'));
    await expectCode(secrets.value(secret), invalidSecret);
    await secrets.undefine(secret);
  });
});
