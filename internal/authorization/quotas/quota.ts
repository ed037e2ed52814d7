/** What a project, or what a user made, may have at once; null: no limit. */
export interface Quota {
  readonly instances: number | null;
  /** Slots of processors, of all instances together, whether they run or not. */
  readonly cores: number | null;
  readonly memoryMib: number | null;
  /** What its volumes may grow to. */
  readonly diskBytes: number | null;
  /** Of leases, in each week as the rules of leases count it. */
  readonly gpuHoursPerWeek: number | null;
  /** Host devices by class, `10de:2489`; `*`: all of them together. */
  readonly devices: Readonly<Record<string, number>>;
}

export const noLimits: Quota = {
  instances: null,
  cores: null,
  memoryMib: null,
  diskBytes: null,
  gpuHoursPerWeek: null,
  devices: {},
};

/** How much of what quotas limit. */
export interface Amounts {
  readonly instances: number;
  readonly cores: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  /** By class. */
  readonly devices: Readonly<Record<string, number>>;
}

export const nothing: Amounts = { instances: 0, cores: 0, memoryMib: 0, diskBytes: 0, devices: {} };

export function sumOf(amounts: readonly Amounts[]): Amounts {
  return amounts.reduce(
    (sum, each) => ({
      instances: sum.instances + each.instances,
      cores: sum.cores + each.cores,
      memoryMib: sum.memoryMib + each.memoryMib,
      diskBytes: sum.diskBytes + each.diskBytes,
      devices: added(sum.devices, each.devices),
    }),
    nothing,
  );
}

function added(one: Amounts['devices'], other: Amounts['devices']): Amounts['devices'] {
  const classes = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...classes].map((of) => [of, (one[of] ?? 0) + (other[of] ?? 0)]));
}

/** A limit that what is asked for would pass. */
export interface Excess {
  /** `instances`, `cores`, `memory_mib`, `disk_bytes`, or a class of devices. */
  readonly of: string;
  readonly limit: number;
  readonly used: number;
  readonly asked: number;
}

/** Every limit that would be passed. Who asks for nothing of a thing may, whatever is used of it. Pure. */
export function excesses(quota: Quota, used: Amounts, asked: Amounts): readonly Excess[] {
  const counted: readonly (readonly [string, number | null, number, number])[] = [
    ['instances', quota.instances, used.instances, asked.instances],
    ['cores', quota.cores, used.cores, asked.cores],
    ['memory_mib', quota.memoryMib, used.memoryMib, asked.memoryMib],
    ['disk_bytes', quota.diskBytes, used.diskBytes, asked.diskBytes],
    ...Object.entries(quota.devices).map(
      ([of, limit]) => [`devices ${of}`, limit, devicesOf(used, of), devicesOf(asked, of)] as const,
    ),
  ];
  return counted.flatMap(([of, limit, has, wants]) =>
    limit !== null && wants > 0 && has + wants > limit ? [{ of, limit, used: has, asked: wants }] : [],
  );
}

function devicesOf({ devices }: Amounts, of: string): number {
  if (of !== '*') return devices[of] ?? 0;
  return Object.values(devices).reduce((sum, count) => sum + count, 0);
}
