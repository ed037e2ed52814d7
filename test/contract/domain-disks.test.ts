import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { virError } from '../../internal/libvirt/error-code.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { diskXml, domainXml } from './documents.ts';
import { bench, drivers, expectCode, removeDomain } from './support.ts';

describe.each(drivers)('the disks of a running domain by $driver', (driver) => {
  const at = bench(driver);
  let domain: DomainRef;
  /** vda and its like: a small overlay on a base with 16 MiB in it. */
  const base = (target: string): string => path.join(at.folder, `${target} base.qcow2`);
  const overlay = (target: string): string => path.join(at.folder, `${target} overlay.qcow2`);

  beforeAll(async () => {
    const targets = ['vda', 'vdb', 'vdc', 'vdd'];
    for (const target of targets) {
      await qemuImage('create', '-f', 'qcow2', base(target), '32M');
      await qemuIo(base(target), 'write -P 7 0 16M');
      await qemuImage('create', '-f', 'qcow2', '-F', 'qcow2', '-b', base(target), overlay(target));
    }
    domain = await at.client.domains.define(
      domainXml({
        name: `disks-${driver.driver}`,
        disks: targets.map((target) => ({ path: overlay(target), format: 'qcow2' })),
      }),
    );
    domain = await at.client.domains.create(domain);
  });

  afterAll(async () => {
    await removeDomain(at.client, domain);
  });

  test('size', async () => {
    const { domains } = at.client;
    expect(await domains.blockInfo(domain, 'vda')).toMatchObject({ capacityBytes: 32n * 1024n * 1024n });
    await domains.blockResize(domain, 'vda', 64n * 1024n * 1024n);
    expect(await domains.blockInfo(domain, 'vda')).toMatchObject({ capacityBytes: 64n * 1024n * 1024n });
    expect(await domains.blockInfo(domain, overlay('vda'))).toMatchObject({
      capacityBytes: 64n * 1024n * 1024n,
    });
    await expectCode(domains.blockInfo(domain, 'vdz'), virError.invalidArgument);
    await expectCode(domains.blockResize(domain, 'vdz', 1n), virError.invalidArgument);
  });

  test('attach and detach', async () => {
    const { domains } = at.client;
    const file = path.join(at.folder, 'extra.img');
    await qemuImage('create', '-f', 'raw', file, '1M');
    const disk = diskXml(file, 'raw', 'sda', 'usb', "<alias name='ua-extra'/>");
    await domains.attachDevice(domain, disk, { live: true });
    expect(await domains.xml(domain)).toContain(file);
    expect(await domains.xml(domain, { inactive: true })).not.toContain(file);
    await expectCode(domains.attachDevice(domain, disk, { live: true }), virError.configUnsupported);
    await domains.detachDevice(domain, disk, { live: true });
    await vi.waitFor(async () => expect(await domains.xml(domain)).not.toContain(file), { timeout: 10_000 });
    await domains.attachDevice(domain, disk, { live: true, config: true });
    expect(await domains.xml(domain, { inactive: true })).toContain(file);
    await domains.detachDevice(domain, disk, { config: true });
    expect(await domains.xml(domain, { inactive: true })).not.toContain(file);
    await domains.detachDeviceAlias(domain, 'ua-extra', { live: true });
    await vi.waitFor(async () => expect(await domains.xml(domain)).not.toContain(file), { timeout: 10_000 });
    await expectCode(domains.detachDevice(domain, disk, { live: true }), virError.deviceMissing);
    await expectCode(domains.detachDeviceAlias(domain, 'ua-extra', { live: true }), virError.internalError);
    await expectCode(domains.attachDevice(domain, '<nonsense/>', { live: true }), virError.configUnsupported);
  });

  test('change the medium', async () => {
    const { domains } = at.client;
    const file = path.join(at.folder, 'medium.iso');
    await qemuImage('create', '-f', 'raw', file, '1M');
    const drive = (source: string): string =>
      `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>${source}<target dev='hdc' bus='ide'/><readonly/></disk>`;
    await domains.attachDevice(domain, drive(''), { config: true });
    await domains.updateDevice(domain, drive(`<source file='${file}'/>`), { config: true });
    expect(await domains.xml(domain, { inactive: true })).toContain(file);
    await domains.updateDevice(domain, drive(''), { config: true, force: true });
    expect(await domains.xml(domain, { inactive: true })).not.toContain(file);
  });

  test('pull from the backing file', async () => {
    const { domains } = at.client;
    expect(await domains.blockJob(domain, 'vdb')).toBeNull();
    await domains.blockPull(domain, 'vdb', { bandwidthBytesPerSecond: 1_000_000n });
    expect(await domains.blockJob(domain, 'vdb')).toMatchObject({
      type: 'pull',
      bandwidthBytesPerSecond: 1_000_000n,
      end: 32n * 1024n * 1024n,
    });
    // Only one job at a time.
    await expectCode(domains.blockPull(domain, 'vdb'), virError.operationUnsupported);
    await domains.blockJobAbort(domain, 'vdb');
    expect(await domains.blockJob(domain, 'vdb')).toBeNull();
    await expectCode(domains.blockJobAbort(domain, 'vdb'), virError.invalidArgument);
    await domains.blockPull(domain, 'vdb');
    await vi.waitFor(async () => expect(await domains.blockJob(domain, 'vdb')).toBeNull(), {
      timeout: 20_000,
    });
    await vi.waitFor(async () => expect(await domains.xml(domain)).not.toContain(base('vdb')), {
      timeout: 20_000,
    });
  });

  test('commit into the backing file', async () => {
    const { domains } = at.client;
    await expectCode(domains.blockCommit(domain, 'vdc'), virError.invalidArgument);
    await expectCode(
      domains.blockCommit(domain, 'vdc', { active: true, base: '/nonexistent' }),
      virError.invalidArgument,
    );
    await domains.blockCommit(domain, 'vdc', { active: true, shallow: true });
    await vi.waitFor(
      async () => {
        const job = await domains.blockJob(domain, 'vdc');
        expect(job).toMatchObject({ type: 'active-commit' });
        expect(job?.current).toBe(job?.end);
        expect(await domains.xml(domain)).toContain("ready='yes'");
      },
      { timeout: 20_000 },
    );
    await domains.blockJobAbort(domain, 'vdc', { pivot: true });
    const xml = await domains.xml(domain);
    expect(xml).toContain(base('vdc'));
    expect(xml).not.toContain(overlay('vdc'));
  });

  test('copy to another file', async () => {
    const { domains } = at.client;
    const copy = path.join(at.folder, 'copy.qcow2');
    const destination = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${copy}'/></disk>`;
    await domains.blockCopy(domain, 'vdd', destination, { transient: true, shallow: true });
    expect(await domains.blockJob(domain, 'vdd')).toMatchObject({ type: 'copy' });
    await domains.blockJobAbort(domain, 'vdd', { async: true });
    await vi.waitFor(async () => expect(await domains.blockJob(domain, 'vdd')).toBeNull(), {
      timeout: 20_000,
    });
    expect(await domains.xml(domain)).not.toContain(copy);
  });

  test('statistics', async () => {
    const [only] = await at.client.domains.stats({
      domains: [domain],
      groups: ['state', 'cpu', 'balloon', 'vcpu', 'interface', 'block'],
    });
    expect(only?.domain).toEqual(domain);
    expect(only?.stats).toMatchObject({
      'state.state': 1,
      'state.reason': 1,
      'cpu.time': expect.any(BigInt) as unknown,
      'balloon.current': 48n * 1024n,
      'vcpu.current': 1,
      'vcpu.0.state': 1,
      'net.count': 0,
      'block.count': 4,
      'block.0.name': 'vda',
      'block.0.path': overlay('vda'),
      'block.0.capacity': expect.any(BigInt) as unknown,
      'block.0.rd.bytes': expect.any(BigInt) as unknown,
    });
    const some = await at.client.domains.stats({ groups: ['state'], active: true, nowait: true });
    expect(some).toContainEqual({ domain, stats: { 'state.state': 1, 'state.reason': 1 } });
    expect(await at.client.domains.stats({ groups: ['state'], active: false })).not.toContainEqual(
      expect.objectContaining({ domain }),
    );
  });
});

async function qemuImage(...args: readonly string[]): Promise<void> {
  await execa('qemu-img', [args[0] ?? '', '-q', ...args.slice(1)], { stdin: 'ignore' });
}

async function qemuIo(file: string, command: string): Promise<void> {
  await execa('qemu-io', ['-f', 'qcow2', '-c', command, file], { stdin: 'ignore' });
}
