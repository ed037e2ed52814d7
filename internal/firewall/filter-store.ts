import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { serializeXml } from '../xml/serialize.ts';
import { filterElement, filterName, filterOwner } from './filter-document.ts';
import type { Firewall } from './firewall.ts';
import { filterUuid } from './read-filter.ts';

/** The filters of instances, which are kept by libvirt alone. Rejects as the client's calls do. */
export interface FilterStore {
  /** Reads which instances have one. Where libvirt has no network filters, none has. */
  load(): Promise<void>;
  /** uuids of the instances that had one when they were loaded, and since. */
  owners(): readonly string[];
  /** The `<filter>` of an instance; null: it has none. */
  document(uuid: string): Promise<string | null>;
  put(uuid: string, firewall: Firewall, included: string | null): Promise<void>;
  /** A `<filter>` as document() gave it. */
  restore(uuid: string, document: string): Promise<void>;
  /** Does nothing where there is none. */
  remove(uuid: string): Promise<void>;
}

export function createFilterStore({ nwfilters }: Pick<LibvirtClient, 'nwfilters'>): FilterStore {
  const owners = new Set<string>();
  const find = (uuid: string) =>
    orAbsent(orAbsent(nwfilters.lookupByName(filterName(uuid)), virError.noNwfilter), virError.noSupport);
  const document = async (uuid: string): Promise<string | null> => {
    const filter = await find(uuid);
    return filter === null ? null : orAbsent(nwfilters.xml(filter), virError.noNwfilter);
  };
  return {
    async load() {
      const filters = (await orAbsent(nwfilters.list(), virError.noSupport)) ?? [];
      for (const { name } of filters) {
        const owner = filterOwner(name);
        if (owner !== null) owners.add(owner);
      }
    },
    owners: () => [...owners],
    document,
    async put(uuid, firewall, included) {
      const present = await document(uuid);
      // libvirt replaces a filter only under the uuid that it has.
      const own = present === null ? uuid : (filterUuid(present) ?? uuid);
      const tree = filterElement({ name: filterName(uuid), uuid: own, firewall, included });
      await nwfilters.define(serializeXml(tree));
      owners.add(uuid);
    },
    async restore(uuid, kept) {
      await nwfilters.define(kept);
      owners.add(uuid);
    },
    async remove(uuid) {
      const filter = await find(uuid);
      if (filter !== null) await orAbsent(nwfilters.undefine(filter), virError.noNwfilter);
      owners.delete(uuid);
    },
  };
}
