import type { DeviceDrivers, DriverChange } from '../../../internal/devices/drivers.ts';
import type { PciFacts } from '../../../internal/host/facts.ts';

/** Drivers of devices in memory. */
export interface FakeDrivers extends DeviceDrivers {
  /** Every change, in order: `ADDRESS DRIVER`. */
  readonly changes: readonly string[];
  /** The next changes of the device end so; null: they succeed again. */
  failWith(address: string, change: DriverChange | null): void;
  /** Its config space is all ones from now on. */
  kill(address: string): void;
  /** Somebody else gives it a driver. */
  put(address: string, driver: string | null): void;
  forbid(): void;
}

export function fakeDrivers(pci: readonly Pick<PciFacts, 'address' | 'driver'>[]): FakeDrivers {
  const drivers = new Map(pci.map(({ address, driver }) => [address, driver]));
  const failures = new Map<string, DriverChange>();
  const dead = new Set<string>();
  const changes: string[] = [];
  let allowed = true;
  return {
    changes,
    canChange: () => allowed,
    current: (address) => drivers.get(address) ?? null,
    answers: (address) => Promise.resolve(!dead.has(address)),
    change(address, driver) {
      changes.push(`${address} ${driver ?? 'none'}`);
      const failure = failures.get(address);
      if (failure !== undefined) return Promise.resolve(failure);
      drivers.set(address, driver);
      return Promise.resolve({ outcome: 'done' });
    },
    failWith(address, change) {
      if (change === null) failures.delete(address);
      else failures.set(address, change);
    },
    kill: (address) => void dead.add(address),
    put: (address, driver) => void drivers.set(address, driver),
    forbid: () => (allowed = false),
  };
}
