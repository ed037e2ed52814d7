import { ProtiumError } from '../errors/protium-error.ts';
import type { Images } from '../images/image.ts';
import type { LeaseHolds } from '../leases/holds.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import type { Refusal } from '../placement/plan.ts';
import type { HostSituations } from './host-situation.ts';
import type { InstanceList } from './instance-list.ts';
import type { RegisterRequest } from './instance.ts';
import type { PendingInstance, PendingInstances } from './pending.ts';
import type { InstanceRecords } from './records.ts';
import type { GuestSetups } from './register/guest-setups.ts';
import { holdImages } from './register/image-holds.ts';
import { idempotentUuid } from './register/idempotent-uuid.ts';
import { registerInput } from './register/input.ts';
import { requestDigest } from './register/request-digest.ts';
import type { RegisterInput, RegisterInstance } from './register/shape.ts';
import type { SubscriptionHolds } from '../subscriptions/holds.ts';

export interface AllocationOptions {
  readonly view: Pick<LiveView, 'domain'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<RegisterInstance>;
  readonly situations: HostSituations;
  readonly instances: InstanceList;
  readonly records: InstanceRecords;
  readonly pending: PendingInstances;
  readonly subscriptions: Pick<SubscriptionHolds, 'requireFree' | 'occupy'>;
  readonly leases: Pick<LeaseHolds, 'idOf' | 'requireFree' | 'occupy' | 'limit'>;
  readonly images: Pick<Images, 'get' | 'hold'>;
  /** As given to the definition. */
  readonly setups: GuestSetups;
  /** Where new volumes are made. */
  readonly pool: RegisterInput['pool'];
  /** For so long the same request of the same client means the VM that was made for it. */
  readonly retryWindowMs: number;
  /** Keeps the digests of requests from telling what was asked for. */
  readonly requestKey: Uint8Array;
}

/** An operation that makes an instance, or made it before. */
export interface Allocation {
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

/** Plans and journals, one request at a time: what one gets, the next one cannot. */
export type Allocate = (request: RegisterRequest) => Promise<Allocation | { readonly refusal: Refusal }>;

/** The same up to the journal, which it does not come to; resolves with what a person should know. */
export type TryAllocate = (
  request: RegisterRequest,
) => Promise<{ readonly notices: readonly string[] } | { readonly refusal: Refusal }>;

export function createAllocation(options: AllocationOptions): {
  readonly allocate: Allocate;
  readonly tryAllocate: TryAllocate;
} {
  const { view, operations, definition, situations, instances, records, pending, setups, pool } = options;

  const thereAlready = (uuid: string): Allocation => ({
    uuid,
    operation: operationOf(uuid),
    done: Promise.resolve(),
    repeated: true,
    pci: [],
    warnings: instances.get(uuid)?.plan.warnings ?? [],
  });
  const operationOf = (uuid: string): string | null =>
    operations.list({ kind: definition.kind, resource: `instance/${uuid}`, limit: 1 }).operations[0]?.id ??
    null;

  /** What answers the very same request of a short while ago; null: nothing does. */
  const repeated = ({ owner }: RegisterRequest, digest: string): Allocation | null => {
    const before = instances.earlier(owner, digest, options.retryWindowMs);
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
    const release = holdImages(options.images, register);
    const forget = () => {
      setups.forget(uuid);
      release();
    };
    if (spec.guest !== null) setups.keep(uuid, spec.guest);
    try {
      requireImages(register);
      const operation = await operations.start(definition, register, { owner });
      operation.done.then(forget, forget);
      return operation;
    } catch (error) {
      forget();
      throw error;
    }
  };

  /** Held from now on, they cannot go; while it was planned they could. */
  const requireImages = ({ volumes }: RegisterInput): void => {
    for (const { backing } of volumes) {
      if (backing === undefined || backing === null) continue;
      const { imageId, imageName, pool: of, name } = backing;
      const image = options.images.get(imageId);
      if (image?.volume.pool === of && image.volume.name === name) continue;
      throw new ProtiumError('not-found', `The image "${imageName}" was deleted while the VM was planned.`, {
        details: { image: imageName },
      });
    }
  };

  const isThere = (uuid: string): boolean =>
    view.domain(uuid) !== undefined || pending.find(({ input }) => input.uuid === uuid) !== undefined;

  const prepare = async (
    request: RegisterRequest,
  ): Promise<
    | Allocation
    | { readonly refusal: Refusal }
    | { readonly register: RegisterInput; readonly until: number | null }
  > => {
    const { owner, idempotencyKey, domain } = request;
    const digest = requestDigest(options.requestKey, request);
    const uuid =
      idempotencyKey === undefined ? null : idempotentUuid(options.requestKey, owner, idempotencyKey);
    // Who names the domain, or gives a key, means a new one unless the key says otherwise.
    const before =
      uuid !== null ? begunBefore(uuid, digest) : domain === undefined ? repeated(request, digest) : null;
    if (before !== null) return before;
    const { subscription, lease } = request;
    if (subscription !== undefined && lease !== undefined) {
      throw new ProtiumError('argument-invalid', 'A VM lives on a subscription or on a lease, not on both.', {
        details: { field: 'lease' },
      });
    }
    if (subscription !== undefined) options.subscriptions.requireFree(subscription, request, isThere);
    if (lease !== undefined) options.leases.requireFree(lease, request, isThere);
    const { input, answer, until } = await situations.plan(request.spec, request);
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
    return { register, until };
  };

  /** A lease may be said by its name. */
  const named = (request: RegisterRequest): RegisterRequest =>
    request.lease === undefined
      ? request
      : { ...request, lease: options.leases.idOf(request.owner, request.lease) };

  const allocate: Allocate = (asked) =>
    operations.locks.run(['allocation'], async () => {
      const request = named(asked);
      const prepared = await prepare(request);
      if (!('register' in prepared)) return prepared;
      const { register, until } = prepared;
      if (request.subscription !== undefined) {
        // Before it is begun: whatever becomes of it, the subscription holds what was planned for it.
        options.subscriptions.occupy(request.subscription, register.uuid, register.plan);
      }
      if (request.lease !== undefined) options.leases.occupy(request.lease, register.uuid, register.plan);
      if (until !== null) {
        const { uuid, name, owner } = register;
        options.leases.limit({ uuid, name, owner, spec: request.spec }, register.plan, until);
      }
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

  const tryAllocate: TryAllocate = (request) =>
    operations.locks.run(['allocation'], async () => {
      const prepared = await prepare(named(request));
      if ('refusal' in prepared) return prepared;
      if ('register' in prepared) {
        requireImages(prepared.register);
        return { notices: prepared.register.plan.warnings };
      }
      const { uuid, warnings } = prepared;
      return {
        notices: [`The idempotency key was used for this before: it means the VM ${uuid}.`, ...warnings],
      };
    });
  return { allocate, tryAllocate };
}
