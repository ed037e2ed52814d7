import type { Flavor } from '../../../internal/api/grpc/generated/protium/v1/flavors.ts';
import { formatFields, formatTable } from './table.ts';
import { formatFlag, formatMib } from './units.ts';

const headers = ['NAME', 'VCPUS', 'MEMORY', 'DISK', 'DEVICES', 'PRICE/H', 'AVAILABLE'] as const;

/** A line a flavor. */
export function flavorTable(flavors: readonly Flavor[]): string {
  const rows = flavors.map((flavor) =>
    [
      flavor.name,
      String(flavor.vcpus),
      formatMib(flavor.memoryMib),
      `${flavor.rootStorageGib} GiB`,
      flavor.deviceDescription,
      String(flavor.pricePerHour),
      flavor.limited ? 'limited' : formatFlag(flavor.available),
    ].map((text) => ({ text })),
  );
  return formatTable(headers, rows);
}

/** All of one flavor, and why none could be had now. */
export function flavorFields(flavor: Flavor, reasons: readonly string[]): string {
  return formatFields([
    ['name', flavor.name],
    ['vcpus', String(flavor.vcpus)],
    ['memory', formatMib(flavor.memoryMib)],
    ['disk', `${flavor.rootStorageGib} GiB`],
    ['devices', flavor.deviceDescription],
    ...flavor.devices.map(
      ({ vendorId, deviceId, count }) => ['device', `${count} × ${vendorId}:${deviceId}`] as const,
    ),
    ['price an hour', String(flavor.pricePerHour)],
    ['limited', formatFlag(flavor.limited)],
    ['available', formatFlag(flavor.available)],
    ...reasons.map((reason) => ['why not', reason] as const),
  ]);
}
