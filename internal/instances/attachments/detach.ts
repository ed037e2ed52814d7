import { ProtiumError } from '../../errors/protium-error.ts';
import type { Step } from '../../operations/definition.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState, type CurrentInstance } from '../changes/current-instance.ts';
import { keepRecord, recordText } from '../changes/keep-record.ts';
import type { InstanceRecord } from '../documents/metadata.ts';
import { deviceNotices } from '../lifecycle/device-notices.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import type { AttachmentParts } from './attach.ts';
import { attachmentsOf, type Attachment } from './attachments.ts';
import { detachDevice } from './detach-device.ts';
import { leavingWith, withoutDevices, withoutNetwork, withoutVolume } from './without.ts';

/** The operation `instance.detach`. */
export interface DetachFromInstance {
  readonly input: InstanceTarget & {
    readonly kind: Attachment['kind'];
    /** Target, MAC or address. */
    readonly id: string;
    /** How long the guest may take to let go. */
    readonly timeoutMs: number;
  };
  readonly result: {
    readonly uuid: string;
    readonly detached: readonly string[];
    readonly notices: readonly string[];
  };
  readonly steps: {
    'detach-devices': { intent: { ids: string[]; record: string } };
    'keep-record': { facts?: never };
    'give-back-devices': { facts: { notices: string[] } };
  };
}

/** Takes something from an instance: from what runs when its guest lets go, and then from its definition. */
export function detachFromInstance(
  parts: Pick<AttachmentParts, 'client' | 'view' | 'care'>,
): Change<DetachFromInstance> {
  const { client, view, care } = parts;
  const detach: Step<DetachFromInstance, 'detach-devices'> = {
    name: 'detach-devices',
    title: 'detach it',
    // The guest has let go: nothing gives it back what it had mounted.
    irreversibleOnceDone: true,
    async intent({ input }) {
      const { ids, record } = await leaving(client, input);
      return { ids: [...ids], record: recordText(record) };
    },
    async do({ input, signal }, { ids }) {
      const { domain } = await currentInstance(client, input.uuid);
      // The one that was named is the last to go: as long as it is there, who begins again finds the others by it.
      const present = await stillAttached(client, input, ids);
      for (const attachment of [...present].sort(
        (a, b) => Number(a.id === input.id) - Number(b.id === input.id),
      ))
        await detachDevice({ client, domain, attachment, deadlineMs: input.timeoutMs, signal });
    },
    verify: async ({ input }, { ids }) =>
      (await stillAttached(client, input, ids)).length === 0 ? 'done' : 'absent',
  };
  const keep: Step<DetachFromInstance, 'keep-record'> = {
    name: 'keep-record',
    title: 'keep the plan with the domain',
    irreversible: true,
    do: async (run) =>
      keepRecord(client, await existingDomain(client, run.input.uuid), run.data('detach-devices').record),
  };
  const giveBack: Step<DetachFromInstance, 'give-back-devices'> = {
    name: 'give-back-devices',
    title: 'give its devices back to the host',
    irreversible: true,
    async do(run) {
      if (run.input.kind !== 'host-device') return { notices: [] };
      const { ids } = run.data('detach-devices');
      return { notices: deviceNotices(await care.giveBack(run.input.uuid, ids)) };
    },
  };
  return {
    definition: {
      kind: 'instance.detach',
      onRestart: 'resume',
      resources: instanceResources,
      steps: () => [detach, keep, giveBack],
      async result(run) {
        const { uuid } = run.input;
        await shown(view, uuid);
        return {
          uuid,
          detached: run.data('detach-devices').ids,
          notices: run.data('give-back-devices').notices,
        };
      },
    },
    async check(input) {
      await leaving(client, input);
      return [];
    },
  };
}

async function stillAttached(
  client: AttachmentParts['client'],
  { uuid, kind }: DetachFromInstance['input'],
  ids: readonly string[],
): Promise<readonly Attachment[]> {
  const { definition, running } = await currentInstance(client, uuid);
  return attachmentsOf(running, definition).filter((each) => each.kind === kind && ids.includes(each.id));
}

/** What leaves, and what the instance has then. */
async function leaving(
  client: AttachmentParts['client'],
  { uuid, kind, id }: DetachFromInstance['input'],
): Promise<{ readonly ids: readonly string[]; readonly record: InstanceRecord }> {
  const current = await currentInstance(client, uuid);
  await requireNoSavedState(client, current.domain);
  const found = attachmentOf(current, kind, id);
  const { record } = current;
  switch (found.kind) {
    case 'volume': {
      const snapshots = await client.snapshots.list(current.domain);
      if (snapshots.length > 0) {
        throw new ProtiumError(
          'state-conflict',
          `The disk ${id} is part of ${snapshots.length} snapshots of the VM: delete these first.`,
          { details: { snapshots: snapshots.map(({ name }) => name) } },
        );
      }
      const { source } = found.device;
      const file = source !== null && 'path' in source ? source.path : null;
      return { ids: [id], record: file === null ? record : withoutVolume(record, file) };
    }
    case 'network-interface':
      return { ids: [id], record: withoutNetwork(uuid, record, id) };
    case 'host-device': {
      const ids = leavingWith(record.plan, id);
      return { ids, record: withoutDevices(record, ids) };
    }
  }
}

/** @throws ProtiumError `not-found` */
export function attachmentOf(
  { running, definition }: Pick<CurrentInstance, 'running' | 'definition'>,
  kind: Attachment['kind'],
  id: string,
): Attachment {
  const all = attachmentsOf(running, definition).filter((each) => each.kind === kind);
  const found = all.find((each) => each.id === id);
  if (found !== undefined) return found;
  const has = all.length === 0 ? 'it has none' : `it has ${all.map((each) => each.id).join(', ')}`;
  throw new ProtiumError('not-found', `The VM has no ${kind.replace('-', ' ')} "${id}": ${has}.`, {
    details: { kind, device: id },
  });
}
