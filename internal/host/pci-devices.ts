import path from 'node:path';
import type { DeviceUser, PciFacts } from './facts.ts';
import { numberIn, parseNumber, type MachineFiles } from './files.ts';
import type { PciNames } from './pci-ids.ts';

export const pciDirectory = 'sys/bus/pci/devices';
const addressPattern = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** Flags of a resource, from the kernel's include/linux/ioport.h. */
const memoryResource = 0x200n;
const prefetchable = 0x2000n;
const memory64 = 0x100000n;

/** Every PCI device, sorted by address. */
export async function readPciDevices(
  files: MachineFiles,
  names: PciNames,
  users: ReadonlyMap<string, readonly DeviceUser[]>,
): Promise<readonly PciFacts[]> {
  const addresses = (await files.list(pciDirectory)).filter((name) => addressPattern.test(name));
  const devices = await Promise.all(
    addresses.map((address) => readDevice(files, address, names, users.get(address) ?? [])),
  );
  return devices.flatMap((device) => device ?? []);
}

async function readDevice(
  files: MachineFiles,
  address: string,
  names: PciNames,
  users: readonly DeviceUser[],
): Promise<PciFacts | null> {
  const at = `${pciDirectory}/${address}`;
  const [vendor, model, deviceClass] = await Promise.all([
    hex(files, `${at}/vendor`, 4),
    hex(files, `${at}/device`, 4),
    hex(files, `${at}/class`, 6),
  ]);
  // It went away while it was read.
  if (vendor === null || model === null || deviceClass === null) return null;
  const [
    subsystemVendor,
    subsystemModel,
    driver,
    group,
    numaNode,
    reset,
    resource,
    bootVga,
    config,
    physical,
    total,
    place,
  ] = await Promise.all([
    hex(files, `${at}/subsystem_vendor`, 4),
    hex(files, `${at}/subsystem_device`, 4),
    files.link(`${at}/driver`),
    files.link(`${at}/iommu_group`),
    numberIn(files, `${at}/numa_node`),
    files.text(`${at}/reset_method`),
    files.text(`${at}/resource`),
    numberIn(files, `${at}/boot_vga`),
    files.bytes(`${at}/config`, 64),
    files.link(`${at}/physfn`),
    numberIn(files, `${at}/sriov_totalvfs`),
    files.link(at),
  ]);
  const entries = await files.list(at);
  return {
    address,
    class: deviceClass,
    vendor,
    model,
    subsystemVendor,
    subsystemModel,
    vendorName: names.vendor(vendor),
    modelName: names.model(vendor, model),
    driver: driver === null ? null : path.basename(driver),
    iommuGroup: group === null ? null : parseNumber(path.basename(group)),
    numaNode: numaNode === null || numaNode < 0 ? null : numaNode,
    resetMethods: (reset ?? '').split(/\s+/).filter((method) => method !== ''),
    bars: readBars(resource),
    bootVga: bootVga === 1,
    parent: parentOf(place),
    answers: config === null || config.length < 4 ? null : !config.every((byte) => byte === 0xff),
    physicalFunction: physical === null ? null : path.basename(physical),
    virtualFunctions:
      total === null || total === 0 ? null : { total, enabled: await virtualFunctions(files, at, entries) },
    mdevTypes: await readMdevTypes(files, `${at}/mdev_supported_types`),
    users,
  };
}

/** Digits of a hexadecimal file, without 0x; null: not there. */
async function hex(files: MachineFiles, file: string, digits: number): Promise<string | null> {
  const [, value] = /^0x([0-9a-f]+)$/.exec((await files.text(file))?.trim().toLowerCase() ?? '') ?? [];
  return value === undefined ? null : value.padStart(digits, '0').slice(-digits);
}

/** The first six lines of `resource` are the BARs: start, end, flags. */
function readBars(resource: string | null): PciFacts['bars'] {
  return (resource ?? '')
    .split('\n')
    .slice(0, 6)
    .flatMap((line) => {
      const [start, end, flags] = line.trim().split(/\s+/).map(bigint);
      if (start === undefined || end === undefined || flags === undefined || end <= start) return [];
      if ((flags & memoryResource) === 0n) return [];
      return [
        {
          bytes: Number(end - start + 1n),
          is64Bit: (flags & memory64) !== 0n,
          prefetchable: (flags & prefetchable) !== 0n,
        },
      ];
    });
}

function bigint(written: string): bigint {
  return /^0x[0-9a-f]{1,16}$/i.test(written) ? BigInt(written) : 0n;
}

/** The bridge above, from where the device's link leads: `../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0`. */
function parentOf(link: string | null): string | null {
  const above = link === null ? '' : path.basename(path.dirname(link));
  return addressPattern.test(above) ? above : null;
}

async function virtualFunctions(
  files: MachineFiles,
  at: string,
  entries: readonly string[],
): Promise<readonly string[]> {
  const links = await Promise.all(
    entries.filter((name) => /^virtfn\d+$/.test(name)).map((name) => files.link(`${at}/${name}`)),
  );
  return links.flatMap((link) => (link === null ? [] : [path.basename(link)])).sort();
}

async function readMdevTypes(files: MachineFiles, directory: string): Promise<PciFacts['mdevTypes']> {
  const types = await files.list(directory);
  return Promise.all(
    types.map(async (id) => ({
      id,
      name: (await files.text(`${directory}/${id}/name`))?.trim() ?? null,
      available: (await numberIn(files, `${directory}/${id}/available_instances`)) ?? 0,
    })),
  );
}
