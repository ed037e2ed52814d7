import { describe, expect, test } from 'vitest';
import { machineFiles } from '../../internal/host/files.ts';
import { readHypervisor } from '../../internal/host/hypervisor.ts';
import { bench, drivers } from './support.ts';

describe.each(drivers)('what the host can run, asked by $driver', (driver) => {
  const at = bench(driver);

  test('software emulation with UEFI, secure boot and a TPM', async () => {
    const { libvirt } = await at.client.host.versions();
    const [major = 0, minor = 0, release = 0] = libvirt.split('.').map(Number);
    expect(await readHypervisor(at.client, machineFiles('/'))).toMatchObject({
      domainType: 'qemu',
      arch: 'x86_64',
      emulator: '/usr/bin/qemu-system-x86_64',
      libvirtVersion: major * 1_000_000 + minor * 1000 + release,
      maxVcpus: expect.any(Number) as unknown,
      uefi: true,
      secureBoot: true,
      tpm: true,
      cpuModes: expect.arrayContaining(['maximum', 'custom']) as unknown,
      otherArchs: expect.arrayContaining(['X86_32']) as unknown,
    });
  });
});
