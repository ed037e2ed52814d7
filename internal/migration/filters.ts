import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { DomainDocument } from '../xml/domain/read.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, children, type XmlElement } from '../xml/tree.ts';
import type { FilterThere } from './shape.ts';

/** The network filters of a VM that the other host lacks, in the order in which they can be defined. */
export async function missingFilters(
  client: LibvirtClient,
  there: LibvirtClient,
  { interfaces }: DomainDocument,
): Promise<FilterThere[]> {
  const missing = new Map<string, FilterThere>();
  const seen = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    if ((await orAbsent(there.nwfilters.lookupByName(name), virError.noNwfilter)) !== null) return;
    const xml = await client.nwfilters.xml(await client.nwfilters.lookupByName(name));
    for (const included of filtersOf(parseXml(xml))) await visit(included);
    missing.set(name, { name, xml });
  };
  for (const { element } of interfaces) for (const name of filtersOf(element)) await visit(name);
  return [...missing.values()];
}

/** Names of the filters that an `<interface>` or a `<filter>` refers to. Pure. */
export function filtersOf(holder: XmlElement): readonly string[] {
  return children(holder, 'filterref').flatMap((reference) => attribute(reference, 'filter') ?? []);
}
