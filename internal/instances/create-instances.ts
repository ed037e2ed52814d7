import type { DeviceCare } from '../devices/device-care.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { HostReader } from '../host/reader.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { Logger } from '../observability/log.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import { planPlacement } from '../placement/place.ts';
import type { PlacementInput, PlacementPolicy, Refusal } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import { createAddressBook, off } from './addresses.ts';
import { claimOfDomain } from './claims.ts';
import type { InstanceRecord } from './documents/metadata.ts';
import { seedName } from './documents/names.ts';
import type {
  HostSituation,
  Instance,
  Instances,
  RegisterOutcome,
  RegisterRequest,
  Removal,
} from './instance.ts';
import { networkOffers, volumeOffers } from './offers.ts';
import { createPending, type PendingInstance } from './pending.ts';
import type { InstanceRecords } from './records.ts';
import { refusalOfFailure, takenMeanwhile } from './register/failure.ts';
import type { GuestSetups } from './register/guest-setups.ts';
import { idempotentUuid } from './register/idempotent-uuid.ts';
import { registerInput } from './register/input.ts';
import { requestDigest } from './register/request-digest.ts';
import type { RegisterInput, RegisterInstance } from './register/shape.ts';
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
  /** As given to the definition of register. */
  readonly setups: GuestSetups;
  /** Where new volumes are made. */
  readonly pool: { readonly name: string; readonly directory: string };
  /** Left to the host itself; null: worked out from its memory. */
  readonly reservedMemoryMib: number | null;
  /** For so long the same request of the same client means the VM that was made for it. */
  readonly retryWindowMs: number;
  /** Resolves when nothing is left of what an earlier daemon began; rejects when libvirt cannot be reached. */
  readonly ready: () => Promise<void>;
  readonly records: InstanceRecords;
  /** Keeps the digests of requests from telling what was asked for. */
  readonly requestKey: Uint8Array;
  readonly log: Logger;
}

/** An operation that makes an instance, or made it before. */
interface Allocation {
  readonly uuid: string;
  /** null: it is no longer known. */
  readonly operation: string | null;
  readonly done: Promise<unknown>;
  readonly repeated: boolean;
  /** Host devices that it is to have. */
  readonly pci: readonly string[];
  /** Of its plan. */
  readonly warnings: readonly string[];
}

/** Facts of the host as old as this are good enough where no device is asked for. */
const factsMaxAgeMs = 5000;
/** What QEMU takes beside the guest's memory. */
const overheadMib = 128;

