import type { ProjectLimits } from '../../authorization/quotas/quota-store.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { normaliseAddress } from '../../leases/named-device.ts';
import type { Quota } from '../grpc/generated/protium/v1/projects.ts';

const devicesPattern = /^(?:\*|[0-9a-f]{4}:[0-9a-f]{4})$/;
const classPattern = /^[0-9a-f]{4}:[0-9a-f]{4}$/;

export function encodeLimits({ quota, devices }: ProjectLimits): Quota {
  const { instances, cores, memoryMib, diskBytes, gpuHoursPerWeek } = quota;
  return {
    instances: instances ?? undefined,
    cores: cores ?? undefined,
    memoryMib: bigOf(memoryMib),
    diskBytes: bigOf(diskBytes),
    gpuHoursPerWeek: gpuHoursPerWeek ?? undefined,
    devices: { ...quota.devices },
    allowedDevices: devices === null ? undefined : { names: [...devices] },
  };
}

/** @throws ProtiumError `argument-invalid` */
export function readLimits(quota: Quota): ProjectLimits {
  const { instances, cores, memoryMib, diskBytes, gpuHoursPerWeek, devices, allowedDevices } = quota;
  const entries = Object.entries(devices).map(([name, count]) => [name.toLowerCase(), count] as const);
  for (const [name] of entries) {
    if (!devicesPattern.test(name)) {
      throw invalidArgument('quota.devices', 'Devices are counted by class, such as 10de:2489, or all as *.');
    }
  }
  if (entries.length > 256) throw invalidArgument('quota.devices', 'At most 256 classes are counted.');
  if (gpuHoursPerWeek !== undefined && !(gpuHoursPerWeek >= 0 && gpuHoursPerWeek <= 1e9)) {
    throw invalidArgument('quota.gpu_hours_per_week', 'That is no number of hours.');
  }
  return {
    quota: {
      ...(instances !== undefined && { instances }),
      ...(cores !== undefined && { cores }),
      ...(memoryMib !== undefined && { memoryMib: numberOf(memoryMib, 'quota.memory_mib') }),
      ...(diskBytes !== undefined && { diskBytes: numberOf(diskBytes, 'quota.disk_bytes') }),
      ...(gpuHoursPerWeek !== undefined && { gpuHoursPerWeek }),
      devices: Object.fromEntries(entries),
    },
    devices: allowedDevices === undefined ? null : namesOf(allowedDevices.names),
  };
}

function namesOf(names: readonly string[]): readonly string[] {
  if (names.length > 1024) throw invalidArgument('quota.allowed_devices', 'At most 1024 devices are named.');
  const normal = names.map((name) => {
    const lower = name.toLowerCase();
    const found = classPattern.test(lower) ? lower : normaliseAddress(lower);
    if (found !== null) return found;
    throw invalidArgument(
      'quota.allowed_devices',
      'A device is named by its address, such as 0000:01:00.0, or by its class, such as 10de:2489.',
    );
  });
  return [...new Set(normal)].sort();
}

function bigOf(value: number | null | undefined): bigint | undefined {
  return value === null || value === undefined ? undefined : BigInt(value);
}

function numberOf(value: bigint, field: string): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw invalidArgument(field, 'No host has so much.');
}
