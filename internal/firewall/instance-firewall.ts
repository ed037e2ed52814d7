import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Instance, Instances } from '../instances/instance.ts';
import { existingDomain } from '../instances/lifecycle/find-domain.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import { requireBridgeFiltering } from './bridge-filtering.ts';
import type { FilterStore } from './filter-store.ts';
import { isOpen, openFirewall, type Firewall } from './firewall.ts';
import { filterToInclude, requireNoSavedState, unfilteredInterfaces } from './interfaces.ts';
import { openEtag, readFilter } from './read-filter.ts';
import { requireEtag, type ReplaceFirewall } from './replace-firewall.ts';

export interface ShownFirewall extends Firewall {
  /** uuid. */
  readonly instance: string;
  /** Whether there is one at all. */
  readonly enabled: boolean;
  /** A filter of others that applies too; null: none. */
  readonly included: string | null;
  /** The filter has rules that are not of our making. */
  readonly changedByOthers: boolean;
  /** MAC addresses of the interfaces that it does not hold for. */
  readonly unfiltered: readonly string[];
  readonly etag: string;
}

/** The use cases of firewalls. All reject with `not-found` for an instance that is not there. */
export interface InstanceFirewall {
  get(uuid: string): Promise<ShownFirewall>;
  /** Resolves with the operation's id; null: a dry run. */
  replace(
    uuid: string,
    firewall: Firewall,
    options: { readonly etag: string | null; readonly validateOnly: boolean },
  ): Promise<string | null>;
}

export function createInstanceFirewall(options: {
  readonly client: LibvirtClient;
  readonly filters: FilterStore;
  readonly instances: Pick<Instances, 'get'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<ReplaceFirewall>;
  /** The host's root directory. */
  readonly hostRoot: string;
  readonly ready: () => Promise<void>;
}): InstanceFirewall {
  const { client, filters, instances, operations, definition, hostRoot, ready } = options;
  const existing = async (uuid: string): Promise<Instance> => {
    await ready();
    const instance = instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    return instance;
  };
  const failing = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fromLibvirt(error, doing);
    }
  };
  return {
    async get(named) {
      const { uuid } = await existing(named);
      return failing('read the firewall', async () => {
        const document = await filters.document(uuid);
        const none = { firewall: openFirewall, included: null, changedByOthers: false, etag: openEtag };
        const { firewall, ...read } = document === null ? none : readFilter(document);
        const domain = await existingDomain(client, uuid);
        const unfiltered = document === null ? [] : await unfilteredInterfaces(client, domain, uuid);
        return { ...firewall, ...read, instance: uuid, enabled: document !== null, unfiltered };
      });
    },
    async replace(named, firewall, { etag, validateOnly }) {
      const { uuid, domain, owner } = await existing(named);
      await failing('look at the firewall', async () => {
        const document = await filters.document(uuid);
        requireEtag(etag, document);
        const ref = await existingDomain(client, uuid);
        // Rules alone are changed at any time.
        if (isOpen(firewall) === (document !== null)) await requireNoSavedState(client, ref);
        if (isOpen(firewall)) return;
        requireBridgeFiltering(hostRoot);
        const included = document === null ? null : readFilter(document).included;
        await filterToInclude(client, ref, uuid, included);
      });
      if (validateOnly) return null;
      return (await operations.start(definition, { uuid, domain, firewall, etag }, { owner })).id;
    },
  };
}
