import type { DeviceCare } from '../devices/device-care.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { HostReader } from '../host/reader.ts';
import type { Images } from '../images/image.ts';
import type { LeaseHolds } from '../leases/holds.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Logger } from '../observability/log.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import type { SubscriptionHolds } from '../subscriptions/holds.ts';
import { createAddressBook, off } from './addresses.ts';
import { createAllocation } from './allocation.ts';
import type { Booking } from './changes/booking.ts';
import { createHostSituations } from './host-situation.ts';
import { createInstanceList } from './instance-list.ts';
import type { Instances, RegisterOutcome } from './instance.ts';
import type { ReadMedia } from './media.ts';
import type { ProjectLimits } from './project-limits.ts';
import { createPending } from './pending.ts';
import type { InstanceRecords } from './records.ts';
import { refusalOfFailure, takenMeanwhile } from './register/failure.ts';
import type { GuestSetups } from './register/guest-setups.ts';
import type { RegisterInstance } from './register/shape.ts';
import type { VolumeOwners } from '../subscriptions/volume-owners.ts';
import { createRemoval } from './removal.ts';
import type { UnregisterInstance } from './unregister/operation.ts';

export interface InstancesOptions {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly definitions: {
    readonly register: OperationDefinition<RegisterInstance>;
    readonly unregister: OperationDefinition<UnregisterInstance>;
  };
  readonly host: HostReader;
  readonly care: DeviceCare;
  /** Of changes of instances under way: what they are to have is held beside what they have. */
  readonly booking: Booking;
  /** What is held for owners. */
  readonly subscriptions: SubscriptionHolds;
  /** What is leased. */
  readonly leases: LeaseHolds;
  /** As given to the definition of register. */
  readonly setups: GuestSetups;
  /** Where new volumes are made. */
  readonly pool: { readonly name: string; readonly directory: string };
  /** How many bytes of a pool an owner's volumes take up. */
  readonly volumeBytes: VolumeOwners['bytesOf'];
  /** Left to the host itself; null: worked out from its memory. */
  readonly reservedMemoryMib: number | null;
  /** For so long the same request of the same client means the VM that was made for it. */
  readonly retryWindowMs: number;
  /** Resolves when nothing is left of what an earlier daemon began; rejects when libvirt cannot be reached. */
  readonly ready: () => Promise<void>;
  readonly records: InstanceRecords;
  readonly images: Pick<Images, 'list' | 'get' | 'hold'>;
  readonly limits: ProjectLimits;
  readonly readMedia: ReadMedia;
  /** Keeps the digests of requests from telling what was asked for. */
  readonly requestKey: Uint8Array;
  readonly log: Logger;
}

/** The use cases of instances. To be made before `operations.recover()`: what is unfinished is held from the start. */
export function createInstances(options: InstancesOptions): Instances {
  const { client, view, operations, definitions, records, log } = options;
  const pending = createPending(operations, options.images);
  const instances = createInstanceList(view, records);
  const situations = createHostSituations({ ...options, pending, changed: options.booking.held });
  options.booking.open({ situations, pending, locks: operations.locks, limits: options.limits });
  options.limits.open(() => pending.inputs());
  const { allocate, tryAllocate } = createAllocation({
    ...options,
    definition: definitions.register,
    situations,
    instances,
    pending,
  });
  const removal = createRemoval({
    client,
    view,
    operations,
    definition: definitions.unregister,
  });
  const addresses = createAddressBook({ client });
  view.onChange(({ kind, type, id }) => {
    if (kind !== 'domain' || type !== 'removed') return;
    records.forget(id);
    addresses.forget(id);
  });

  const registered = async (uuid: string, repeated: boolean): Promise<RegisterOutcome> => {
    const instance = instances.get(uuid);
    if (instance === undefined) {
      throw new ProtiumError('state-conflict', 'The VM was made, and removed by somebody else at once.', {
        details: { uuid },
      });
    }
    const xml = await client.domains.xml({ name: instance.domain, uuid, id: null });
    return {
      outcome: 'registered',
      instance,
      xml,
      notices: instance.plan.warnings,
      repeated,
    };
  };

  const made = (uuid: string) => {
    const domain = view.domain(uuid);
    const record = domain === undefined ? null : records.of(domain);
    if (domain === undefined || record === null) {
      throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    }
    return { domain, record };
  };

  return {
    async check(spec, options = {}) {
      return (await situations.plan(spec, { owner: null, ...options })).answer;
    },
    async begin(request) {
      await options.ready();
      const allocation = await allocate(request);
      if ('refusal' in allocation) return { outcome: 'refused', refusal: allocation.refusal };
      const { uuid, operation, warnings } = allocation;
      return { outcome: 'begun', uuid, operation, notices: warnings };
    },
    async tryBegin(request) {
      await options.ready();
      const tried = await tryAllocate(request);
      if ('refusal' in tried) return { outcome: 'refused', refusal: tried.refusal };
      return { outcome: 'possible', notices: tried.notices };
    },
    async register(request) {
      await options.ready();
      const allocation = await allocate(request);
      if ('refusal' in allocation) return { outcome: 'refused', refusal: allocation.refusal };
      try {
        await allocation.done;
      } catch (error) {
        const refusal = takenMeanwhile(view, allocation) ?? refusalOfFailure(error);
        if (refusal === null) throw error;
        log.warn({ err: error, uuid: allocation.uuid }, 'a VM that was placed could not be made');
        return { outcome: 'refused', refusal };
      }
      return registered(allocation.uuid, allocation.repeated);
    },
    async unregister({ owner, uuid, purge }) {
      await options.ready();
      // Not to overtake the registering of it.
      return operations.locks.run([`unregister/${uuid}`], async () => {
        const domain = view.domain(uuid);
        const record = domain === undefined ? null : records.of(domain);
        if (domain?.uuid !== uuid || record === null)
          return { outcome: 'refused', reason: 'there is no such VM' };
        if (record.owner !== owner) return { outcome: 'refused', reason: "it is another client's VM" };
        const { done, keptVolumes } = await removal.remove(domain, record, purge);
        const { notices } = await done;
        return { outcome: 'unregistered', keptVolumes, notices };
      });
    },
    async remove(uuid, { purge }) {
      await options.ready();
      const unmade = pending.find(({ input }) => input.uuid === uuid);
      if (unmade !== undefined) return removal.removeUnmade(unmade.input);
      const { domain, record } = made(uuid);
      return removal.remove(domain, record, purge);
    },
    async tryRemove(uuid, { purge }) {
      await options.ready();
      const unmade = pending.find(({ input }) => input.uuid === uuid);
      if (unmade !== undefined) {
        return [`"${unmade.input.domain}" is being made: that is given up, and what was made is removed.`];
      }
      const { domain, record } = made(uuid);
      return removal.outlook(domain, record, purge);
    },
    list: (owner) => instances.list(owner),
    get: (uuid) => instances.get(uuid),
    uuidOfUnmade: (named) =>
      pending.find(({ input }) => input.uuid === named || input.domain === named)?.input.uuid,
    async reach(uuid) {
      const domain = view.domain(uuid);
      return domain === undefined ? off : addresses.reach(domain);
    },
    situation: () => situations.current(),
  };
}
