import type { Config } from '../../internal/config/config.ts';
import { createDeviceCare, type DeviceCare } from '../../internal/devices/device-care.ts';
import { createDeviceDrivers } from '../../internal/devices/drivers.ts';
import { createDeviceSweep } from '../../internal/devices/sweep.ts';
import { createTakenDevices } from '../../internal/devices/taken-devices.ts';
import { examine } from '../../internal/doctor/examine.ts';
import type { Finding } from '../../internal/doctor/finding.ts';
import { gatherEvidence, type DoctorOptions } from '../../internal/doctor/gather.ts';
import { readBootId } from '../../internal/host/boot-id.ts';
import { createHostReader, type HostReader } from '../../internal/host/reader.ts';
import { activeDomain } from '../../internal/instances/lifecycle/find-domain.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Database } from '../../internal/store/database.ts';

export interface DeviceRoom {
  readonly host: HostReader;
  readonly care: DeviceCare;
  /** Reads the host at each connection to libvirt, so that the first request finds it read; returns what ends that. */
  readAtConnection(client: Pick<LibvirtClient, 'events'>): () => void;
  /** Begins to give back what no VM has any more; returns what ends that. */
  sweep(parts: { readonly client: LibvirtClient; readonly ready: () => Promise<void> }): () => void;
  /** What stands in the way on this host. */
  examiner(
    others: Pick<DoctorOptions, 'migrationTargets'> & { readonly floating: () => DoctorOptions['floating'] },
  ): () => Promise<readonly Finding[]>;
}

/** Wires the room of the host and its devices. */
export function createDeviceRoom(parts: {
  readonly config: Pick<Config, 'hostRoot' | 'libvirt' | 'storage' | 'stateDirectory'>;
  readonly untraced: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly log: Logger;
}): DeviceRoom {
  const { config, untraced, view, database, locks, log } = parts;
  const host = createHostReader({ root: config.hostRoot, client: untraced });
  const care = createDeviceCare({
    taken: createTakenDevices(database, readBootId(config.hostRoot)),
    drivers: createDeviceDrivers(config.hostRoot),
    host,
    log,
  });
  return {
    host,
    care,
    readAtConnection: (client) =>
      client.events.onConnection(({ state }) => {
        if (state !== 'connected') return;
        host.forgetHypervisor();
        host.read({ maxAgeMs: 0 }).catch((error: unknown) => {
          log.warn({ err: error }, 'the host could not be read');
        });
      }),
    sweep({ client, ready }) {
      const isActive = async (uuid: string) => (await activeDomain(client, uuid)) !== null;
      const sweep = createDeviceSweep({ care, view, locks, ready, isActive, log });
      return () => sweep.stop();
    },
    examiner:
      ({ floating, migrationTargets }) =>
      async () =>
        examine(
          await gatherEvidence({
            root: config.hostRoot,
            libvirtUri: config.libvirt.uri,
            view,
            readHost: () => host.read({ maxAgeMs: 0 }),
            conditions: (facts) => care.conditions(facts),
            storage: config.storage,
            floating: floating(),
            migrationTargets,
            directories: [config.stateDirectory],
          }),
        ),
  };
}
