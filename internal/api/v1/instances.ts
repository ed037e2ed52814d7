import { InvalidFields } from '../../errors/invalid-fields.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Instance as Kept, Instances } from '../../instances/instance.ts';
import type { Lifecycle } from '../../instances/lifecycle/lifecycle.ts';
import type { UpdateInstance } from '../../instances/update.ts';
import type { Operations } from '../../operations/operations.ts';
import type { PlacementAnswer } from '../../placement/plan.ts';
import { normaliseId, undashed } from '../../spec/ids.ts';
import { readCanallocateBody } from '../../spec/register-body.ts';
import type { SpecAnswer } from '../../spec/spec.ts';
import {
  InstancesServiceClient,
  type InstancesServiceServer,
  type CreateInstanceRequest,
  type ListInstancesRequest,
  type PlanInstanceResponse,
  type UpdateInstanceRequest,
} from '../grpc/generated/protium/v1/instances.ts';
import type { Operation } from '../grpc/generated/protium/v1/operations.ts';
import { domainStates } from './domains.ts';
import { encodeInstance, encodeReached, listedInstance } from './encode-instance.ts';
import { beginRename, beginResize, beginSave, pendingOf, type InstanceChanges } from './instance-changes.ts';
import { begunChange, begunOperation, instanceNamed } from './instance-named.ts';
import { requireName } from './names.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface InstancesSource {
  readonly instances: Pick<
    Instances,
    'list' | 'get' | 'reach' | 'check' | 'begin' | 'remove' | 'uuidOfUnmade'
  >;
  readonly lifecycle: Lifecycle;
  readonly changes: InstanceChanges;
  readonly update: UpdateInstance;
  readonly operations: Pick<Operations, 'get'>;
  /** The uuid of the domain of that uuid or name; undefined: there is none. */
  readonly uuidOf: (uuidOrName: string) => string | undefined;
}

/** protium.v1.InstancesService. */
export function instancesService(source: InstancesSource): V1Service {
  const { instances, lifecycle, update, changes } = source;
  const find = (named: string): Kept => instanceNamed(source, named);
  const begun = (id: string): { operation: Operation } => ({ operation: begunOperation(source, id) });
  const power = async (instance: string, change: Parameters<Lifecycle['power']>[1]) =>
    begun(await lifecycle.power(find(instance).uuid, change));

  return v1Service<InstancesServiceServer>(InstancesServiceClient, {
    listInstances: (request) => listed(instances, request),
    getInstance: async ({ instance }) => {
      const found = find(instance);
      const [reach, pending] = await Promise.all([
        instances.reach(found.uuid),
        pendingOf(changes, found.uuid),
      ]);
      return { instance: encodeReached(found, reach, pending) };
    },
    planInstance: async ({ config }) => {
      const read = specOf(readCanallocateBody(config ?? {}));
      return planned(await instances.check(read.spec), read);
    },
    createInstance: async (request) => {
      const { name, owner, config, idempotencyKey } = checked(request);
      const { spec, notices } = specOf(readCanallocateBody(config));
      const outcome = await instances.begin({
        owner,
        name,
        domain: name,
        spec: { ...spec, name },
        ...(idempotencyKey === '' ? {} : { idempotencyKey }),
      });
      if (outcome.outcome === 'refused') {
        const reasons = outcome.refusal.reasons.map(({ code, message }) => `${code}: ${message}`);
        throw new ProtiumError('host-incapable', reasons.join(' '), { details: { reasons } });
      }
      return {
        operation: outcome.operation === null ? undefined : begun(outcome.operation).operation,
        uuid: outcome.uuid,
        notices: [...notices, ...outcome.notices],
      };
    },
    updateInstance: async (request) => {
      const change = changeOf(request);
      const updated = await update(
        find(request.instance).uuid,
        change,
        request.etag === '' ? null : request.etag,
      );
      return { instance: encodeInstance(updated) };
    },
    startInstance: async ({ instance, suspended, discardSavedState }) =>
      begun(await lifecycle.start(find(instance).uuid, { suspended, discardSavedState })),
    stopInstance: async ({ instance, timeoutSeconds, force, onlyAsk }) => {
      const seconds = stopSeconds(timeoutSeconds, force, onlyAsk);
      return begun(await lifecycle.stop(find(instance).uuid, { timeoutMs: seconds * 1000, onlyAsk }));
    },
    rebootInstance: ({ instance }) => power(instance, 'reboot'),
    resetInstance: ({ instance }) => power(instance, 'reset'),
    suspendInstance: ({ instance }) => power(instance, 'suspend'),
    resumeInstance: ({ instance }) => power(instance, 'resume'),
    saveInstance: async (request) =>
      begunChange(source, await beginSave(changes, find(request.instance).uuid, request)),
    renameInstance: async (request) =>
      begunChange(source, await beginRename(changes, find(request.instance).uuid, request)),
    resizeInstance: async (request) =>
      begunChange(source, await beginResize(changes, find(request.instance).uuid, request)),
    deleteInstance: async ({ instance, keepVolumes }) => {
      const uuid = instances.uuidOfUnmade(instance.toLowerCase()) ?? find(instance).uuid;
      const { operation } = await instances.remove(uuid, { purge: !keepVolumes });
      return begun(operation);
    },
  });
}

