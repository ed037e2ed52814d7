import type { HostFacts, PciFacts } from '../host/facts.ts';
import type { PciRequest } from '../spec/spec.ts';
import { iommuFix } from './device-blockers.ts';
import type { DeviceBundle } from './device-bundles.ts';
import { groupBlocker } from './device-units.ts';
import { hostIndex, idOf, nameOf } from './host-index.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** What keeps the host from passing any device at all; what is said of a device already is not said again. */
export function unableToPass(host: HostFacts, said: readonly Obstacle[]): readonly Obstacle[] {
  const found: Obstacle[] = [];
  if (host.vfio.pciDriver === 'absent') found.push(withoutVfio());
  if (!host.iommu.enabled && !said.some(({ code }) => code === 'iommu-off')) {
    const message = 'The IOMMU of this host is off, without which no device can be passed to a VM.';
    found.push(obstacle('iommu-off', 'pci', message, { fix: iommuFix(host) }));
  }
  return found;
}

function withoutVfio(): Obstacle {
  const message =
    'The kernel of this host has no driver vfio-pci, without which no device can be passed to a VM.';
  const fix = 'Install the full kernel of the distribution (linux-image-amd64 on Debian) and load vfio-pci.';
  return obstacle('vfio-missing', 'pci', message, { fix });
}

/** There are fewer of the id than are asked for. */
export function absent(request: PciRequest, installed: readonly PciFacts[], host: HostFacts): Obstacle {
  const id = idOf(request);
  const displays = hostIndex(host).displays.map(nameOf);
  const message =
    installed.length === 0
      ? `This host has no device ${id}.`
      : `The config wants ${request.quantity} of ${id}; this host has ${installed.length}: ${installed.map(nameOf).join(', ')}.`;
  const fix = displays.length === 0 ? undefined : `Its display adapters are ${displays.join(', ')}.`;
  return obstacle('device-absent', `pci ${id}`, message, {
    fix,
    details: { wanted: request.quantity, installed: installed.length },
  });
}

/** What stands against each device that was not chosen; the most telling of them gives the code. */
export function tooFew(
  request: PciRequest,
  present: number,
  bundles: readonly DeviceBundle[],
  fitting: readonly DeviceBundle[],
): Obstacle {
  const id = idOf(request);
  const available = present + fitting.reduce((sum, { counts }) => sum + (counts.get(id) ?? 0), 0);
  const blockers = bundles.flatMap((bundle) => {
    if (bundle.blockers.length > 0) return bundle.blockers;
    // Free, and yet not given: its group holds more than is wanted.
    return fitting.includes(bundle) && available < request.quantity ? [] : [groupBlocker(bundle.members, [])];
  });
  const messages = [...new Set(blockers.map(({ message }) => message))];
  const [first] = [...blockers].sort((a, b) => telling.indexOf(a.code) - telling.indexOf(b.code));
  const more = messages.length > listed ? ` And ${messages.length - listed} more.` : '';
  return obstacle(
    first?.code ?? 'group-not-assignable',
    `pci ${id}`,
    `The config wants ${request.quantity} of ${id}, ${Math.min(available, request.quantity)} can be given. ` +
      `${messages.slice(0, listed).join('. ')}.${more}`,
    {
      fix: first?.fix ?? undefined,
      details: {
        wanted: request.quantity,
        available,
        addresses: [...new Set(blockers.flatMap(({ addresses }) => addresses))],
      },
    },
  );
}

const listed = 10;

/** Which code a refusal gets when several devices are refused for several reasons: what lasts shortest comes first. */
const telling: readonly string[] = [
  'device-taken',
  'device-in-use',
  'companions-refused',
  'group-not-assignable',
  'device-unhealthy',
  'device-essential',
  'device-not-assignable',
  'iommu-off',
];
