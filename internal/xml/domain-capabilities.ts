import { attribute, child, childText, children, find, textOf, type XmlElement } from './tree.ts';
import { integerAttribute, requiredChild, rootOf, switchAttribute, type XmlSource } from './values.ts';

/** What `virConnectGetDomainCapabilities` says of one emulator, machine and domain type. */
export interface DomainCapabilitiesDocument {
  readonly tree: XmlElement;
  readonly emulator: string;
  /** `kvm`, or `qemu` for emulation in software. */
  readonly domainType: string;
  readonly machine: string | null;
  readonly arch: string;
  readonly maxVcpus: number | null;
  /** Firmware that libvirt can choose by itself: `bios`, `efi`. */
  readonly firmware: readonly string[];
  readonly loaders: readonly string[];
  readonly secureBoot: boolean;
  readonly cpuModes: readonly string[];
  /** Models that the host can run as mode custom. */
  readonly cpuModels: readonly string[];
  readonly diskBuses: readonly string[];
  readonly graphics: readonly string[];
  readonly videoModels: readonly string[];
  readonly hostDeviceTypes: readonly string[];
  readonly pciBackends: readonly string[];
  readonly tpmModels: readonly string[];
  readonly tpmBackends: readonly string[];
  readonly tpmVersions: readonly string[];
  readonly rngModels: readonly string[];
  readonly filesystemDrivers: readonly string[];
  readonly memoryBackingSources: readonly string[];
  readonly hypervFeatures: readonly string[];
}

/** Reads `<domainCapabilities>`. What is not supported gives empty lists. */
export function readDomainCapabilities(document: XmlSource): DomainCapabilitiesDocument {
  const tree = rootOf(document, 'domainCapabilities');
  const values = (name: string, ...way: readonly string[]): readonly string[] => enumOf(tree, way, name);
  const device = (kind: string, name: string): readonly string[] => values(name, 'devices', kind);
  const vcpu = child(tree, 'vcpu');
  const loader = find(tree, 'os', 'loader');
  const modes = children(child(tree, 'cpu') ?? tree, 'mode').filter(
    (mode) => switchAttribute(mode, 'supported') === true,
  );
  const custom = modes.find((mode) => attribute(mode, 'name') === 'custom');
  return {
    tree,
    emulator: requiredChild(tree, 'path'),
    domainType: requiredChild(tree, 'domain'),
    machine: childText(tree, 'machine'),
    arch: requiredChild(tree, 'arch'),
    maxVcpus: vcpu === null ? null : integerAttribute(vcpu, 'max'),
    firmware: values('firmware', 'os'),
    loaders: loader === null ? [] : children(loader, 'value').map(textOf),
    secureBoot: values('secure', 'os', 'loader').includes('yes'),
    cpuModes: modes.flatMap((mode) => attribute(mode, 'name') ?? []),
    cpuModels:
      custom === undefined
        ? []
        : children(custom, 'model')
            .filter((model) => attribute(model, 'usable') !== 'no')
            .map(textOf),
    diskBuses: device('disk', 'bus'),
    graphics: device('graphics', 'type'),
    videoModels: device('video', 'modelType'),
    hostDeviceTypes: device('hostdev', 'subsysType'),
    pciBackends: device('hostdev', 'pciBackend'),
    tpmModels: device('tpm', 'model'),
    tpmBackends: device('tpm', 'backendModel'),
    tpmVersions: device('tpm', 'backendVersion'),
    rngModels: device('rng', 'model'),
    filesystemDrivers: device('filesystem', 'driverType'),
    memoryBackingSources: values('sourceType', 'memoryBacking'),
    hypervFeatures: values('features', 'features', 'hyperv'),
  };
}

function enumOf(tree: XmlElement, way: readonly string[], name: string): readonly string[] {
  const holder = find(tree, ...way);
  if (holder === null || switchAttribute(holder, 'supported') === false) return [];
  const list = children(holder, 'enum').find((candidate) => attribute(candidate, 'name') === name);
  return list === undefined ? [] : children(list, 'value').map(textOf);
}
