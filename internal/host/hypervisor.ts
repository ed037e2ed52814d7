import type { LibvirtClient } from '../libvirt/client.ts';
import { readCapabilities, offersDomainType } from '../xml/capabilities.ts';
import { readDomainCapabilities } from '../xml/domain-capabilities.ts';
import { architectureOf } from './architecture.ts';
import type { HypervisorFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { hasEnrolledKeys } from './firmware-descriptors.ts';

/** What libvirt and its QEMU can do for guests of the host's own architecture; media are looked for apart. */
export type LibvirtFacts = Omit<HypervisorFacts, 'virtioWin'>;

/** Asks libvirt, and looks at the firmware's descriptors. Rejects as the client's calls do. */
export async function readHypervisor(
  client: Pick<LibvirtClient, 'host'>,
  files: MachineFiles,
): Promise<LibvirtFacts> {
  const [capabilities, versions] = await Promise.all([
    client.host.capabilities().then((document) => readCapabilities(document)),
    client.host.versions(),
  ]);
  const arch = capabilities.host.arch ?? 'x86_64';
  const domainType = offersDomainType(capabilities, arch, 'kvm') ? 'kvm' : 'qemu';
  const machine = arch === 'x86_64' ? { machine: 'q35' } : {};
  const domain = readDomainCapabilities(
    await client.host.domainCapabilities({ arch, virtType: domainType, ...machine }),
  );
  const others = capabilities.guests.filter((guest) => guest.osType === 'hvm' && guest.arch !== arch);
  const uefi = domain.firmware.includes('efi');
  return {
    domainType,
    arch,
    emulator: domain.emulator,
    libvirtVersion: versionNumber(versions.libvirt),
    maxVcpus: domain.maxVcpus,
    uefi,
    secureBoot: uefi && domain.secureBoot && (await hasEnrolledKeys(files, arch)) !== false,
    // Before 8.0 libvirt does not list the versions; all emulators that it knows of make 2.0.
    tpm:
      domain.tpmBackends.includes('emulator') &&
      (domain.tpmVersions.length === 0 || domain.tpmVersions.includes('2.0')),
    hypervFeatures: domain.hypervFeatures,
    cpuModes: domain.cpuModes,
    otherArchs: [...new Set(others.flatMap((guest) => architectureOf(guest.arch) ?? []))].sort(),
  };
}

/** `9.0.0` as libvirt counts it: 9000000. */
function versionNumber(version: string): number {
  const [major = 0, minor = 0, release = 0] = version.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + release;
}
