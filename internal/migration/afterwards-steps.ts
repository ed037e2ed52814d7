import { deleteVolume } from '../instances/delete-volume.ts';
import { removeSerialLogs } from '../instances/unregister/serial-logs.ts';
import { layersOn } from '../instances/unregister/find-leftovers.ts';
import { describeError } from '../observability/describe-error.ts';
import type { Step } from '../operations/definition.ts';
import { keepAddress } from './keep-address.ts';
import { removeFile } from './directory-volumes.ts';
import type { MigrateInstance } from './shape.ts';
import { failing, type MigrationParts } from './steps.ts';
import { removeFlat } from './volume-steps.ts';

/** Writes down where it went. */
export function recordStep({ moved, clock }: MigrationParts): Step<MigrateInstance, 'record'> {
  return {
    name: 'record',
    title: 'write down where it went',
    irreversible: true,
    do(run) {
      moved.put({ ...run.data('prepare').record, movedAt: clock().toISOString() });
    },
  };
}

/** What this host kept for it beside its domain. */
export function releaseStep({ releaseOf, releaseLeases }: MigrationParts): Step<MigrateInstance, 'release'> {
  return {
    name: 'release',
    title: 'give back its ports and addresses',
    irreversible: true,
    async do(run) {
      await releaseOf(run.input.uuid);
      await releaseLeases(run.data('prepare').interfaces);
    },
  };
}

/** Its disks here are no longer its disks. */
export function cleanUpStep({ client, view, hostRoot }: MigrationParts): Step<MigrateInstance, 'clean-up'> {
  return {
    name: 'clean-up',
    title: 'delete what is left of it here',
    irreversible: true,
    do: (run) =>
      failing('delete what is left of it here', null, async () => {
        const { moves, nvram, logs } = run.data('prepare');
        const gone = moves.filter(({ goes }) => goes).map(({ pool, name }) => ({ pool, name }));
        const others = new Set(
          view.domains().flatMap(({ uuid, diskPaths }) => (uuid === run.input.uuid ? [] : diskPaths)),
        );
        const layers = await layersOn(client, gone, others);
        const unused = moves.filter(({ goes, path }) => goes && !others.has(path));
        for (const volume of [...layers, ...unused]) await deleteVolume(client, volume);
        await removeFlat(client, run.data('flatten-disks').volumes);
        if (nvram !== null && !run.input.offline) await removeFile(client, nvram);
        await removeSerialLogs(hostRoot, logs);
        return { layers };
      }),
  };
}

/** What libvirt does not carry over. It is there already, so nothing of this can make the move fail. */
export function settleThereStep({ targets }: MigrationParts): Step<MigrateInstance, 'settle-there'> {
  return {
    name: 'settle-there',
    title: 'make it at home there',
    irreversible: true,
    async do(run) {
      const { autostart, addresses, moves } = run.data('prepare');
      const notices: string[] = [];
      const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
        try {
          await work();
        } catch (error) {
          run.log.warn({ err: error }, `could not ${what}`);
          notices.push(`Could not ${what}: ${describeError(error).message}`);
        }
      };
      const { client: there } = targets.open(run.input.target);
      await attempt('read the pools there again', async () => {
        for (const name of new Set(moves.map(({ pool }) => pool))) {
          await there.pools.refresh(await there.pools.lookupByName(name));
        }
      });
      if (autostart) {
        await attempt('let it start with the other host', async () =>
          there.domains.setAutostart(await there.domains.lookupByUuid(run.input.uuid), true),
        );
      }
      for (const kept of addresses) {
        await attempt(`keep the address ${kept.address} for it there`, () => keepAddress(there, kept));
      }
      return { notices };
    },
  };
}
