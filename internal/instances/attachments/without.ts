import path from 'node:path/posix';
import type { Plan } from '../../placement/plan.ts';
import type { InstanceRecord } from '../documents/metadata.ts';
import { withMacs } from './prepare-network.ts';

/** The devices that leave with the one at this address: what shares its slot or IOMMU group goes as it came. Pure. */
export function leavingWith(plan: Plan, address: string): readonly string[] {
  const meant = plan.pci.find((device) => device.address === address);
  if (meant === undefined) return [address];
  return plan.pci
    .filter(
      (device) =>
        device.address === address ||
        device.iommuGroup === meant.iommuGroup ||
        device.address.split('.')[0] === address.split('.')[0],
    )
    .map((device) => device.address);
}

/** What an instance has when a disk is gone. The volume is nobody's then: it does not go with the instance. Pure. */
export function withoutVolume(record: InstanceRecord, file: string): InstanceRecord {
  const name = path.basename(file);
  const { plan } = record;
  return {
    ...record,
    plan: {
      ...plan,
      volumes: plan.volumes.filter(
        ({ existing, id, format }) =>
          !(existing === null ? `${id ?? ''}.${format}` === name : existing.path === file),
      ),
    },
    createdVolumes: record.createdVolumes.filter((volume) => volume.name !== name),
  };
}

/** Pure. */
export function withoutNetwork(uuid: string, record: InstanceRecord, mac: string): InstanceRecord {
  const networks = withMacs(uuid, record.plan.networks).filter((network) => network.mac !== mac);
  return { ...record, plan: { ...record.plan, networks } };
}

/** Pure. */
export function withoutDevices(record: InstanceRecord, addresses: readonly string[]): InstanceRecord {
  const { plan, spec } = record;
  const pci = plan.pci.filter(({ address }) => !addresses.includes(address));
  return {
    ...record,
    spec,
    plan: { ...plan, pci, memory: { ...plan.memory, pinned: plan.memory.pinned && pci.length > 0 } },
  };
}
