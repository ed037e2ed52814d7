import { attribute, child, childText, children, element, path, textOf, type XmlElement } from './tree.ts';
import { bytesOf } from './units.ts';
import { integerAttribute, integerChild, requiredAttribute, rootOf, type XmlSource } from './values.ts';

/** One logical CPU of the host and where it sits. */
interface HostCpu {
  readonly id: number;
  readonly socket: number | null;
  readonly die: number | null;
  readonly core: number | null;
  /** The CPUs of the same core, as libvirt writes sets: `0,8`. */
  readonly siblings: string | null;
}

interface HostNumaCell {
  readonly id: number;
  readonly memoryBytes: bigint;
  readonly pages: readonly { readonly sizeKiB: number; readonly count: number }[];
  readonly cpus: readonly HostCpu[];
}

/** What the hypervisor can run on one architecture. */
interface GuestCapabilities {
  readonly osType: string;
  readonly arch: string;
  readonly wordSize: number | null;
  readonly emulator: string | null;
  readonly machines: readonly { readonly name: string; readonly canonical: string | null }[];
  /** `qemu`, and `kvm` where libvirt found that it may be used. */
  readonly domainTypes: readonly string[];
}

/** What `virConnectGetCapabilities` says. */
export interface CapabilitiesDocument {
  readonly tree: XmlElement;
  readonly host: {
    readonly uuid: string | null;
    readonly arch: string | null;
    readonly cpuModel: string | null;
    readonly cpuVendor: string | null;
    readonly topology: {
      readonly sockets: number;
      readonly dies: number;
      readonly cores: number;
      readonly threads: number;
    } | null;
    readonly features: readonly string[];
    readonly hasIommu: boolean | null;
    readonly cells: readonly HostNumaCell[];
    /** Users that libvirt runs emulators as, by domain type, e.g. `+64055:+108`; empty without the dac model. */
    readonly dacLabels: Readonly<Record<string, string>>;
  };
  readonly guests: readonly GuestCapabilities[];
}

/** Reads `<capabilities>`. */
export function readCapabilities(document: XmlSource): CapabilitiesDocument {
  const tree = rootOf(document, 'capabilities');
  const host = child(tree, 'host') ?? element('host');
  const cpu = child(host, 'cpu') ?? element('cpu');
  const topology = child(cpu, 'topology');
  const count = (name: string): number => (topology === null ? null : integerAttribute(topology, name)) ?? 1;
  const iommu = child(host, 'iommu');
  return {
    tree,
    host: {
      uuid: childText(host, 'uuid'),
      arch: childText(cpu, 'arch'),
      cpuModel: childText(cpu, 'model'),
      cpuVendor: childText(cpu, 'vendor'),
      topology:
        topology === null
          ? null
          : {
              sockets: count('sockets'),
              dies: count('dies'),
              cores: count('cores'),
              threads: count('threads'),
            },
      features: children(cpu, 'feature').flatMap((feature) => attribute(feature, 'name') ?? []),
      hasIommu: iommu === null ? null : attribute(iommu, 'support') === 'yes',
      cells: path(host, 'topology', 'cells', 'cell').map(readCell),
      dacLabels: dacLabelsOf(host),
    },
    guests: children(tree, 'guest').flatMap(readGuest),
  };
}

/** Whether libvirt offers domains of this type for the architecture. */
export function offersDomainType(
  capabilities: CapabilitiesDocument,
  arch: string,
  domainType: string,
): boolean {
  return capabilities.guests.some((guest) => guest.arch === arch && guest.domainTypes.includes(domainType));
}

function readCell(cell: XmlElement): HostNumaCell {
  const memory = child(cell, 'memory');
  return {
    id: integerAttribute(cell, 'id') ?? 0,
    memoryBytes: memory === null ? 0n : bytesOf(memory, 'KiB'),
    pages: children(cell, 'pages').map((pages) => ({
      sizeKiB: integerAttribute(pages, 'size') ?? 0,
      count: Number(textOf(pages)),
    })),
    cpus: path(cell, 'cpus', 'cpu').map((cpu) => ({
      id: integerAttribute(cpu, 'id') ?? 0,
      socket: integerAttribute(cpu, 'socket_id'),
      die: integerAttribute(cpu, 'die_id'),
      core: integerAttribute(cpu, 'core_id'),
      siblings: attribute(cpu, 'siblings'),
    })),
  };
}

function dacLabelsOf(host: XmlElement): Readonly<Record<string, string>> {
  const dac = children(host, 'secmodel').find((model) => childText(model, 'model') === 'dac');
  if (dac === undefined) return {};
  return Object.fromEntries(
    children(dac, 'baselabel').map((label) => [attribute(label, 'type') ?? '', textOf(label)]),
  );
}

function readGuest(guest: XmlElement): readonly GuestCapabilities[] {
  return children(guest, 'arch').map((arch) => ({
    osType: childText(guest, 'os_type') ?? '',
    arch: requiredAttribute(arch, 'name'),
    wordSize: integerChild(arch, 'wordsize'),
    emulator: childText(arch, 'emulator'),
    machines: children(arch, 'machine').map((machine) => ({
      name: textOf(machine),
      canonical: attribute(machine, 'canonical'),
    })),
    domainTypes: children(arch, 'domain').flatMap((domain) => attribute(domain, 'type') ?? []),
  }));
}
