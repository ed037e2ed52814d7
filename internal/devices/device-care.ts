import { setTimeout } from 'node:timers/promises';
import { ProtiumError } from '../errors/protium-error.ts';
import type { HostFacts } from '../host/facts.ts';
import type { HostReader } from '../host/reader.ts';
import type { Logger } from '../observability/log.ts';
import { createKeyedLock } from '../operations/keyed-lock.ts';
import type { DeviceCondition } from '../placement/claim.ts';
import { vfioDriver, type DeviceDrivers, type DriverChange } from './drivers.ts';
import type { DeviceFault, TakenDevice, TakenDevices } from './taken-devices.ts';

/** Looks after devices of the host on their way to a VM and back. */
export interface DeviceCare {
  /**
   * Takes devices from their drivers for a VM, in order. What was taken stays noted, also after a failure and over a crash,
   * until it is given back. Rejects with ProtiumError `device-unhealthy`.
   *
   * @param holder uuid of the domain
   */
  take(holder: string, devices: readonly DeviceDriver[]): Promise<void>;
  /**
   * Gives a VM's devices back to the drivers that they had, and looks whether they are whole. To be called when the domain
   * has ended, or has let go of them. Never rejects; the answer is what is not, or not yet, as it was.
   *
   * @param addresses only these of its devices; left out: all
   */
  giveBack(holder: string, addresses?: readonly string[]): Promise<readonly DeviceCondition[]>;
  /** Domains that devices are taken for, by uuid; not those of which only faulty devices are left. */
  holders(): readonly string[];
  /** What must not be given out now. A fault that these facts no longer show is over. */
  conditions(facts: HostFacts): readonly DeviceCondition[];
  /** Differs whenever conditions() may. */
  revision(): number;
}

export interface DeviceDriver {
  readonly address: string;
  /** null: none. */
  readonly driver: string | null;
}

export interface DeviceCareOptions {
  readonly taken: TakenDevices;
  readonly drivers: DeviceDrivers;
  readonly host: Pick<HostReader, 'read'>;
  readonly log: Logger;
  /** How long to wait before each try to give a device back, the first one included. */
  readonly triesAfterMs?: readonly number[];
}

/** QEMU may be a moment from letting go of a device when its domain has ended. */
const patience = [0, 500, 1000, 2000, 4000];

export function createDeviceCare(options: DeviceCareOptions): DeviceCare {
  const { taken, drivers, host, log, triesAfterMs = patience } = options;
  const locks = createKeyedLock();
  /** By address. */
  const returning = new Map<string, DeviceCondition>();
  let revision = 0;

  const setFault = (address: string, condition: DeviceFault['condition'], reason: string): void => {
    taken.setFault(address, { condition, reason, since: new Date().toISOString() });
    revision += 1;
    log.error({ address, condition, reason }, 'a device must not be given to a VM any more');
  };
  const forget = (address: string): void => {
    taken.forget(address);
    revision += 1;
  };
  const isStuck = (device: TakenDevice, { reason, ended }: Extract<DriverChange, { outcome: 'hangs' }>) => {
    setFault(device.address, 'stuck', reason);
    ended
      .then(() => {
        log.warn({ address: device.address }, 'the driver of a stuck device has come back');
        return giveBackOne(device);
      })
      .catch((error: unknown) => {
        log.error({ err: error, address: device.address }, 'a stuck device could not be looked at again');
      });
  };

  const takeOne = async (holder: string, { address, driver }: DeviceDriver): Promise<void> => {
    taken.note({ address, driver, holder });
    revision += 1;
    if (!drivers.canChange()) return;
    const change = await drivers.change(address, vfioDriver);
    if (change.outcome === 'done') return;
    if (change.outcome === 'hangs') isStuck({ address, driver, holder, fault: null }, change);
    throw new ProtiumError(
      'device-unhealthy',
      `${address} could not be taken for the VM: ${change.reason}.`,
      {
        details: { addresses: [address] },
      },
    );
  };

  /** What a VM has open must not be unbound: the kernel would wait for that VM. */
  const openBy = async (address: string): Promise<string | null> => {
    const { pci } = await host.read({ maxAgeMs: 0 });
    const users = pci.find((device) => device.address === address)?.users ?? [];
    return users.find(({ kind }) => kind === 'virtual-machine')?.description ?? null;
  };

  const tryToRestore = async ({ address, driver }: TakenDevice): Promise<DriverChange | 'open'> => {
    if (!drivers.canChange()) {
      // libvirt took it, so libvirt gives it back.
      if (drivers.current(address) === driver) return { outcome: 'done' };
      return { outcome: 'failed', reason: `libvirt has not given it back to ${driver ?? 'no driver'}` };
    }
    if ((await openBy(address)) !== null) return 'open';
    return drivers.change(address, driver);
  };

  /** Makes the device what it was, and judges it. One that a VM still has open stays noted. */
  const restore = async (device: TakenDevice): Promise<void> => {
    const { address } = device;
    if (taken.get(address)?.holder !== device.holder) return;
    let change: DriverChange | 'open' = 'open';
    for (const waitMs of triesAfterMs) {
      await setTimeout(waitMs);
      change = await tryToRestore(device);
      if (change !== 'open' && change.outcome !== 'failed') break;
    }
    if (change === 'open') return;
    if (change.outcome === 'hangs') isStuck(device, change);
    else if (change.outcome === 'failed') setFault(address, 'quarantined', change.reason);
    else if ((await drivers.answers(address)) === false) {
      setFault(address, 'quarantined', 'it does not answer: its config space is all ones');
    } else forget(address);
  };

  const setReturning = ({ address }: TakenDevice): void => {
    const reason = 'it is on its way back to the host';
    returning.set(address, { address, condition: 'returning', reason, since: new Date().toISOString() });
    revision += 1;
  };
  const giveBackOne = (device: TakenDevice): Promise<readonly DeviceCondition[]> =>
    locks.run([device.address], async () => {
      const { address, holder } = device;
      try {
        await restore(device);
      } catch (error) {
        log.error({ err: error, address }, 'a device could not be given back; it is tried again');
      } finally {
        returning.delete(address);
        revision += 1;
      }
      const left = taken.get(address);
      if (left?.holder !== holder) return [];
      return [left.fault === null ? stillOpen(address) : { address, ...left.fault }];
    });

  return {
    async take(holder, devices) {
      for (const device of devices) {
        await locks.run([device.address], () => takeOne(holder, device));
      }
    },
    async giveBack(holder, addresses) {
      const theirs = taken
        .all()
        .filter(
          (device) =>
            device.holder === holder &&
            device.fault === null &&
            (addresses === undefined || addresses.includes(device.address)),
        );
      for (const device of theirs) setReturning(device);
      const conditions: DeviceCondition[] = [];
      for (const device of theirs) conditions.push(...(await giveBackOne(device)));
      return conditions;
    },
    holders: () => [...new Set(taken.all().flatMap(({ holder, fault }) => (fault === null ? holder : [])))],
    conditions(facts) {
      for (const { address, driver, fault } of taken.all()) {
        if (fault?.condition !== 'quarantined' || facts.readAt <= fault.since) continue;
        const device = facts.pci.find((candidate) => candidate.address === address);
        if (device?.driver === driver && device.answers !== false) forget(address);
      }
      const faults = taken
        .all()
        .flatMap(({ address, fault }) => (fault === null ? [] : { address, ...fault }));
      return [...faults, ...returning.values()];
    },
    revision: () => revision,
  };
}

function stillOpen(address: string): DeviceCondition {
  const since = new Date().toISOString();
  return { address, condition: 'returning', reason: 'a VM still has it open', since };
}
