import type { DeviceCare } from '../../devices/device-care.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import { deleteVolume } from '../delete-volume.ts';
import { parseXml } from '../../xml/parse.ts';
import { orAbsent } from '../from-documents/absent.ts';
import { deviceNotices } from '../lifecycle/device-notices.ts';
import { findDomain } from '../lifecycle/find-domain.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { networkInterfaces } from '../../networks/domains-on.ts';
import type { LeaseHolder, ReleaseLeases } from '../../networks/leases/release-leases.ts';
import type { ReleaseOf } from './release.ts';
import { layersOn } from './find-leftovers.ts';
import { removeSerialLogs, serialLogs } from './serial-logs.ts';

/** The operation `instance.unregister`. */
export interface UnregisterInstance {
  readonly input: InstanceTarget & {
    /** To be deleted: the seed, and those that were made for it when that is asked for. */
    readonly volumes: readonly { readonly pool: string; readonly name: string }[];
  };
  readonly result: { readonly uuid: string; readonly notices: readonly string[] };
  readonly steps: {
    'stop-domain': { facts?: never };
    'give-back-devices': { facts: { notices: string[] } };
    'find-leftovers': {
      facts: { layers: { pool: string; name: string }[]; logs: string[]; interfaces: LeaseHolder[] };
    };
    'undefine-domain': { facts?: never };
    'delete-volumes': { facts?: never };
    'remove-logs': { facts?: never };
    release: { facts?: never };
  };
}

/**
 * Stops an instance, gives its devices back to the host's drivers and removes it, with all that is only its own.
 *
 * @param hostRoot where the machine's /var is: `/`
 */
export function unregisterInstance(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'domains'>,
  care: DeviceCare,
  hostRoot: string,
  {
    releaseOf = () => Promise.resolve(),
    releaseLeases = () => Promise.resolve(),
  }: { readonly releaseOf?: ReleaseOf; readonly releaseLeases?: ReleaseLeases } = {},
): OperationDefinition<UnregisterInstance> {
  const find = (uuid: string) => findDomain(client, uuid);
  const stop: Step<UnregisterInstance, 'stop-domain'> = {
    name: 'stop-domain',
    title: 'stop the domain',
    irreversible: true,
    async do({ input }) {
      const domain = await find(input.uuid);
      if (domain === null) return;
      const { state } = await client.domains.state(domain);
      if (state !== 'shutoff') await orAbsent(client.domains.destroy(domain), virError.operationInvalid);
    },
  };
  const giveBack: Step<UnregisterInstance, 'give-back-devices'> = {
    name: 'give-back-devices',
    title: 'give its devices back to the host',
    irreversible: true,
    async do({ input }) {
      // A device that is not whole must not keep the VM from going: nobody gets it until it is.
      return { notices: deviceNotices(await care.giveBack(input.uuid)) };
    },
  };
  const findLeftovers: Step<UnregisterInstance, 'find-leftovers'> = {
    name: 'find-leftovers',
    title: 'find what is its own',
    irreversible: true,
    async do({ input }) {
      const { uuid, volumes } = input;
      const others = view.domains().flatMap((other) => (other.uuid === uuid ? [] : other.diskPaths));
      const layers = await layersOn(client, volumes, new Set(others));
      const domain = await find(uuid);
      if (domain === null) return { layers, logs: [], interfaces: [] };
      const definition = parseXml(await client.domains.xml(domain, { inactive: true }));
      // libvirt keeps what QEMU said, under the domain's name, for the next one of that name to be mixed with.
      const logs = [...serialLogs(definition, { uuid, domain: domain.name }), `${domain.name}.log`];
      const interfaces = networkInterfaces(definition).map(({ network, mac }) => ({ network, mac }));
      return { layers, logs, interfaces };
    },
  };
  const undefine: Step<UnregisterInstance, 'undefine-domain'> = {
    name: 'undefine-domain',
    title: 'remove the domain',
    irreversible: true,
    async do({ input }) {
      const domain = await find(input.uuid);
      if (domain === null) return;
      try {
        await client.domains.undefine(domain, {
          nvram: 'remove',
          managedSave: true,
          snapshotsMetadata: true,
          checkpointsMetadata: true,
        });
      } catch (error) {
        throw fromLibvirt(error, 'remove the domain');
      }
    },
  };
  const deleteVolumes: Step<UnregisterInstance, 'delete-volumes'> = {
    name: 'delete-volumes',
    title: 'delete its volumes',
    irreversible: true,
    async do(run) {
      const volumes = [...run.data('find-leftovers').layers, ...run.input.volumes];
      for (const volume of volumes) await deleteVolume(client, volume);
    },
  };
  const removeLogs: Step<UnregisterInstance, 'remove-logs'> = {
    name: 'remove-logs',
    title: 'remove the logs of its serial ports',
    irreversible: true,
    do: async (run) => removeSerialLogs(hostRoot, run.data('find-leftovers').logs),
  };
  const release: Step<UnregisterInstance, 'release'> = {
    name: 'release',
    title: 'give back its ports and addresses',
    irreversible: true,
    async do(run) {
      await releaseOf(run.input.uuid);
      await releaseLeases(run.data('find-leftovers').interfaces);
    },
  };
  return {
    kind: 'instance.unregister',
    onRestart: 'resume',
    resources: instanceResources,
    steps: () => [stop, giveBack, findLeftovers, undefine, deleteVolumes, removeLogs, release],
    async result(run) {
      const { uuid } = run.input;
      await shown(view, uuid);
      return { uuid, notices: run.data('give-back-devices').notices };
    },
  };
}
