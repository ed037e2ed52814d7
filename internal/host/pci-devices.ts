import path from 'node:path';
import type { DeviceUser, PciFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { numberIn, parseNumber } from './numbers.ts';
import { isPciAddress, pciDirectory } from './pci-address.ts';
import { parseBars } from './pci-bars.ts';
import { configAnswers } from './pci-config.ts';
import type { PciNames } from './pci-ids.ts';

export interface PciReading {
  readonly names: PciNames;
  /** By address. */
  readonly users: ReadonlyMap<string, readonly DeviceUser[]>;
  /** With one node it says nothing where a device is. */
  readonly numaNodes: number;
}

/** Every PCI device, sorted by address. */
export async function readPciDevices(files: MachineFiles, reading: PciReading): Promise<readonly PciFacts[]> {
  const devices: Promise<PciFacts | null>[] = [];
  for (const address of files.list(pciDirectory).filter(isPciAddress)) {
    devices.push(readDevice(files, address, reading));
    await files.pause();
  }
  return (await Promise.all(devices)).flatMap((device) => device ?? []);
}

async function readDevice(
  files: MachineFiles,
  address: string,
  { names, users, numaNodes }: PciReading,
): Promise<PciFacts | null> {
  const at = `${pciDirectory}/${address}`;
  const entries = new Set(files.list(at));
  // Looking for a file that is not there costs as much as reading one that is.
  const text = (name: string): string | null => (entries.has(name) ? files.text(`${at}/${name}`) : null);
  const link = (name: string): string | null => {
    const target = entries.has(name) ? files.link(`${at}/${name}`) : null;
    return target === null ? null : path.posix.basename(target);
  };
  const vendor = hexDigits(text('vendor'), 4);
  const model = hexDigits(text('device'), 4);
  const deviceClass = hexDigits(text('class'), 6);
  // It went away while it was read.
  if (vendor === null || model === null || deviceClass === null) return null;
  const node = parseNumber(text('numa_node'));
  const totalFunctions = parseNumber(text('sriov_totalvfs')) ?? 0;
  const facts = {
    address,
    class: deviceClass,
    vendor,
    model,
    subsystemVendor: hexDigits(text('subsystem_vendor'), 4),
    subsystemModel: hexDigits(text('subsystem_device'), 4),
    vendorName: names.vendor(vendor),
    modelName: names.model(vendor, model),
    driver: link('driver'),
    iommuGroup: parseNumber(link('iommu_group')),
    numaNode: node === null || node < 0 || numaNodes <= 1 ? null : node,
    resetMethods: (text('reset_method') ?? '').split(/\s+/).filter((method) => method !== ''),
    bars: parseBars(text('resource')),
    bootVga: parseNumber(text('boot_vga')) === 1,
    parent: parentOf(files.link(at)),
    physicalFunction: link('physfn'),
    virtualFunctions:
      totalFunctions === 0
        ? null
        : {
            total: totalFunctions,
            enabled: [...entries]
              .filter((name) => /^virtfn\d+$/.test(name))
              .flatMap((name) => link(name) ?? [])
              .sort(),
          },
    mdevTypes: entries.has('mdev_supported_types') ? readMdevTypes(files, `${at}/mdev_supported_types`) : [],
    users: users.get(address) ?? [],
  };
  return { ...facts, answers: await configAnswers(files, address) };
}

/** Digits of a hexadecimal value, without 0x; null: no such value. */
function hexDigits(written: string | null, digits: number): string | null {
  const [, value] = /^0x([0-9a-f]{1,8})$/.exec(written?.trim().toLowerCase() ?? '') ?? [];
  return value === undefined ? null : value.padStart(digits, '0').slice(-digits);
}

/** The bridge above, from where the device's link leads: `../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0`. */
function parentOf(link: string | null): string | null {
  const above = link === null ? '' : path.posix.basename(path.posix.dirname(link));
  return isPciAddress(above) ? above : null;
}

function readMdevTypes(files: MachineFiles, directory: string): PciFacts['mdevTypes'] {
  return files.list(directory).map((id) => ({
    id,
    name: files.text(`${directory}/${id}/name`)?.trim() ?? null,
    available: numberIn(files, `${directory}/${id}/available_instances`) ?? 0,
  }));
}
