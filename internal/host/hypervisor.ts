import type { LibvirtClient } from '../libvirt/client.ts';
import { readCapabilities, offersDomainType } from '../xml/capabilities.ts';
import { readDomainCapabilities } from '../xml/domain-capabilities.ts';
import type { HypervisorFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { architectureOf } from './platform.ts';

/** What libvirt and its QEMU can do for guests of the host's own architecture. Rejects as the client's calls do. */
export async function readHypervisor(client: LibvirtClient, files: MachineFiles): Promise<HypervisorFacts> {
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
  return {
    domainType,
    arch,
    emulator: domain.emulator,
    libvirtVersion: versionNumber(versions.libvirt),
    maxVcpus: domain.maxVcpus,
    uefi: domain.firmware.includes('efi'),
    secureBoot: domain.firmware.includes('efi') && domain.secureBoot,
    // Before 8.0 libvirt does not list the versions; all emulators that it knows of make 2.0.
    tpm:
      domain.tpmBackends.includes('emulator') &&
      (domain.tpmVersions.length === 0 || domain.tpmVersions.includes('2.0')),
    hypervFeatures: domain.hypervFeatures,
    cpuModes: domain.cpuModes,
    virtioWin: await findVirtioWin(files),
    otherArchs: [...new Set(others.map((guest) => architectureOf(guest.arch)))],
  };
}

/** `9.0.0` as libvirt counts it: 9000000. */
function versionNumber(version: string): number {
  const [major = 0, minor = 0, release = 0] = version.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + release;
}

/** Where distributions and people put the driver medium. */
const mediaDirectories = ['usr/share/virtio-win', 'var/lib/libvirt/images', 'var/lib/libvirt/boot'];

async function findVirtioWin(files: MachineFiles): Promise<string | null> {
  for (const directory of mediaDirectories) {
    const names = (await files.list(directory)).filter((name) => /^virtio-win[\w.-]*\.iso$/.test(name));
    const best = names.find((name) => name === 'virtio-win.iso') ?? names.at(-1);
    if (best !== undefined) return `/${directory}/${best}`;
  }
  return null;
}
