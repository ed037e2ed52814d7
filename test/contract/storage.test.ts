import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import type { PoolRef, VolumeRef } from '../../internal/libvirt/objects.ts';
import { poolXml, volumeXml } from './documents.ts';
import { bench, drivers, expectCode } from './support.ts';

const mebibyte = 1024 * 1024;

describe.each(drivers)('pools by $driver', (driver) => {
  const at = bench(driver);

  test('from definition to end', async () => {
    const { pools } = at.client;
    const target = path.join(at.folder, 'a pool');
    const name = `-pool 1 ${driver.driver}`;
    const pool = await pools.define(poolXml(name, target), { validate: true });
    expect(pool).toEqual({ name, uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
    expect(await pools.lookupByName(name)).toEqual(pool);
    expect(await pools.lookupByUuid(pool.uuid)).toEqual(pool);
    expect(await pools.isActive(pool)).toBe(false);
    expect(await pools.isPersistent(pool)).toBe(true);
    expect(await pools.info(pool)).toMatchObject({ state: 'inactive', capacityBytes: 0n });
    expect(await pools.list({ active: false, persistent: true })).toContainEqual(pool);
    expect(await pools.list({ active: true })).not.toContainEqual(pool);
    expect(await pools.xml(pool, { inactive: true })).toContain(`<path>${target}</path>`);
    await pools.build(pool);
    await access(target);
    await pools.create(pool);
    expect(await pools.isActive(pool)).toBe(true);
    expect(await pools.list({ active: true })).toContainEqual(pool);
    expect(await pools.lookupByTargetPath(`${target}/`)).toEqual(pool);
    const info = await pools.info(pool);
    expect(info.state).toBe('running');
    expect(info.capacityBytes).toBeGreaterThanOrEqual(info.allocationBytes + info.availableBytes);
    await expectCode(pools.create(pool), virError.operationInvalid);
    await expectCode(pools.undefine(pool), virError.operationInvalid);
    await pools.refresh(pool);
    expect(await pools.autostart(pool)).toBe(false);
    await pools.setAutostart(pool, true);
    expect(await pools.autostart(pool)).toBe(true);
    await pools.setAutostart(pool, false);
    expect(await pools.autostart(pool)).toBe(false);
    await pools.destroy(pool);
    await expectCode(pools.destroy(pool), virError.operationInvalid);
    await expectCode(pools.refresh(pool), virError.operationInvalid);
    await pools.delete(pool);
    await expect(access(target)).rejects.toThrow('ENOENT');
    await pools.undefine(pool);
    await expectCode(pools.lookupByUuid(pool.uuid), virError.noStoragePool);
  });

  test('a transient pool is gone when it ends', async () => {
    const { pools } = at.client;
    const target = path.join(at.folder, 'transient');
    const pool = await pools.createXml(poolXml(`transient-${driver.driver}`, target), { build: true });
    expect(await pools.isPersistent(pool)).toBe(false);
    expect(await pools.list({ persistent: false })).toEqual([pool]);
    await expectCode(pools.setAutostart(pool, true), virError.internalError);
    await pools.destroy(pool);
    await expectCode(pools.lookupByName(pool.name), virError.noStoragePool);
  });

  test('a pool built as it starts', async () => {
    const { pools } = at.client;
    const target = path.join(at.folder, 'built');
    const pool = await pools.define(poolXml(`built-${driver.driver}`, target));
    await expectCode(pools.create(pool), virError.systemError); // no such folder
    await pools.create(pool, { build: true });
    expect(await pools.isActive(pool)).toBe(true);
    await pools.destroy(pool);
    await pools.undefine(pool);
  });

  test('what is not there, and what is not allowed', async () => {
    const { pools, volumes } = at.client;
    const pool = { name: 'nobody', uuid: randomUUID() };
    await expectCode(pools.lookupByName('nobody'), virError.noStoragePool);
    await expectCode(pools.lookupByUuid(pool.uuid), virError.noStoragePool);
    await expectCode(pools.lookupByTargetPath('/nonexistent'), virError.noStoragePool);
    await expectCode(pools.info(pool), virError.noStoragePool);
    await expectCode(pools.undefine(pool), virError.noStoragePool);
    await expectCode(volumes.list(pool), virError.noStoragePool);
    await expectCode(volumes.create(pool, volumeXml('v', 1)), virError.noStoragePool);
    await expectCode(
      pools.define(poolXml('x', '/x').replace('<target>', '<nonsense/><target>'), { validate: true }),
      virError.xmlInvalidSchema,
    );
  });
});

describe.each(drivers)('volumes by $driver', (driver) => {
  const at = bench(driver);
  let pool: PoolRef;

  beforeAll(async () => {
    const xml = poolXml(`volumes of ${driver.driver}`, path.join(at.folder, 'volumes'));
    pool = await at.client.pools.createXml(xml, { build: true });
  });

  afterAll(async () => {
    await at.client.pools.destroy(pool);
  });

  test.each(['plain.img', '-rf', "a  b'c", 'naïve'])('a volume by the name of %j', async (name) => {
    const { volumes } = at.client;
    const volume = await volumes.create(pool, volumeXml(name, mebibyte));
    const file = path.join(at.folder, 'volumes', name);
    expect(volume).toEqual({ pool: pool.name, name, key: file });
    expect(await volumes.list(pool)).toEqual([volume]);
    expect(await volumes.lookupByName(pool, name)).toEqual(volume);
    expect(await volumes.lookupByPath(file)).toEqual(volume);
    expect(await volumes.lookupByKey(file)).toEqual(volume);
    expect(await volumes.path(volume)).toBe(file);
    expect(await volumes.info(volume)).toEqual({
      type: 'file',
      capacityBytes: BigInt(mebibyte),
      allocationBytes: 0n,
    });
    expect(await volumes.xml(volume)).toMatch(/^<volume type='file'>/);
    await expectCode(volumes.create(pool, volumeXml(name, mebibyte)), virError.storageVolumeExists);
    await volumes.wipe(volume);
    await volumes.delete(volume);
    expect(await volumes.list(pool)).toEqual([]);
    for (const gone of [
      () => volumes.lookupByName(pool, name),
      () => volumes.lookupByPath(file),
      () => volumes.lookupByKey(file),
      () => volumes.info(volume),
      () => volumes.delete(volume),
      () => volumes.download(volume, { offset: 0n, length: 0n }),
      () => volumes.upload(volume, { offset: 0n, length: 0n }),
    ]) {
      await expectCode(gone(), virError.noStorageVolume);
    }
  });

  test('size', async () => {
    const { volumes } = at.client;
    const volume = await volumes.create(pool, volumeXml('sized', mebibyte, 'qcow2'), {
      preallocateMetadata: true,
    });
    const capacity = async (): Promise<bigint> => (await volumes.info(volume)).capacityBytes;
    await volumes.resize(volume, BigInt(3 * mebibyte));
    expect(await capacity()).toBe(BigInt(3 * mebibyte));
    await expectCode(volumes.resize(volume, BigInt(mebibyte)), virError.invalidArgument);
    await volumes.delete(volume);
    const raw = await volumes.create(pool, volumeXml('raw', 2 * mebibyte));
    await volumes.resize(raw, BigInt(mebibyte), { shrink: true });
    expect(await volumes.info(raw)).toMatchObject({ capacityBytes: BigInt(mebibyte) });
    await volumes.resize(raw, BigInt(2 * mebibyte), { allocate: true });
    expect(await volumes.info(raw)).toEqual({
      type: 'file',
      capacityBytes: BigInt(2 * mebibyte),
      allocationBytes: BigInt(2 * mebibyte),
    });
    await volumes.delete(raw);
  });

  test('clone', async () => {
    const { volumes } = at.client;
    const source = await volumes.create(pool, volumeXml('source', mebibyte));
    await send(await volumes.upload(source, { offset: 0n, length: 0n }), Buffer.from('hello'));
    const copy = await volumes.clone(pool, volumeXml('copy', mebibyte), source);
    expect(copy).toMatchObject({ name: 'copy' });
    expect((await readFile(path.join(at.folder, 'volumes/copy'))).subarray(0, 5).toString()).toBe('hello');
    // Not VIR_ERR_STORAGE_VOL_EXIST (90), as for a new volume.
    await expectCode(volumes.clone(pool, volumeXml('copy', mebibyte), source), virError.internalError);
    await volumes.delete(copy);
    await volumes.delete(source);
  });

  test('bytes to it and from it', async () => {
    const { volumes } = at.client;
    const bytes = randomBytes(5 * mebibyte + 321);
    const volume = await volumes.create(pool, volumeXml('bytes', bytes.length));
    await send(await volumes.upload(volume, { offset: 0n, length: 0n }), bytes);
    expect(digest(await readFile(path.join(at.folder, 'volumes/bytes')))).toBe(digest(bytes));
    expect(digest(await receive(volume, 0, 0))).toBe(digest(bytes));
    expect(await receive(volume, 1000, 3)).toEqual(bytes.subarray(1000, 1003));
    await send(await volumes.upload(volume, { offset: 2n, length: 4n }), Buffer.from('four'));
    expect(await receive(volume, 0, 8)).toEqual(
      Buffer.concat([bytes.subarray(0, 2), Buffer.from('four'), bytes.subarray(6, 8)]),
    );
    expect(await receive(volume, bytes.length, 0)).toHaveLength(0);
    await volumes.delete(volume);
  });

  test('a transfer that is given up', async () => {
    const { volumes } = at.client;
    const volume = await volumes.create(pool, volumeXml('given up', 8 * mebibyte));
    const stream = await volumes.download(volume, { offset: 0n, length: 0n });
    stream.destroy();
    await expect(finished(stream)).rejects.toThrow('Premature close');
    const upload = await volumes.upload(volume, { offset: 0n, length: 0n });
    upload.write(randomBytes(mebibyte));
    upload.destroy();
    await expect(finished(upload)).rejects.toThrow('Premature close');
    // Neither holds the volume any more.
    await send(await volumes.upload(volume, { offset: 0n, length: 0n }), Buffer.from('again'));
    await volumes.delete(volume);
  });

  async function receive(volume: VolumeRef, offset: number, length: number): Promise<Buffer> {
    const range = { offset: BigInt(offset), length: BigInt(length) };
    const stream = await at.client.volumes.download(volume, range);
    return Buffer.concat((await stream.toArray()) as Buffer[]);
  }

  test('a list with what appeared in the folder', async () => {
    const { pools, volumes } = at.client;
    // A pool of its own: after an upload libvirt refreshes a pool by a thread of its own, whenever that has its turn.
    const folder = path.join(at.folder, 'appears');
    const pool = await pools.createXml(poolXml(`appears to ${driver.driver}`, folder), { build: true });
    const file = path.join(folder, 'found');
    await writeFile(file, Buffer.alloc(4096));
    expect(await volumes.list(pool)).toEqual([]);
    await pools.refresh(pool);
    expect(await volumes.list(pool)).toEqual([{ pool: pool.name, name: 'found', key: file }]);
    await rm(file);
    await pools.refresh(pool);
    expect(await volumes.list(pool)).toEqual([]);
    await pools.destroy(pool);
  });
});

async function send(stream: Writable, bytes: Buffer): Promise<void> {
  await pipeline([bytes], stream);
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