/** The administrator, where nobody is named. */
const administrator = '0'.repeat(32);

function checked({ name, owner, config, idempotencyKey }: CreateInstanceRequest) {
  requireName(name, 'name');
  if (config === undefined) throw invalid('config', 'There is no config: it says what the VM is to have.');
  if (idempotencyKey.length > 255) throw invalid('idempotency_key', 'A key has at most 255 characters.');
  return { name, config, idempotencyKey, owner: owner === '' ? administrator : ownerOf(owner) };
}

function ownerOf(owner: string): string {
  const id = normaliseId(owner);
  if (id === null) throw invalid('owner', 'An owner is an id of 32 hexadecimal digits.');
  return undashed(id);
}

function listed(instances: Pick<Instances, 'list'>, request: ListInstancesRequest) {
  const { limit = 100, after } = pageOf(request);
  const states = domainStates.decodeAll(request.states);
  const owner = request.owner === '' ? undefined : ownerOf(request.owner);
  const matching = instances
    .list(owner)
    .filter(
      ({ state, spec: { tags } }) =>
        (states.length === 0 || states.includes(state)) && request.tags.every((tag) => tags.includes(tag)),
    );
  const from = after === undefined ? 0 : matching.findIndex((instance) => isAfter(instance, after));
  const page = from === -1 ? [] : matching.slice(from, from + limit);
  const last = page.at(-1);
  const more = last !== undefined && matching.at(-1) !== last;
  return { instances: page.map(listedInstance), nextPageToken: more ? tokenOf(last) : '' };
}

/** The order of the list is by time, newest first, then by uuid: a token is a place in it, whatever comes and goes. */
function tokenOf({ createdAt, uuid }: Kept): string {
  return Buffer.from(`${createdAt}/${uuid}`).toString('base64url');
}

function isAfter({ createdAt, uuid }: Kept, token: string): boolean {
  const [, time, id] = /^(.*)\/(.*)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (time === undefined || id === undefined) {
    throw invalid('page_token', 'This is no next_page_token of an answer.');
  }
  return createdAt < time || (createdAt === time && uuid > id);
}

function planned(
  answer: PlacementAnswer,
  { spec, notices }: Extract<SpecAnswer, { ok: true }>,
): PlanInstanceResponse {
  const assumed = [...spec.assumed];
  const devices = answer.devices.map(({ name, driver, iommuGroup, ...device }) => ({
    ...device,
    name: name ?? undefined,
    driver: driver ?? undefined,
    iommuGroup: iommuGroup ?? undefined,
  }));
  if (answer.ok) {
    const { warnings } = answer.plan;
    const plan = { ...answer.plan };
    return { allocatable: true, plan, reasons: [], devices, notices: [...warnings, ...notices], assumed };
  }
  const reasons = answer.refusal.reasons.map(({ code, subject, message, fix, temporary }) => ({
    code,
    subject,
    message,
    fix: fix ?? undefined,
    temporary,
  }));
  return { allocatable: false, plan: undefined, reasons, devices, notices: [...notices], assumed };
}

function specOf(answer: SpecAnswer): Extract<SpecAnswer, { ok: true }> {
  if (answer.ok) return answer;
  throw new InvalidFields(answer.errors);
}

function changeOf({ autostart, description, tags }: UpdateInstanceRequest) {
  const values = tags?.values;
  if (values !== undefined && (values.length > 64 || values.some(({ length }) => length > 128))) {
    throw invalid('tags', 'There may be 64 tags of 128 characters each.');
  }
  return {
    ...(autostart === undefined ? {} : { autostart }),
    ...(description === undefined ? {} : { description }),
    ...(values === undefined ? {} : { tags: values }),
  };
}

function stopSeconds(timeoutSeconds: number, force: boolean, onlyAsk: boolean): number {
  if (force && onlyAsk) throw invalid('force', 'Either the plug is pulled, or the guest is only asked.');
  if (timeoutSeconds > 3600) throw invalid('timeout_seconds', 'A guest gets an hour at most: 3600 s.');
  if (force) return 0;
  return timeoutSeconds === 0 ? 60 : timeoutSeconds;
}

function invalid(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}
