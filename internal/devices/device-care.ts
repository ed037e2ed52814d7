import type { DeviceCondition } from '../placement/claim.ts';

/** A host device on its way to or from a VM. Plain JSON: it is journalled before anything is touched. */
export interface CaredDevice {
  /** `0000:01:00.0` */
  readonly address: string;
  /** Checked before each change: another card may have taken the address. Four lower-case hexadecimal digits each. */
  readonly vendor: string;
  readonly model: string;
  /** Bound before Protium touched it, and to be bound again; null: none was. */
  readonly originalDriver: string | null;
}

/**
 * Takes PCI devices from the host's drivers for VFIO and gives them back. Every change of a driver happens in a child
 * process with a deadline: a write to the kernel that never returns hangs that process, and marks the device `stuck`.
 */
export interface DeviceCare {
  /** Devices as the machine has them now, with the driver that is bound: to be journalled before `take`. */
  inspect(addresses: readonly string[]): Promise<readonly CaredDevice[]>;
  /**
   * Binds each to vfio-pci, or leaves none changed. Rejects with ProtiumError `resource-in-use` (says by whom),
   * `device-unavailable` (stuck, quarantined, gone, another device at that address) or `host-incapable` (no vfio-pci).
   */
  take(devices: readonly CaredDevice[], options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Binds each to its original driver again and verifies that it answers. Never rejects for what a device does: one that
   * does not come back whole gets a condition (which is returned, logged and kept). Bears being called twice.
   */
  giveBack(devices: readonly CaredDevice[]): Promise<readonly DeviceCondition[]>;
  /** What is wrong with devices, now. Survives a restart of the daemon; `stuck` ends with a reboot. */
  conditions(): readonly DeviceCondition[];
  /** An administrator says that the device is well again: looks at it, and clears the condition if that is so. Rejects `not-found`, `device-unavailable`. */
  release(address: string): Promise<void>;
  /** Called after each change of `conditions()`. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}