/** The use cases of instances. To be made before `operations.recover()`: what is unfinished is held from the start. */
export function createInstances(options: InstancesOptions): Instances {
  const { client, view, operations, definitions, host, care, setups, pool, records, log } = options;
  const pending = createPending(operations);
  const addresses = createAddressBook({ client });
  view.onChange(({ kind, type, id }) => {
    if (kind !== 'domain' || type !== 'removed') return;
    records.forget(id);
    addresses.forget(id);
  });

  const policy = (totalMib: number): PlacementPolicy => {
    const row = view.pool(pool.name);
    return {
      reservedMemoryMib: options.reservedMemoryMib ?? reservedOf(totalMib),
      overheadMib,
      pool: { name: pool.name, availableBytes: row === undefined ? null : Number(row.availableBytes) },
    };
  };

  const claims = () => {
    const underway = pending.claims();
    const held = new Set(underway.map(({ holder }) => holder));
    const settled = view
      .domains()
      .filter(({ uuid }) => !held.has(uuid))
      .flatMap((domain) => claimOfDomain(domain, records.of(domain), overheadMib) ?? []);
    return [...settled, ...underway];
  };

  const placementInput = async (spec: Spec): Promise<PlacementInput> => {
    if (view.status().ageMs === null) throw unread();
    // Who uses a device may have changed a moment ago.
    const facts = await host.read({ maxAgeMs: spec.pci.length > 0 ? 0 : factsMaxAgeMs });
    return {
      spec,
      host: facts,
      claims: claims(),
      conditions: care.conditions(facts),
      networks: networkOffers(view),
      volumes: volumeOffers(view, pending.disks()),
      policy: policy(facts.memory.totalMib),
    };
  };

  const instanceOf = (uuid: string): Instance | undefined => {
    const domain = view.domain(uuid);
    if (domain === undefined) return undefined;
    const record = records.of(domain);
    if (record === null) return undefined;
    const { owner, name, spec, plan, createdAt, createdVolumes, sshHostKeys } = record;
    return {
      uuid: domain.uuid,
      domain: domain.name,
      name,
      owner,
      spec,
      plan,
      state: domain.state,
      sshHostKeys,
      createdAt,
      autostart: domain.autostart,
      description: domain.description,
      createdVolumes,
      etag: `${domain.documentDigest}-${domain.state}`,
    };
  };

  const list = (owner?: string): readonly Instance[] =>
    view
      .domains()
      .flatMap(({ uuid }) => instanceOf(uuid) ?? [])
      .filter((instance) => owner === undefined || instance.owner === owner)
      .sort((a, b) =>
        a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.uuid < b.uuid ? -1 : 1,
      );

  const registered = async (uuid: string, repeated: boolean): Promise<RegisterOutcome> => {
    const instance = instanceOf(uuid);
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

  const thereAlready = (uuid: string): Allocation => ({
    uuid,
    operation: operationOf(uuid),
    done: Promise.resolve(),
    repeated: true,
    pci: [],
    warnings: instanceOf(uuid)?.plan.warnings ?? [],
  });
  const operationOf = (uuid: string): string | null =>
    operations.list({ kind: definitions.register.kind, resource: `instance/${uuid}`, limit: 1 }).operations[0]
      ?.id ?? null;

  /** What answers the very same request of a short while ago; null: nothing does. */
  const repeated = ({ owner }: RegisterRequest, digest: string): Allocation | null => {
    const before = earlier(list(owner), records, view, digest, options.retryWindowMs);
    if (before !== null) return thereAlready(before);
    const underway = pending.find(({ input }) => input.owner === owner && input.requestDigest === digest);
    return underway === undefined ? null : pendingAllocation(underway);
  };

  /** What was begun with the same idempotency key; null: nothing was. */
  const begunBefore = (uuid: string, digest: string): Allocation | null => {
    const underway = pending.find(({ input }) => input.uuid === uuid);
    const domain = view.domain(uuid);
    const record = domain === undefined ? null : records.of(domain);
    const known = underway?.input.requestDigest ?? record?.requestDigest;
    if (known === undefined) return null;
    if (known !== digest) {
      throw new ProtiumError(
        'definition-conflict',
        'The idempotency key was used before, for another request. Use a new key for a new request.',
        { details: { uuid } },
      );
    }
    return underway === undefined ? thereAlready(uuid) : pendingAllocation(underway);
  };
  const pendingAllocation = ({ input, done }: PendingInstance): Allocation => ({
    uuid: input.uuid,
    operation: operationOf(input.uuid),
    done,
    repeated: true,
    pci: input.plan.pci.map(({ address }) => address),
    warnings: input.plan.warnings,
  });

  const begin = async (register: RegisterInput, { owner, spec }: RegisterRequest) => {
    const { uuid } = register;
    const forget = () => setups.forget(uuid);
    if (spec.guest !== null) setups.keep(uuid, spec.guest);
    try {
      const operation = await operations.start(definitions.register, register, { owner });
      operation.done.then(forget, forget);
      return operation;
    } catch (error) {
      forget();
      throw error;
    }
  };

  /** Plans and journals, one request at a time: what one gets, the next one cannot. */
  const allocate = (request: RegisterRequest): Promise<Allocation | { readonly refusal: Refusal }> =>
    operations.locks.run(['allocation'], async () => {
      const { owner, idempotencyKey, domain } = request;
      const digest = requestDigest(options.requestKey, request);
      const uuid =
        idempotencyKey === undefined ? null : idempotentUuid(options.requestKey, owner, idempotencyKey);
      // Who names the domain, or gives a key, means a new one unless the key says otherwise.
      const before =
        uuid !== null ? begunBefore(uuid, digest) : domain === undefined ? repeated(request, digest) : null;
      if (before !== null) return before;
      const input = await placementInput(request.spec);
      const answer = planPlacement(input);
      if (!answer.ok) return { refusal: answer.refusal };
      const names = pending.domainNames();
      const isTaken = (name: string) => names.has(name) || view.domain(name) !== undefined;
      if (domain !== undefined && isTaken(domain)) {
        throw new ProtiumError('already-exists', `There is a domain "${domain}" already.`, {
          details: { domain },
        });
      }
      const register = registerInput({
        request,
        requestDigest: digest,
        ...(uuid === null ? {} : { uuid }),
        plan: answer.plan,
        hypervisor: input.host.hypervisor,
        pool,
        isTaken,
      });
      const operation = await begin(register, request);
      // The operation sees to it that the domain is in the view before its claim goes.
      pending.add(register, operation.done);
      return {
        uuid: register.uuid,
        operation: operation.id,
        done: operation.done,
        repeated: false,
        pci: register.plan.pci.map(({ address }) => address),
        warnings: register.plan.warnings,
      };
    });

  const beginRemoval = async (
    { uuid, name }: DomainView,
    { owner, createdVolumes, seedPool }: InstanceRecord,
    purge: boolean,
  ): Promise<Removal> => {
    const others = new Set(view.domains().flatMap((other) => (other.uuid === uuid ? [] : other.diskPaths)));
    const shared = new Set(
      view
        .volumes()
        .filter(({ path }) => path !== null && others.has(path))
        .map(({ name: volume }) => volume),
    );
    const volumes = purge ? createdVolumes.filter(({ name: volume }) => !shared.has(volume)) : [];
    const { id, done } = await operations.start(
      definitions.unregister,
      {
        uuid,
        domain: name,
        volumes: [
          ...volumes.map(({ pool: of, name: volume }) => ({ pool: of, name: volume })),
          // It holds secrets, so it never stays.
          ...(seedPool === null ? [] : [{ pool: seedPool, name: seedName(uuid) }]),
        ],
      },
      { owner },
    );
    return {
      operation: id,
      done,
      keptVolumes: createdVolumes.filter((volume) => !volumes.includes(volume)).map((volume) => volume.id),
    };
  };

  let situation: HostSituation | null = null;

  return {
    async check(spec) {
      return planPlacement(await placementInput(spec));
    },
    async begin(request) {
      await options.ready();
      const allocation = await allocate(request);
      if ('refusal' in allocation) return { outcome: 'refused', refusal: allocation.refusal };
      const { uuid, operation, warnings } = allocation;
      return { outcome: 'begun', uuid, operation, notices: warnings };
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
        const { done, keptVolumes } = await beginRemoval(domain, record, purge);
        const { notices } = await done;
        return { outcome: 'unregistered', keptVolumes, notices };
      });
    },
    async remove(uuid, { purge }) {
      await options.ready();
      const domain = view.domain(uuid);
      const record = domain === undefined ? null : records.of(domain);
      if (domain === undefined || record === null) {
        throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
      }
      return beginRemoval(domain, record, purge);
    },
    list,
    get: instanceOf,
    async reach(uuid) {
      const domain = view.domain(uuid);
      return domain === undefined ? off : addresses.reach(domain);
    },
    situation(): HostSituation {
      const facts = host.current();
      void host.read({ maxAgeMs: factsMaxAgeMs }).catch((error: unknown) => {
        log.debug({ err: error }, 'the host could not be read');
      });
      const { ageMs, revision: viewRevision } = view.status();
      if (facts === null || ageMs === null) throw unread();
      const revision = `${viewRevision}/${pending.revision()}/${care.revision()}/${facts.readAt}`;
      // Asked for at every status request: the claims of a thousand domains are not counted again for each.
      if (situation?.revision !== revision) {
        situation = {
          facts,
          claims: claims(),
          conditions: care.conditions(facts),
          policy: policy(facts.memory.totalMib),
          revision,
        };
      }
      return situation;
    },
  };
}

function unread(): ProtiumError {
  return new ProtiumError('libvirt-unavailable', 'libvirt has not been read yet; is libvirtd running?');
}

/** A sixteenth of the memory, at least 512 MiB, at most 8 GiB. */
function reservedOf(totalMib: number): number {
  return Math.min(8192, Math.max(512, Math.floor(totalMib / 16)));
}

/** The instance that the same request made within the window; null: there is none. */
function earlier(
  instances: readonly Instance[],
  records: InstanceRecords,
  view: LiveView,
  requestDigest: string,
  windowMs: number,
): string | null {
  const since = Date.now() - windowMs;
  const found = instances.find(({ uuid, createdAt }) => {
    const domain = view.domain(uuid);
    const record = domain === undefined ? null : records.of(domain);
    return record?.requestDigest === requestDigest && Date.parse(createdAt) >= since;
  });
  return found?.uuid ?? null;
}
