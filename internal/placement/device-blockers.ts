import type { DeviceUser, HostFacts, PciFacts } from '../host/facts.ts';
import { nameOf } from './host-index.ts';
import type { ReasonCode } from './plan.ts';

/** What keeps a device, or one that must go with it, on the host. */
export interface Blocker {
  readonly code: ReasonCode;
  readonly message: string;
  readonly fix: string | null;
  /** Devices that it is about. */
  readonly addresses: readonly string[];
}

export function blocker(
  code: ReasonCode,
  message: string,
  devices: readonly PciFacts[],
  fix: string | null = null,
): Blocker {
  return { code, message, fix, addresses: devices.map(({ address }) => address) };
}

export function withoutGroup(host: HostFacts, device: PciFacts): Blocker {
  if (host.iommu.enabled) {
    return blocker('device-not-assignable', `${nameOf(device)} has no IOMMU group`, [device]);
  }
  return blocker(
    'iommu-off',
    `The IOMMU is off, so ${nameOf(device)} cannot be passed to a VM`,
    [device],
    iommuFix(host),
  );
}

export function iommuFix({ cpu }: HostFacts): string {
  return cpu.vendor === 'GenuineIntel'
    ? 'Turn on VT-d in the BIOS, add "intel_iommu=on iommu=pt" to the kernel command line and reboot.'
    : 'Turn on AMD-Vi (IOMMU) in the BIOS, add "iommu=pt" to the kernel command line and reboot.';
}

/** Kinds of use after which the host would not be the same. */
const essential: ReadonlySet<DeviceUser['kind']> = new Set([
  'mount',
  'swap',
  'holder',
  'route',
  'network',
  'boot-vga',
]);

/** What the host's own use of a device has against it. `asked`: the device for which it would have to go. */
export function usersOf(member: PciFacts, asked: PciFacts): readonly Blocker[] {
  const along = member === asked ? '' : `, which goes with ${asked.address}`;
  const kept = member.users.filter(({ kind }) => essential.has(kind));
  const busy = member.users.filter(({ kind }) => !essential.has(kind));
  const told = (users: readonly DeviceUser[]) => users.map(({ description }) => description).join('; ');
  const found: Blocker[] = [];
  if (kept.length > 0) {
    const fix = kept.some(({ kind }) => kind === 'boot-vga')
      ? 'Let the firmware use another display, or bind this one to vfio-pci at boot.'
      : 'Give that work to another device first, if it can be.';
    found.push(
      blocker(
        'device-essential',
        `The host lives on ${nameOf(member)}${along}: ${told(kept)}`,
        [member],
        fix,
      ),
    );
  }
  if (busy.length > 0) {
    const fix = 'End what uses it (the message names it), and ask again.';
    found.push(blocker('device-in-use', `${nameOf(member)}${along} is in use: ${told(busy)}`, [member], fix));
  }
  if (member.answers === false) {
    const message = `${nameOf(member)}${along} does not answer: its config space is all ones`;
    const fix = 'Turn the host off and on again; a reboot may not be enough.';
    found.push(blocker('device-unhealthy', message, [member], fix));
  }
  return found;
}
