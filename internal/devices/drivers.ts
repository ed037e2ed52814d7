import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { machineFiles } from '../host/files.ts';
import { pciDirectory } from '../host/pci-address.ts';
import { configAnswers } from '../host/pci-config.ts';
import { runInChild, type ChildOutcome } from './run-in-child.ts';

/** The driver through which a VM has a device. */
export const vfioDriver = 'vfio-pci';

export type DriverChange =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'failed'; readonly reason: string }
  | { readonly outcome: 'hangs'; readonly reason: string; readonly ended: Promise<void> };

/** Which driver a PCI device of the host has. Addresses: `0000:01:00.0`. */
export interface DeviceDrivers {
  /** Whether this process may change it; if not, libvirt does as a VM starts and stops. */
  canChange(): boolean;
  /** null: none, or no such device. */
  current(address: string): string | null;
  /** Config space answers; false: all ones, the device is dead; null: it cannot be read. */
  answers(address: string): Promise<boolean | null>;
  /** Gives the device that driver, null: none. Never rejects. */
  change(address: string, driver: string | null): Promise<DriverChange>;
}

/** What the writes go through; tests have a kernel of their own. */
export type RunInChild = typeof runInChild;

/** A driver of a big card takes seconds to let go of it; half a minute is a hang. */
const writeDeadlineMs = 30_000;

/**
 * Changes drivers by `driver_override`, which concerns one device; `new_id` would take all of the same id
 * (kernel documentation, ABI/testing/sysfs-bus-pci).
 *
 * @param root where the machine's /sys is: `/`
 */
export function createDeviceDrivers(
  root: string,
  { run = runInChild, deadlineMs = writeDeadlineMs }: { run?: RunInChild; deadlineMs?: number } = {},
): DeviceDrivers {
  const files = machineFiles(root);
  const current = (address: string): string | null => {
    const link = files.link(`${pciDirectory}/${address}/driver`);
    return link === null ? null : path.posix.basename(link);
  };
  const write = (file: string, text: string): Promise<ChildOutcome> =>
    run(['tee', path.join(root, file)], { input: text, deadlineMs });

  /** The writes that lead there, in order; each is made when the one before it was. */
  function* writes(address: string, driver: string | null): Generator<WriteStep> {
    const device = `${pciDirectory}/${address}`;
    const before = current(address);
    if (before !== driver) {
      if (driver === vfioDriver && !files.list('sys/bus/pci/drivers').includes(vfioDriver)) {
        yield ['load vfio-pci', run(['modprobe', vfioDriver], { input: '', deadlineMs })];
      }
      yield ['choose the driver', write(`${device}/driver_override`, `${driver ?? ''}\n`)];
      if (before !== null) yield [`take it from ${before}`, write(`${device}/driver/unbind`, address)];
      if (driver !== null) yield [`give it to ${driver}`, write('sys/bus/pci/drivers_probe', address)];
    }
    // Left with a VM's driver alone: what the host has next must be free to choose.
    const chosen = files.text(`${device}/driver_override`);
    if (driver !== vfioDriver && chosen !== null && chosen !== '(null)') {
      yield ['leave the choice to the host again', write(`${device}/driver_override`, '\n')];
    }
  }

  return {
    canChange: () => isWritable(path.join(root, 'sys/bus/pci/drivers_probe')),
    current,
    answers: (address) => configAnswers(files, address),
    async change(address, driver) {
      for (const [title, written] of writes(address, driver)) {
        const result = await written;
        if (result.outcome === 'refused') {
          return { outcome: 'failed', reason: `the kernel did not ${title}: ${result.reason}` };
        }
        if (result.outcome === 'hangs') {
          const reason = `the attempt to ${title} has not come back for ${deadlineMs / 1000} s`;
          return { outcome: 'hangs', reason, ended: result.ended };
        }
      }
      const now = current(address);
      if (now === driver) return { outcome: 'done' };
      return {
        outcome: 'failed',
        reason: `it has ${now ?? 'no driver'} where it should have ${driver ?? 'none'}`,
      };
    },
  };
}

type WriteStep = readonly [title: string, written: Promise<ChildOutcome>];

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
