import type { DevicePlan } from '../../placement/plan.ts';
import type { ControllerOptions } from '../../xml/domain/devices/controller.ts';
import type { HostDeviceOptions } from '../../xml/domain/devices/hostdev.ts';

/**
 * Each slot of the host on a root port of its own, its functions together: drivers look for a card's audio at function 1
 * of the card. The ports are numbered first, so that the addresses hold whatever else libvirt adds.
 */
export function hostDevices(pci: readonly DevicePlan[]): {
  readonly ports: readonly ControllerOptions[];
  readonly devices: readonly HostDeviceOptions[];
} {
  const slots = [...new Set(pci.map(({ guestSlot }) => guestSlot))];
  const ports = slots.map((slot) => ({ type: 'pci', model: 'pcie-root-port', index: busOf(slot) }) as const);
  const devices = pci.map(({ address, class: deviceClass, guestSlot, guestFunction }): HostDeviceOptions => {
    const shared = pci.some(
      (other) => other.guestSlot === guestSlot && other.guestFunction !== guestFunction,
    );
    const bus = busOf(guestSlot).toString(16).padStart(2, '0');
    return {
      type: 'pci',
      address,
      // A card without its ROM shows nothing before the guest has a driver.
      ...(isDisplayClass(deviceClass) ? { rom: { bar: true } } : {}),
      guestAddress: {
        address: `0000:${bus}:00.${guestFunction}`,
        ...(shared && guestFunction === 0 ? { multifunction: true } : {}),
      },
    };
  });
  return { ports, devices };
}

/** Bus 0 is the root. */
function busOf(slot: number): number {
  return slot + 1;
}

/** What OVMF sets aside for 64-bit BARs unasked: 32 GiB (PlatformPei, PcdPciMmio64Size). */
const defaultWindowMib = 32 * 1024;

/**
 * The window for 64-bit BARs in MiB that the firmware must be told of; null: its own is enough. A BAR lies at a multiple of
 * its size, so the sum is doubled, and rounded up to a power of two.
 */
export function mmioWindowMib(pci: readonly DevicePlan[]): number | null {
  const mib = pci.reduce((sum, { bar64Bytes }) => sum + bar64Bytes, 0) / 1024 / 1024;
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, mib * 2)));
  return wanted > defaultWindowMib ? wanted : null;
}

/** NVIDIA's older drivers refuse to work where they see a hypervisor that is not theirs. */
export function hasNvidiaDisplay(pci: readonly DevicePlan[]): boolean {
  return pci.some(({ vendor, class: deviceClass }) => vendor === '10de' && isDisplayClass(deviceClass));
}

function isDisplayClass(deviceClass: string): boolean {
  return deviceClass.startsWith('03');
}
