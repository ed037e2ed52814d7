import type { Caller } from '../../identity/caller.ts';
import { sees } from '../../authorization/decide.ts';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { refusedByHost } from '../../instances/changes/refused-by-host.ts';
import type { Instance as Kept, Instances } from '../../instances/instance.ts';
import type { KeyPairs } from '../../key-pairs/key-pair.ts';
import type { Lifecycle } from '../../instances/lifecycle/lifecycle.ts';
import type { Milestone, WaitForInstance } from '../../instances/wait.ts';
import type { UpdateInstance } from '../../instances/update.ts';
import type { Operations } from '../../operations/operations.ts';
import { readConfigOnce } from '../../spec/read-once.ts';
import type { GuestSetup, SpecAnswer } from '../../spec/spec.ts';
import {
  InstanceMilestone,
  InstancesServiceClient,
  type InstancesServiceServer,
  type CreateInstanceRequest,
  type ListInstancesRequest,
  type UpdateInstanceRequest,
} from '../grpc/generated/protium/v1/instances.ts';
import type { Operation } from '../grpc/generated/protium/v1/operations.ts';
import { begun as begunOperation } from './begun.ts';
import { domainStates } from './domains.ts';
import { encodeInstance, encodeReached, listedInstance } from './encode-instance.ts';
import { planned } from './encode-plan.ts';
import { instanceFinder } from './find-instance.ts';
import {
  beginMigrate,
  beginRename,
  beginResize,
  beginSave,
  pendingOf,
  type InstanceChanges,
} from './instance-changes.ts';
import { begunChange } from './instance-named.ts';
import { requireName } from './names.ts';
import { creatorOf } from './owned-by.ts';
import { ownerOf, ownerOrAdministrator } from './owner.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface InstancesSource {
  readonly instances: Pick<
    Instances,
    'list' | 'get' | 'reach' | 'check' | 'begin' | 'tryBegin' | 'remove' | 'tryRemove' | 'uuidOfUnmade'
  >;
  readonly lifecycle: Lifecycle;
  readonly changes: InstanceChanges;
  readonly wait: WaitForInstance;
  readonly keyPairs: Pick<KeyPairs, 'publicKeys'>;
  readonly update: UpdateInstance;
  readonly operations: Pick<Operations, 'get'>;
  /** The uuid of the domain of that uuid or name; undefined: there is none. */
  readonly uuidOf: (uuidOrName: string) => string | undefined;
}

