import type { LibvirtClient } from '../libvirt/client.ts';
import { LibvirtError, UnsupportedCallError } from '../libvirt/error.ts';
import type { CpuComparison } from '../libvirt/objects.ts';
import type { DomainDocument } from '../xml/domain/read.ts';
import { parseXml } from '../xml/parse.ts';
import { serializeXml } from '../xml/serialize.ts';
import { attribute, child, children, element, path as elementsAt, type XmlElement } from '../xml/tree.ts';

type Query = Parameters<LibvirtClient['host']['domainCapabilities']>[0];

/** Whether the other host can give a guest the CPU that it has here; null: it cannot be told. */
export async function compareCpu(
  client: LibvirtClient,
  there: LibvirtClient,
  definition: XmlElement,
  { tree }: DomainDocument,
  query: Query,
): Promise<CpuComparison | null> {
  try {
    const cpu = namedCpu(tree) ?? hostCpu(parseXml(await client.host.domainCapabilities(query)));
    if (cpu === null || child(definition, 'cpu') === null) return null;
    return await there.host.compareHypervisorCpu(serializeXml(cpu), query);
  } catch (error) {
    // An older libvirt, another architecture, a model that it does not know: libvirt itself decides at the move.
    if (error instanceof LibvirtError || error instanceof UnsupportedCallError) return null;
    throw error;
  }
}

/** The CPU of a domain that names its model; null: it has whatever the host has. Pure. */
export function namedCpu(domain: XmlElement): XmlElement | null {
  const cpu = child(domain, 'cpu');
  if (cpu === null || child(cpu, 'model') === null) return null;
  return comparable(cpu);
}

/** What a host gives to a guest that is to have all, as a CPU of its own; null: it does not say. Pure. */
export function hostCpu(capabilities: XmlElement): XmlElement | null {
  const mode = elementsAt(capabilities, 'cpu', 'mode').find(
    (each) => attribute(each, 'name') === 'host-model' && attribute(each, 'supported') === 'yes',
  );
  return mode === undefined ? null : comparable(mode);
}

function comparable(holder: XmlElement): XmlElement {
  const kept = children(holder).filter(({ name }) => ['model', 'vendor', 'feature'].includes(name));
  return element('cpu', { mode: 'custom', match: 'exact' }, kept);
}
