import { ProtiumError } from '../errors/protium-error.ts';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import { protiumNamespace } from '../xml/domain/metadata.ts';
import { serializeXml } from '../xml/serialize.ts';
import { instanceMetadata } from './documents/metadata.ts';
import type { Instance, Instances } from './instance.ts';
import { instanceResources } from './lifecycle/target.ts';
import type { InstanceRecords } from './records.ts';

/** What may be changed of an instance at any time; what is left out stays. */
export interface InstanceChange {
  readonly autostart?: boolean;
  /** Empty: none. */
  readonly description?: string;
  readonly tags?: readonly string[];
}

/**
 * Changes an instance as libvirt has it now: each by the call that touches nothing else. Waits for operations on it.
 * Rejects with ProtiumError `not-found`, and `precondition-failed` when its etag is another one by now. With
 * `validateOnly` that is all: it waits for nothing, and resolves with the instance as it is.
 */
export type UpdateInstance = (
  uuid: string,
  change: InstanceChange,
  etag: string | null,
  options?: { readonly validateOnly?: boolean },
) => Promise<Instance>;

export function createUpdate(options: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly instances: Pick<Instances, 'get'>;
  readonly records: InstanceRecords;
  readonly locks: KeyedLock;
  readonly ready: () => Promise<void>;
}): UpdateInstance {
  const { client, view, instances, records, locks, ready } = options;
  const existing = (uuid: string): Instance => {
    const instance = instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    return instance;
  };
  const apply = async (instance: Instance, change: InstanceChange): Promise<void> => {
    const { domains } = client;
    const domain = await domains.lookupByUuid(instance.uuid);
    const scope = domain.id === null ? { config: true } : { config: true, live: true };
    const { autostart, description, tags } = change;
    if (autostart !== undefined) await domains.setAutostart(domain, autostart);
    if (description !== undefined) {
      await domains.setDescription(domain, description === '' ? null : description, scope);
    }
    const shown = view.domain(instance.uuid);
    const record = shown === undefined ? null : records.of(shown);
    if (tags !== undefined && record !== null) {
      const element = instanceMetadata({ ...record, spec: { ...record.spec, tags } }, 'bare');
      await domains.setMetadata(domain, protiumNamespace, 'protium', serializeXml(element), scope);
    }
  };
  const unchanged = async (uuid: string, etag: string | null): Promise<Instance> => {
    await view.refresh('domain', uuid);
    const instance = existing(uuid);
    if (etag !== null && etag !== instance.etag) {
      throw new ProtiumError('precondition-failed', 'The instance has changed since: get it anew.', {
        details: { etag: instance.etag },
      });
    }
    return instance;
  };
  return async (uuid, change, etag, { validateOnly = false } = {}) => {
    await ready();
    if (validateOnly) return unchanged(uuid, etag);
    return locks.run(instanceResources(existing(uuid)), async () => {
      const instance = await unchanged(uuid, etag);
      try {
        await apply(instance, change);
      } catch (error) {
        throw fromLibvirt(error, 'change the instance');
      } finally {
        await view.refresh('domain', uuid);
      }
      return existing(uuid);
    });
  };
}
