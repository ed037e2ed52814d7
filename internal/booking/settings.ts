import type { BookingStore } from './booking-store.ts';
import type { CapabilityConfig, Maximum } from './capability.ts';
import type { KeptPath } from './formats/backup-list.ts';
import type { HostDeploy } from './formats/host-deploy.ts';

/** What was imported; null: not yet. */
export interface BookingSettings {
  readonly capability: CapabilityConfig | null;
  readonly host: HostDeploy | null;
  /** What of a machine is kept from booking to booking, where its user says nothing else. */
  readonly kept: readonly KeptPath[] | null;
}

type KeptCapability = Omit<CapabilityConfig, 'custom'> & {
  readonly custom: readonly (readonly [string, Maximum])[];
};

export function readSettings(store: Pick<BookingStore, 'setting'>): BookingSettings {
  const capability = store.setting('capability') as KeptCapability | undefined;
  return {
    capability: capability === undefined ? null : { ...capability, custom: new Map(capability.custom) },
    host: (store.setting('host') as HostDeploy | undefined) ?? null,
    kept: (store.setting('kept') as readonly KeptPath[] | undefined) ?? null,
  };
}

export function keepSettings(
  store: Pick<BookingStore, 'set'>,
  { capability, host, kept }: BookingSettings,
): void {
  if (capability !== null) {
    store.set('capability', { ...capability, custom: [...capability.custom] } satisfies KeptCapability);
  }
  if (host !== null) store.set('host', host);
  if (kept !== null) store.set('kept', kept);
}
