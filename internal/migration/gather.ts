import { fromLibvirt } from '../errors/from-libvirt.ts';
import { currentInstance, type CurrentInstance } from '../instances/changes/current-instance.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { readDomain, type DomainDocument } from '../xml/domain/read.ts';
import { attribute, path as elementsAt } from '../xml/tree.ts';
import { compareCpu } from './compare-cpu.ts';
import { gatherMedia } from './gather-media.ts';
import { gatherTarget } from './gather-target.ts';
import { hostDeviceSituations } from './host-devices.ts';
import type { OpenTarget } from './migration-targets.ts';
import { highestCpuOf } from './pinned-cpus.ts';
import type { MigrationSituation } from './suitability.ts';

/** A VM that is to move, where to, and what that takes. */
export interface Gathered {
  readonly situation: MigrationSituation;
  readonly current: CurrentInstance;
  /** As it runs, else as it is defined. */
  readonly document: DomainDocument;
}

/**
 * Looks at both hosts. Rejects with ProtiumError `not-found` when there is no such instance, `libvirt-unavailable` when the
 * other host cannot be reached.
 */
export async function gatherMigration(
  client: LibvirtClient,
  { target, client: there }: OpenTarget,
  { uuid, offline }: { readonly uuid: string; readonly offline: boolean },
): Promise<Gathered> {
  try {
    await there.host.ping();
  } catch (error) {
    throw fromLibvirt(error, `reach the host "${target.name}"`);
  }
  try {
    const current = await currentInstance(client, uuid);
    const { domain, definition, running } = current;
    const document = readDomain(running ?? definition);
    const query = {
      ...(document.emulator === null ? {} : { emulator: document.emulator }),
      ...(document.os.arch === null ? {} : { arch: document.os.arch }),
      ...(document.os.machine === null ? {} : { machine: document.os.machine }),
      virtType: document.type,
    };
    const [state, persistent, snapshots, saved, media, hostDevices] = await Promise.all([
      client.domains.state(domain),
      client.domains.isPersistent(domain),
      client.snapshots.list(domain),
      client.domains.hasManagedSave(domain),
      gatherMedia(client, there, document, uuid),
      hostDeviceSituations(client, there, document),
    ]);
    const networks = document.interfaces.flatMap(({ network }) => network ?? []);
    const pools = media.flatMap(({ place }) => (place === null ? [] : [place.pool]));
    const [facts, cpu] = await Promise.all([
      gatherTarget(client, there, { uuid, name: domain.name, networks, pools, query }),
      offline ? Promise.resolve(null) : compareCpu(client, there, definition, document, query),
    ]);
    return {
      current,
      document,
      situation: {
        target,
        offline,
        vm: {
          name: domain.name,
          state: state.state,
          persistent,
          snapshots: snapshots.map(({ name }) => name),
          saved,
          memoryMib: Math.ceil(document.memoryKiB / 1024),
          media,
          networks: [...new Set(networks)],
          bridges: document.interfaces.flatMap(({ type, bridge, device }) =>
            type === 'bridge' || type === 'direct' ? (bridge ?? device ?? []) : [],
          ),
          hostDevices,
          tpm: document.tpms.some(({ backend }) => backend === 'emulator'),
          fileSystems: elementsAt(document.tree, 'devices', 'filesystem').map(
            (each) =>
              elementsAt(each, 'source')
                .map((source) => attribute(source, 'dir'))
                .find((dir) => dir !== null) ?? 'a file system',
          ),
          highestCpu: highestCpuOf(document.tree),
        },
        there: { ...facts, cpu },
      },
    };
  } catch (error) {
    throw fromLibvirt(error, 'find out whether it can move');
  }
}
