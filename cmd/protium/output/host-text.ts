import type {
  GetHostResponse,
  HostDevice,
  HostFinding,
} from '../../../internal/api/grpc/generated/protium/v1/host.ts';
import { printable } from './printable.ts';
import type { Screen } from './screen.ts';
import { formatFields, formatTable } from './table.ts';
import { formatMib } from './units.ts';

export function hostText({ cpu, memory, dmi, iommu, hypervisor, usage, claims }: GetHostResponse): string {
  const cores = cpu?.cores.length ?? 0;
  const used = (usage?.usedCores ?? 0) / 10;
  const mib = (value: number | undefined) => formatMib(BigInt(value ?? 0));
  const fields = [
    ['machine', [dmi?.manufacturer, dmi?.product].filter((part) => part !== undefined).join(' ')],
    ['processor', cpu?.model ?? cpu?.vendor ?? ''],
    ['cores', `${cores}, ${used} taken`],
    ['memory', mib(memory?.totalMib)],
    ['for VMs', `${mib(usage?.memory?.giveableMib)}, ${mib(usage?.memory?.freeMib)} free`],
    ['runs VMs by', hypervisor?.domainType ?? ''],
    ['IOMMU', iommu?.enabled === true ? 'on' : 'off'],
  ] as const;
  const rows = claims.map(({ name, kind, cores: on, memoryMib, pci }) => [
    { text: name },
    { text: kind },
    { text: String(on.length) },
    { text: mib(memoryMib) },
    { text: pci.join(' ') },
  ]);
  const table = formatTable(['NAME', 'KIND', 'CORES', 'MEMORY', 'DEVICES'], rows);
  return `${formatFields(fields.filter(([, value]) => value !== ''))}${rows.length === 0 ? '' : `\n${table}`}`;
}

/** A line a device. */
export function hostDeviceTable(devices: readonly HostDevice[]): string {
  const rows = devices.map((device) => [
    { text: device.address },
    { text: `${device.vendor}:${device.model}` },
    { text: device.outlook },
    { text: device.iommuGroup === undefined ? '' : String(device.iommuGroup) },
    { text: device.driver ?? '' },
    { text: device.modelName ?? '' },
    { text: device.outlook === 'free' ? '' : device.why },
  ]);
  return formatTable(['ADDRESS', 'ID', 'OUTLOOK', 'GROUP', 'DRIVER', 'NAME', 'WHY'], rows);
}

const colours = { problem: 'red', warning: 'yellow', note: 'gray', unknown: 'gray', ok: 'green' } as const;

/** With the fix below each. */
export function findingsText(findings: readonly HostFinding[], screen: Screen): string {
  return findings
    .map(({ severity, message, fix }) => {
      const known = Object.entries(colours).find(([name]) => name === severity);
      const mark = severity.padEnd(8);
      const shown = known === undefined ? mark : screen.paint(known[1], mark);
      const line = `${shown} ${printable(message)}\n`;
      return fix === undefined ? line : `${line}         → ${printable(fix)}\n`;
    })
    .join('');
}
