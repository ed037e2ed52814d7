import { shownLaunch } from '../../leases/create-leases.ts';
import type { LeaseCapacity, ProfileStep } from '../../leases/lease.ts';
import type { LeaseRecord } from '../../leases/lease-record.ts';
import { etagOf } from '../../leases/leases.ts';
import type { HostLease, LeaseCalendarStep, LeaseResources } from '../grpc/generated/protium/v1/leases.ts';

export function encodeLease(lease: LeaseRecord): HostLease {
  const { demand, interval, instance, recurrence, problem } = lease;
  const launch = shownLaunch(lease);
  return {
    id: lease.id,
    owner: lease.owner,
    name: lease.name,
    state: lease.state,
    startTime: new Date(interval.start),
    endTime: new Date(interval.end),
    demand: {
      slots: demand.slots,
      allowSmt: demand.allowSmt,
      overprovision: demand.overprovision,
      memoryMib: BigInt(demand.memoryMib),
      hugepages: demand.hugepages,
      devices: demand.devices.map((device) => ({ ...device })),
      namedDevices: [...demand.namedDevices],
    },
    config: launch === null ? undefined : { ...launch.config },
    flavor: launch?.flavor ?? undefined,
    endAction: lease.endAction,
    graceSeconds: lease.graceMs / 1000,
    warnBeforeSeconds: lease.warnBeforeMs.map((each) => each / 1000),
    devices: [...lease.devices],
    instance: instance ?? undefined,
    recurrence: recurrence ?? undefined,
    problem: problem ?? undefined,
    createTime: new Date(lease.createdAt),
    etag: etagOf(lease),
  };
}

/** What there is for leases in all. */
export function totalOf({ cores, memoryMib, devices }: LeaseCapacity): LeaseResources {
  const counts: Record<string, number> = {};
  for (const { vendor, model } of devices) {
    counts[`${vendor}:${model}`] = (counts[`${vendor}:${model}`] ?? 0) + 1;
  }
  return { cores, memoryMib, devices: counts };
}

export function encodeStep({ at, cores, memoryMib, devices, leases }: ProfileStep): LeaseCalendarStep {
  return {
    time: new Date(at),
    leased: { cores, memoryMib, devices: { ...devices } },
    leases: [...leases],
  };
}
