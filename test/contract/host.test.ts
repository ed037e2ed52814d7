import { describe, expect, test } from 'vitest';
import { hostOfWorker, libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtConnectionError, UnsupportedCallError } from '../../internal/libvirt/error.ts';
import { parseXml } from '../../internal/xml/parse.ts';
import { serializeXml } from '../../internal/xml/serialize.ts';
import { attribute, element, find, isElement, type XmlElement } from '../../internal/xml/tree.ts';
import { privateHost } from '../host/private-host.ts';
import { bench, drivers, expectCode } from './support.ts';

describe.each(drivers)('host calls by $driver', (driver) => {
  const at = bench(driver);

  test('libvirtd answers', async () => {
    await at.client.host.ping();
    expect(await at.client.host.versions()).toEqual({
      libvirt: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
      hypervisor: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
    });
  });

  test('the host is the private one', async () => {
    expect(await at.client.host.hostname()).toBe(await hostOfWorker());
  });

  test('it has CPUs and memory', async () => {
    const host = await privateHost(await hostOfWorker());
    const { stdout } = await host.run('nproc', ['--all']);
    const info = await at.client.host.nodeInfo();
    expect(info).toMatchObject({ cpuModel: 'x86_64', cpus: Number(stdout) });
    const free = await at.client.host.freeMemoryBytes();
    expect(free).toBeGreaterThan(0n);
    expect(free).toBeLessThanOrEqual(info.memoryKiB * 1024n);
    expect(await at.client.host.cellsFreeMemoryBytes()).toHaveLength(info.numaNodes);
  });

  test('what it can do', async () => {
    expect(await at.client.host.capabilities()).toMatch(/^<capabilities>[^]*<\/capabilities>\n*$/);
    const query = {
      virtType: 'qemu',
      arch: 'x86_64',
      machine: 'q35',
      emulator: '/usr/bin/qemu-system-x86_64',
    };
    const capabilities = await at.client.host.domainCapabilities(query);
    expect(capabilities).toMatch(/^<domainCapabilities>/);
    expect(capabilities).toContain('<path>/usr/bin/qemu-system-x86_64</path>');
    expect(capabilities).toContain('<domain>qemu</domain>');
    await expectCode(
      at.client.host.domainCapabilities({ ...query, virtType: 'nonsense' }),
      virError.invalidArgument,
    );
  });

  test('a CPU that it has, and one that it has not', async () => {
    const { host } = at.client;
    const query = { virtType: 'qemu' };
    const own = find(parseXml(await host.domainCapabilities(query)), 'cpu')?.children.find(
      (mode) => isElement(mode) && attribute(mode, 'name') === 'host-model',
    );
    if (own === undefined || !isElement(own)) throw new Error('there is no host-model');
    const cpu = element('cpu', { mode: 'custom', match: 'exact' }, own.children);
    const compare = (more: readonly XmlElement[]) =>
      host.compareHypervisorCpu(serializeXml({ ...cpu, children: [...cpu.children, ...more] }), query);
    if (driver.driver === 'virsh') {
      await expect(compare([])).rejects.toBeInstanceOf(UnsupportedCallError);
      return;
    }
    expect(await compare([])).toBe('identical');
    // No emulated CPU has it.
    expect(await compare([element('feature', { policy: 'require', name: 'avx512f' })])).toBe('incompatible');
    await expectCode(
      host.compareHypervisorCpu('<cpu><model>none</model></cpu>', query),
      virError.internalError,
    );
  });

  test('CPU models', async () => {
    expect(await at.client.host.cpuModels('x86_64')).toContain('qemu64');
    await expectCode(at.client.host.cpuModels('nonsense'), virError.invalidArgument);
  });
});

describe.each(drivers)('no libvirtd for $driver', ({ open }) => {
  test('is a connection error', async () => {
    const client = open('/nonexistent/libvirt-sock');
    await expect(client.host.ping()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(client.domains.list()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(client.events.start()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await client.close();
  });
});

describe.each(drivers)('a closed client of $driver', ({ open }) => {
  test('makes no more calls', async () => {
    const client = open(await libvirtSocketOfWorker());
    await client.host.ping();
    await client.close();
    await expect(client.host.ping()).rejects.toBeInstanceOf(LibvirtConnectionError);
  });
});
