import { accountFunctions, type AccountGroupParts } from './account/functions.ts';
import type { GpueaterFunction } from './function.ts';
import { paymentFunctions, type PaymentGroupParts } from './payment/functions.ts';
import { subscriptionFunctions, type SubscriptionGroupParts } from './subscriptions/functions.ts';
import { imageFunctions, type ImageGroupParts } from './images/functions.ts';
import { instanceFunctions, type InstanceGroupParts } from './instances/functions.ts';
import { migrationFunctions, type MigrationGroupParts } from './migration/functions.ts';
import { productFunctions } from './products/functions.ts';
import type { LaunchListParts } from './products/launch-list.ts';
import { portFunctions, type PortGroupParts } from './ports/functions.ts';
import { snapshotFunctions, type SnapshotGroupParts } from './snapshots/functions.ts';
import { sshKeyFunctions, type SshKeyParts } from './ssh-keys/functions.ts';
import { volumeFunctions } from './volumes/functions.ts';
import type { VolumeFunctionParts } from './volumes/parts.ts';

/** What the groups of functions work with. */
export interface GpueaterParts {
  readonly images: ImageGroupParts;
  readonly instances: InstanceGroupParts;
  readonly products: LaunchListParts;
  readonly snapshots: SnapshotGroupParts;
  readonly sshKeys: SshKeyParts;
  readonly subscriptions: SubscriptionGroupParts;
  readonly payment: PaymentGroupParts;
  readonly volumes: VolumeFunctionParts;
  readonly ports: PortGroupParts;
  readonly migration: MigrationGroupParts;
  readonly account: Omit<AccountGroupParts, 'all'>;
}

/** Every function of the dialect, group by group. */
export function allFunctions(parts: GpueaterParts): readonly GpueaterFunction[] {
  const functions: readonly GpueaterFunction[] = [
    ...imageFunctions(parts.images),
    ...productFunctions(parts.products),
    ...instanceFunctions(parts.instances),
    ...snapshotFunctions(parts.snapshots),
    ...sshKeyFunctions(parts.sshKeys),
    ...subscriptionFunctions(parts.subscriptions),
    ...paymentFunctions(parts.payment),
    ...volumeFunctions(parts.volumes),
    ...portFunctions(parts.ports),
    ...migrationFunctions(parts.migration),
    ...accountFunctions({ ...parts.account, all: () => functions }),
  ];
  return functions;
}
