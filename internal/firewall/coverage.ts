import { findDomain } from '../instances/lifecycle/find-domain.ts';
import { instanceResources } from '../instances/lifecycle/target.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationLog } from '../operations/definition.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { FilterStore } from './filter-store.ts';
import { foreignFilter, withFirewall } from './interface-filter.ts';
import { changeInterfaces } from './interfaces.ts';
import { readFilter } from './read-filter.ts';

/** Gives the firewalls of instances to interfaces that come later. */
export interface Coverage {
  /** Looks at an instance now. */
  look(uuid: string, domain: string): void;
  end(): Promise<void>;
}

/**
 * Follows what is plugged in, by whomever. An interface with another filter of somebody's choice is left as it is: the firewall
 * does not include that.
 */
export function coverNewInterfaces(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'onChange'>;
  readonly filters: FilterStore;
  readonly locks: KeyedLock;
  readonly log: OperationLog;
}): Coverage {
  const { client, view, filters, locks, log } = options;
  /** Being looked at; true: it has changed meanwhile. */
  const looking = new Map<string, boolean>();
  const works = new Set<Promise<void>>();
  let ended = false;

  const cover = async (uuid: string): Promise<void> => {
    const document = await filters.document(uuid);
    const domain = await findDomain(client, uuid);
    if (document === null || domain === null) return;
    const { included } = readFilter(document);
    const changed = await changeInterfaces(client, domain, (el) => {
      const foreign = foreignFilter(el);
      return foreign === null || foreign === included ? withFirewall(el, uuid) : el;
    });
    if (changed > 0) log.info({ instance: uuid, interfaces: changed }, 'new interfaces got the firewall');
  };
  const lookUntilSame = async (uuid: string, domain: string): Promise<void> => {
    try {
      do {
        looking.set(uuid, false);
        await locks.run(instanceResources({ uuid, domain }), () => cover(uuid));
      } while (looking.get(uuid) === true && !ended);
    } catch (error) {
      log.warn({ err: error, instance: uuid }, 'an interface may be without the firewall of its instance');
    } finally {
      looking.delete(uuid);
    }
  };
  const look = (uuid: string, domain: string): void => {
    if (looking.has(uuid)) {
      looking.set(uuid, true);
      return;
    }
    looking.set(uuid, false);
    const work: Promise<void> = lookUntilSame(uuid, domain).finally(() => works.delete(work));
    works.add(work);
  };
  const unwatch = view.onChange(({ kind, type, id, name }) => {
    if (kind === 'domain' && type !== 'removed' && filters.owners().includes(id)) look(id, name);
  });
  return {
    look,
    async end() {
      ended = true;
      unwatch();
      await Promise.all(works);
    },
  };
}
