import { freeDevices } from '../../devices/free-devices.ts';
import type { DeviceCare, DeviceDriver } from '../../devices/device-care.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { withoutEffect, type Step } from '../../operations/definition.ts';
import type { Change } from '../changes/begin-change.ts';
import type { Booking } from '../changes/booking.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { keepRecord, recordText } from '../changes/keep-record.ts';
import { activeDomain, existingDomain, findDomain } from '../lifecycle/find-domain.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { activateNetworks, inactiveNetworks } from '../networks.ts';
import { networkOffers } from '../offers.ts';
import { attachmentsOf } from './attachments.ts';
import { detachDevice } from './detach-device.ts';
import { prepareHostDevice, type HostDeviceRequest } from './prepare-host-device.ts';
import { prepareNetwork, type NetworkRequest } from './prepare-network.ts';
import { prepareVolume, type VolumeRequest } from './prepare-volume.ts';
import { bookFor, tryBooking, type Book, type Prepared } from './prepared.ts';

/** The operation `instance.attach`. */
export interface AttachToInstance {
  readonly input: InstanceTarget & { readonly request: VolumeRequest | NetworkRequest | HostDeviceRequest };
  /** `attached`: targets, MACs or addresses. */
  readonly result: {
    readonly uuid: string;
    readonly attached: readonly string[];
    readonly notices: readonly string[];
  };
  readonly steps: {
    prepare: { intent: { prepared: Prepared; record: string; recordBefore: string } };
    'take-devices': { intent: { devices: DeviceDriver[] } };
    'attach-devices': { facts?: never };
    'keep-record': { facts?: never };
  };
}

export interface AttachmentParts {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly care: DeviceCare;
  readonly host: Pick<HostReader, 'read'>;
  readonly booking: Booking;
  /** What is in it must not be written. */
  readonly imagePool: string;
}

/** Plugs something into an instance: into what runs and into its definition, or, while it is off, into the latter. */
export function attachToInstance(parts: AttachmentParts): Change<AttachToInstance> {
  const { client, view, care, host, booking } = parts;

  const prepare: Step<AttachToInstance, 'prepare'> = {
    name: 'prepare',
    title: 'prepare what is attached',
    async intent({ input, operationId }) {
      const { prepared, record } = await prepareFor(parts, input, bookFor(booking, operationId));
      return {
        prepared,
        record: recordText({ ...record, plan: prepared.plan }),
        recordBefore: recordText(record),
      };
    },
    async do({ input }, { prepared }) {
      if ((await activeDomain(client, input.uuid)) === null) return;
      await activateNetworks(client, await inactiveNetworks(client, prepared.networks));
    },
  };
  const take: Step<AttachToInstance, 'take-devices'> = {
    name: 'take-devices',
    title: 'take the devices from the host',
    async intent(run) {
      const { taken } = run.data('prepare').prepared;
      // One that is off gets them as it starts.
      if (taken.length === 0 || (await activeDomain(client, run.input.uuid)) === null) return { devices: [] };
      return {
        devices: freeDevices(await host.read({ maxAgeMs: 0 }), taken).map((device) => ({ ...device })),
      };
    },
    do: ({ input }, { devices }) => care.take(input.uuid, devices),
    async undo({ input }, { devices }) {
      await care.giveBack(
        input.uuid,
        devices.map(({ address }) => address),
      );
    },
  };
  const attach: Step<AttachToInstance, 'attach-devices'> = {
    name: 'attach-devices',
    title: 'attach it',
    async do(run) {
      const domain = await existingDomain(client, run.input.uuid);
      const scope = domain.id === null ? { config: true } : { config: true, live: true };
      for (const [index, { xml }] of run.data('prepare').prepared.devices.entries()) {
        try {
          await client.domains.attachDevice(domain, xml, scope);
        } catch (error) {
          const failure = fromLibvirt(error, 'attach it');
          throw error instanceof LibvirtError && index === 0 ? withoutEffect(failure) : failure;
        }
      }
    },
    /** All of it, wherever it belongs. */
    async verify(run) {
      if ((await findDomain(client, run.input.uuid)) === null) return 'absent';
      const { definition, running } = await currentInstance(client, run.input.uuid);
      const present = attachmentsOf(running, definition).filter(
        (each) =>
          each.kind === run.input.request.kind && each.configured && (running === null || each.running),
      );
      const ids = new Set(present.map(({ id }) => id));
      return run.data('prepare').prepared.devices.every(({ id }) => id === null || ids.has(id))
        ? 'done'
        : 'absent';
    },
    async undo(run) {
      // Nothing is plugged into what somebody else has removed.
      if ((await findDomain(client, run.input.uuid)) === null) return;
      const { definition, running, domain } = await currentInstance(client, run.input.uuid);
      const ids = run.data('prepare').prepared.devices.flatMap(({ id }) => id ?? []);
      for (const attachment of attachmentsOf(running, definition)) {
        if (attachment.kind !== run.input.request.kind || !ids.includes(attachment.id)) continue;
        await detachDevice({ client, domain, attachment, deadlineMs: undoPatienceMs });
      }
    },
    leftBehind: (run) =>
      run
        .data('prepare')
        .prepared.devices.flatMap(({ id }) => id ?? [])
        .join(', '),
  };
  const keep: Step<AttachToInstance, 'keep-record'> = {
    name: 'keep-record',
    title: 'keep the plan with the domain',
    do: async (run) =>
      keepRecord(client, await existingDomain(client, run.input.uuid), run.data('prepare').record),
    async undo(run) {
      const domain = await findDomain(client, run.input.uuid);
      if (domain !== null) await keepRecord(client, domain, run.data('prepare').recordBefore);
    },
  };
  return {
    definition: {
      kind: 'instance.attach',
      // To take it back, the guest would have to let go of it.
      onRestart: 'resume',
      resources: (input) => [
        ...instanceResources(input),
        // Two that want the same volume: the second one must find that the first has it.
        ...(input.request.kind === 'volume' ? [`volume/${input.request.pool}/${input.request.name}`] : []),
      ],
      steps: () => [prepare, take, attach, keep],
      async result(run) {
        await shown(view, run.input.uuid);
        const { devices, notices } = run.data('prepare').prepared;
        return { uuid: run.input.uuid, attached: devices.flatMap(({ id }) => id ?? []), notices };
      },
    },
    check: async (input) => (await prepareFor(parts, input, tryBooking(booking))).prepared.notices,
  };
}

/** A guest that takes longer to let go of what it was just given keeps it until it is off. */
const undoPatienceMs = 10_000;

async function prepareFor(parts: AttachmentParts, { uuid, request }: AttachToInstance['input'], book: Book) {
  const { client, view, booking, imagePool } = parts;
  const current = await currentInstance(client, uuid);
  await requireNoSavedState(client, current.domain);
  const { record } = current;
  switch (request.kind) {
    case 'volume': {
      const surroundings = { view, promised: booking.promisedDisks(), imagePool };
      return { record, prepared: prepareVolume(current, request, surroundings) };
    }
    case 'network-interface':
      return { record, prepared: prepareNetwork(current, request, networkOffers(view)) };
    case 'host-device':
      return { record, prepared: await prepareHostDevice(parts, current, request, book) };
  }
}