/** protium.v1.InstancesService. */
export function instancesService(source: InstancesSource): V1Service {
  const { instances, lifecycle, update, changes, operations, wait, keyPairs } = source;
  const find = instanceFinder(instances, source.uuidOf);
  const begun = (id: string): { operation: Operation | undefined } => begunOperation(operations, id);
  const power = async (
    { instance, validateOnly }: { readonly instance: string; readonly validateOnly: boolean },
    change: Parameters<Lifecycle['power']>[1],
  ) => begunChange(source, await lifecycle.power(find(instance).uuid, change, { validateOnly }));

  return v1Service<InstancesServiceServer>(InstancesServiceClient, {
    listInstances: (request, { caller }) => listed(instances, request, caller),
    getInstance: async ({ instance }) => {
      const found = find(instance);
      const [reach, pending] = await Promise.all([
        instances.reach(found.uuid),
        pendingOf(changes, found.uuid),
      ]);
      return { instance: encodeReached(found, reach, pending) };
    },
    planInstance: async ({ config, owner }) => {
      const read = specOf(readConfigOnce(config ?? {}));
      return planned(await instances.check(read.spec, { owner: ownerOrAdministrator(owner) }), read);
    },
    createInstance: async (request, { caller }) => {
      const { name, owner, config, idempotencyKey } = checked(request);
      const { spec, notices } = specOf(readConfigOnce(config));
      const guest = withKeys(spec.guest, keyPairs.publicKeys(owner, request.keyPairs));
      const wanted = {
        owner,
        ...creatorOf(caller),
        name,
        domain: name,
        spec: { ...spec, name, guest },
        ...(idempotencyKey === '' ? {} : { idempotencyKey }),
        ...(request.subscription === '' ? {} : { subscription: request.subscription }),
        ...(request.lease === '' ? {} : { lease: request.lease }),
      };
      const outcome = await (request.validateOnly ? instances.tryBegin(wanted) : instances.begin(wanted));
      if (outcome.outcome === 'refused') throw refusedByHost(outcome.refusal);
      if (outcome.outcome === 'possible') {
        return { operation: undefined, uuid: '', notices: [...notices, ...outcome.notices] };
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
        { validateOnly: request.validateOnly },
      );
      return { instance: encodeInstance(updated) };
    },
    startInstance: async ({ instance, ...options }) =>
      begunChange(source, await lifecycle.start(find(instance).uuid, options)),
    stopInstance: async ({ instance, timeoutSeconds, force, onlyAsk, validateOnly }) => {
      const timeoutMs = stopSeconds(timeoutSeconds, force, onlyAsk) * 1000;
      const { uuid } = find(instance);
      return begunChange(source, await lifecycle.stop(uuid, { timeoutMs, onlyAsk, validateOnly }));
    },
    rebootInstance: (request) => power(request, 'reboot'),
    resetInstance: (request) => power(request, 'reset'),
    suspendInstance: (request) => power(request, 'suspend'),
    resumeInstance: (request) => power(request, 'resume'),
    saveInstance: async (request) =>
      begunChange(source, await beginSave(changes, find(request.instance).uuid, request)),
    renameInstance: async (request) =>
      begunChange(source, await beginRename(changes, find(request.instance).uuid, request)),
    migrateInstance: async (request) =>
      begunChange(source, await beginMigrate(changes, find(request.instance).uuid, request)),
    resizeInstance: async (request) =>
      begunChange(source, await beginResize(changes, find(request.instance).uuid, request)),
    waitInstance: async ({ instance, until, timeoutSeconds }, { signal }) => {
      if (timeoutSeconds > longestWaitSeconds) {
        throw invalid('timeout_seconds', `timeout_seconds is at most ${longestWaitSeconds}.`);
      }
      const timeoutMs = (timeoutSeconds === 0 ? 60 : timeoutSeconds) * 1000;
      const waited = await wait(find(instance).uuid, milestoneOf(until), { timeoutMs, signal });
      const pending = await pendingOf(changes, waited.instance.uuid);
      return { reached: waited.reached, instance: encodeReached(waited.instance, waited.reach, pending) };
    },
    deleteInstance: async ({ instance, keepVolumes, validateOnly }) => {
      const uuid = instances.uuidOfUnmade(instance.toLowerCase()) ?? find(instance).uuid;
      const purge = !keepVolumes;
      if (validateOnly) {
        return { operation: undefined, notices: [...(await instances.tryRemove(uuid, { purge }))] };
      }
      const { operation } = await instances.remove(uuid, { purge });
      return { ...begun(operation), notices: [] };
    },
  });
}

const longestWaitSeconds = 600;

function checked({ name, owner, config, idempotencyKey }: CreateInstanceRequest) {
  requireName(name, 'name');
  if (config === undefined) throw invalid('config', 'There is no config: it says what the VM is to have.');
  if (idempotencyKey.length > 255) throw invalid('idempotency_key', 'A key has at most 255 characters.');
  return { name, config, idempotencyKey, owner: ownerOrAdministrator(owner) };
}

function milestoneOf(until: InstanceMilestone): Milestone {
  switch (until) {
    case InstanceMilestone.INSTANCE_MILESTONE_UNSPECIFIED:
    case InstanceMilestone.INSTANCE_MILESTONE_RUNNING:
      return 'running';
    case InstanceMilestone.INSTANCE_MILESTONE_ADDRESS:
      return 'address';
    case InstanceMilestone.INSTANCE_MILESTONE_AGENT:
      return 'agent';
    default:
      throw invalid('until', 'A guest comes to RUNNING, ADDRESS or AGENT.');
  }
}

/** Keys that are not in the config let in as those do that are. */
function withKeys(guest: GuestSetup | null, keys: readonly string[]): GuestSetup | null {
  if (keys.length === 0) return guest;
  const { sshKeys, ...rest } = guest ?? { username: null, password: null, sshKeys: [], userData: null };
  return { ...rest, sshKeys: [...new Set([...sshKeys, ...keys])] };
}

function listed(instances: Pick<Instances, 'list'>, request: ListInstancesRequest, caller: Caller) {
  const { limit = 100, after } = pageOf(request);
  const states = domainStates.decodeAll(request.states);
  const owner = request.owner === '' ? undefined : ownerOf(request.owner);
  const matching = instances
    .list(owner)
    .filter(
      ({ state, owner: of, spec: { tags } }) =>
        sees(caller, of) &&
        (states.length === 0 || states.includes(state)) &&
        request.tags.every((tag) => tags.includes(tag)),
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
