import { malformed } from '../malformed.ts';
import { attribute, child, childText, find, path, textOf, type XmlElement } from '../tree.ts';
import { bytesPerUnit, kibOf } from '../units.ts';
import {
  integer,
  integerAttribute,
  requiredAttribute,
  requiredName,
  rootOf,
  uuidOf,
  type XmlSource,
} from '../values.ts';
import { type Cpu, readCpu } from './cpu.ts';
import { type CharacterDevice, readCharacterDevice } from './devices/character.ts';
import { type Disk, readDisk } from './devices/disk.ts';
import { type Graphics, readGraphics } from './devices/graphics.ts';
import { type HostDevice, readHostDevice } from './devices/hostdev.ts';
import { type Interface, readInterface } from './devices/interface.ts';
import { readTpm, type Tpm } from './devices/tpm.ts';
import { readVideoModel } from './devices/video.ts';
import { type MetadataElement, readMetadata } from './metadata.ts';
import { type OperatingSystemBooting, readOs } from './os.ts';

/** What a domain document says. Whatever is not here is still in `tree`. */
export interface DomainDocument {
  readonly tree: XmlElement;
  /** `kvm`, `qemu`, `xen` ... */
  readonly type: string;
  /** While it runs. */
  readonly id: number | null;
  readonly name: string;
  /** null: libvirt makes one up when the document is defined. */
  readonly uuid: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly metadata: readonly MetadataElement[];
  readonly memoryKiB: number;
  readonly currentMemoryKiB: number;
  readonly vcpus: { readonly maximum: number; readonly current: number };
  readonly os: OperatingSystemBooting;
  readonly cpu: Cpu | null;
  readonly emulator: string | null;
  readonly disks: readonly Disk[];
  readonly interfaces: readonly Interface[];
  readonly hostDevices: readonly HostDevice[];
  readonly graphics: readonly Graphics[];
  /** Models, e.g. `virtio`. */
  readonly videos: readonly string[];
  readonly serials: readonly CharacterDevice[];
  readonly consoles: readonly CharacterDevice[];
  readonly channels: readonly CharacterDevice[];
  readonly tpms: readonly Tpm[];
}

/** Reads a `<domain>`; rejects with `document-malformed` what libvirt could not have made a domain of. */
export function readDomain(source: XmlSource): DomainDocument {
  const tree = rootOf(source, 'domain', 'inactiveDomain');
  const devices = (name: string): readonly XmlElement[] => path(tree, 'devices', name);
  const emulator = find(tree, 'devices', 'emulator');
  const memoryKiB = memoryOf(tree);
  const current = child(tree, 'currentMemory');
  return {
    tree,
    type: requiredAttribute(tree, 'type'),
    id: integerAttribute(tree, 'id'),
    name: requiredName(tree),
    uuid: uuidOf(tree),
    title: childText(tree, 'title'),
    description: childText(tree, 'description'),
    metadata: readMetadata(tree),
    memoryKiB,
    currentMemoryKiB: current === null ? memoryKiB : kibOf(current),
    vcpus: vcpusOf(tree),
    os: readOs(tree),
    cpu: readCpu(tree),
    emulator: emulator === null ? null : textOf(emulator),
    disks: devices('disk').map(readDisk),
    interfaces: devices('interface').map(readInterface),
    hostDevices: devices('hostdev').map(readHostDevice),
    graphics: devices('graphics').map(readGraphics),
    videos: devices('video').flatMap((video) => readVideoModel(video) ?? []),
    serials: devices('serial').map(readCharacterDevice),
    consoles: devices('console').map(readCharacterDevice),
    channels: devices('channel').map(readCharacterDevice),
    tpms: devices('tpm').map(readTpm),
  };
}

/** Every PCI device of the host that a domain takes: hostdevs, PCI network interfaces and NVMe disks. */
export function hostPciAddresses(domain: DomainDocument): readonly string[] {
  return [
    ...domain.hostDevices.flatMap((device) => (device.type === 'pci' ? device.address : [])),
    ...domain.interfaces.flatMap((nic) => nic.pciAddress ?? []),
    ...domain.disks.flatMap((disk) => (disk.source?.type === 'nvme' ? disk.source.pciAddress : [])),
  ];
}

/** `<memory>`, or the sum of the NUMA cells, as libvirt takes it. */
function memoryOf(tree: XmlElement): number {
  const memory = child(tree, 'memory');
  if (memory !== null) return kibOf(memory);
  const cells = path(tree, 'cpu', 'numa', 'cell');
  if (cells.length === 0)
    throw malformed('<domain> has no <memory>; add one, e.g. <memory unit="MiB">512</memory>.');
  return cells.reduce((sum, cell) => {
    const unit = attribute(cell, 'unit') ?? 'KiB';
    const factor = bytesPerUnit(unit);
    if (factor === null)
      throw malformed(`A NUMA <cell> has the unknown unit "${unit}"; use KiB, MiB or GiB.`, { unit });
    return sum + Number((BigInt(integerAttribute(cell, 'memory') ?? 0) * factor + 1023n) / 1024n);
  }, 0);
}

function vcpusOf(tree: XmlElement): DomainDocument['vcpus'] {
  const vcpu = child(tree, 'vcpu');
  if (vcpu === null) return { maximum: 1, current: 1 };
  const maximum = integer(childText(tree, 'vcpu'), '<vcpu>') ?? 1;
  return { maximum, current: integerAttribute(vcpu, 'current') ?? maximum };
}
