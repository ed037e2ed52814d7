import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, child, children, type XmlElement } from '../xml/tree.ts';

export interface DomainOn {
  readonly name: string;
  readonly active: boolean;
}

/** How many domains are asked at a time. */
const atOnce = 8;

/** The domains that have an interface on a network, running ones also by how they are to start next. */
export async function domainsOn(
  client: LibvirtClient,
  domains: readonly DomainView[],
  network: string,
): Promise<readonly DomainOn[]> {
  const left = [...domains];
  const found: DomainOn[] = [];
  const ask = async (): Promise<void> => {
    for (let domain = left.pop(); domain !== undefined; domain = left.pop()) {
      const { name, uuid, id } = domain;
      const xml = await orAbsent(client.domains.xml({ name, uuid, id }), virError.noDomain);
      const next =
        id === null
          ? null
          : await orAbsent(client.domains.xml({ name, uuid, id }, { inactive: true }), virError.noDomain);
      const now = xml !== null && isOn(parseXml(xml), network);
      if (now || (next !== null && isOn(parseXml(next), network)))
        found.push({ name, active: now && id !== null });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isOn(domain: XmlElement, network: string): boolean {
  return networkInterfaces(domain).some((each) => each.network === network);
}

/** The interfaces of a `<domain>` that are on networks of libvirt, in their order. */
export function networkInterfaces(
  domain: XmlElement,
): readonly { readonly network: string; readonly mac: string; readonly target: string | null }[] {
  const devices = child(domain, 'devices');
  return (devices === null ? [] : children(devices, 'interface')).flatMap((el) => {
    const of = (name: string, key: string): string | null => {
      const found = child(el, name);
      return found === null ? null : attribute(found, key);
    };
    const [network, mac] = [of('source', 'network'), of('mac', 'address')];
    if (attribute(el, 'type') !== 'network' || network === null || mac === null) return [];
    return [{ network, mac: mac.toLowerCase(), target: of('target', 'dev') }];
  });
}
