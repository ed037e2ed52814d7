import { checkDevices } from './checks/devices.ts';
import { checkFloatingAddresses } from './checks/floating-addresses.ts';
import { checkFirmware } from './checks/firmware.ts';
import { checkGroups, checkIommu } from './checks/iommu.ts';
import { checkKvm } from './checks/kvm.ts';
import { checkLibvirt } from './checks/libvirt.ts';
import { checkMigrationTargets } from './checks/migration.ts';
import { checkForwarding, checkNetworks } from './checks/network.ts';
import { checkPermissions } from './checks/permissions.ts';
import { checkPool } from './checks/storage.ts';
import { checkTools } from './checks/tools.ts';
import type { Evidence } from './evidence.ts';
import { finding, type Finding } from './finding.ts';

const checks = [
  checkLibvirt,
  checkHost,
  checkKvm,
  checkIommu,
  checkGroups,
  checkDevices,
  checkFirmware,
  checkNetworks,
  checkForwarding,
  checkFloatingAddresses,
  checkMigrationTargets,
  checkPool,
  checkPermissions,
  checkTools,
];

/** What stands in the way of VMs on this host, and the fix of each; good news is told too. Pure. */
export function examine(evidence: Evidence): readonly Finding[] {
  return checks.flatMap((check) => check(evidence));
}

function checkHost({ hostError }: Evidence): readonly Finding[] {
  if (hostError === null) return [];
  return [finding('host', 'problem', `The host could not be read: ${hostError}`)];
}
