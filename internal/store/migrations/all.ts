import { operations } from './0001-operations.ts';
import { computations } from './0002-computations.ts';
import { takenDevices } from './0003-taken-devices.ts';
import { images } from './0004-images.ts';
import { keyPairs } from './0005-key-pairs.ts';
import { portForwards } from './0006-port-forwards.ts';
import { frozenGuests } from './0007-frozen-guests.ts';
import { identity } from './0008-identity.ts';
import { ownership } from './0009-ownership.ts';
import { floatingAddresses } from './0010-floating-addresses.ts';
import { usage } from './0011-usage.ts';
import { subscriptions } from './0012-subscriptions.ts';
import { leases } from './0013-leases.ts';
import { movedInstances } from './0014-moved-instances.ts';
import { bookings } from './0015-bookings.ts';
import { provisions } from './0016-provisions.ts';
import { leaseDeviceHours } from './0017-lease-device-hours.ts';
import { audit } from './0018-audit.ts';
import { access } from './0019-access.ts';
import { clientCertificates } from './0020-client-certificates.ts';
import { projects } from './0021-projects.ts';
import { userQuotas } from './0022-user-quotas.ts';
import type { Migration } from './migration.ts';

/**
 * Every migration in order. To change the schema: add `NNNN-what-for.ts` with the next number beside this file, exporting a
 * Migration of the same name, and append it here. `PRAGMA user_version` of a file counts those that it has had.
 */
export const migrations: readonly Migration[] = [
  operations,
  computations,
  takenDevices,
  images,
  keyPairs,
  portForwards,
  frozenGuests,
  identity,
  ownership,
  floatingAddresses,
  usage,
  subscriptions,
  leases,
  movedInstances,
  bookings,
  provisions,
  leaseDeviceHours,
  audit,
  access,
  clientCertificates,
  projects,
  userQuotas,
];
