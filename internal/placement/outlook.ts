import type { HostFacts, PciFacts } from '../host/facts.ts';
import { blockersOf, takenBy, type DeviceStanding } from './device-standing.ts';
import { unitOf, type UnitMember } from './device-units.ts';
import type { DeviceOutlook } from './plan.ts';

/** What the plan would mean for every PCI device of the host. */
export function deviceOutlooks(
  host: HostFacts,
  standing: DeviceStanding,
  chosen: readonly UnitMember[],
): readonly DeviceOutlook[] {
  const passed = new Map(chosen.map((member) => [member.device.address, member]));
  return host.pci.map((device) => ({
    address: device.address,
    vendor: device.vendor,
    model: device.model,
    name: device.modelName,
    driver: device.driver,
    iommuGroup: device.iommuGroup,
    ...outlookOf(host, device, standing, passed.get(device.address)),
  }));
}

const passedWhy: Readonly<Record<UnitMember['reason'], string>> = {
  requested: 'asked for',
  'same-slot': 'shares a slot with a device that is asked for',
  'same-group': 'shares an IOMMU group with a device that is asked for',
};

function outlookOf(
  host: HostFacts,
  device: PciFacts,
  standing: DeviceStanding,
  member: UnitMember | undefined,
): Pick<DeviceOutlook, 'outlook' | 'why'> {
  if (member !== undefined) return { outlook: 'passed', why: passedWhy[member.reason] };
  const holder = takenBy(device, standing);
  if (holder !== null) return { outlook: 'taken', why: `"${holder}" has it` };
  const unit = unitOf(host, device);
  const [blocker] = blockersOf(unit, standing);
  if (blocker !== undefined) return { outlook: 'kept', why: blocker.message };
  if (unit.strangers.length > 0) {
    const others = unit.strangers.map(({ address }) => address).join(', ');
    return { outlook: 'kept', why: `its IOMMU group ${String(device.iommuGroup)} holds ${others} too` };
  }
  return { outlook: 'free', why: 'could be given to a VM' };
}
