import type { PciFacts } from '../host/facts.ts';

/** Bridges of all kinds: never given to a VM. */
export function isBridge({ class: deviceClass }: PciFacts): boolean {
  return deviceClass.startsWith('06');
}

/** PCI and host bridges: in a group they do not count, as their drivers move no data of their own (vfio's rule). */
export function isTransparent({ class: deviceClass }: PciFacts): boolean {
  return deviceClass.startsWith('0604') || deviceClass.startsWith('0600');
}

/** Memory controllers, system peripherals, SMBus and the flash's bus: the board's own, of no use to a guest. */
export function isBoardFunction({ class: deviceClass }: PciFacts): boolean {
  return ['05', '08', '0c05', '0c80'].some((prefix) => deviceClass.startsWith(prefix));
}

/** Base classes that may go along unasked: communication, audio, USB and other serial buses, signal processing. */
const harmlessClasses = new Set(['04', '07', '0c', '11']);

export function isHarmless(device: PciFacts): boolean {
  return (
    harmlessClasses.has(device.class.slice(0, 2)) && !isBoardFunction(device) && device.users.length === 0
  );
}

/** May stay where it is while others of its group go to a VM: vfio asks for no driver, or its own. */
export function isIdle({ driver, users }: PciFacts): boolean {
  return users.length === 0 && (driver === null || driver === 'vfio-pci' || driver === 'pci-stub');
}
