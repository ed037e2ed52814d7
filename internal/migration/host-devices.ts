import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { hostPciAddresses, type DomainDocument } from '../xml/domain/read.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, element, find, type XmlElement } from '../xml/tree.ts';
import type { HostDeviceSituation } from './suitability.ts';

/** What of this host is passed through, and whether the other host has its like at the same place. */
export async function hostDeviceSituations(
  client: LibvirtClient,
  there: LibvirtClient,
  document: DomainDocument,
): Promise<readonly HostDeviceSituation[]> {
  const pci = await Promise.all(
    hostPciAddresses(document).map(async (address) => {
      const [own, other] = await Promise.all([kindAt(client, address), kindAt(there, address)]);
      return { id: address, there: own !== null && own === other };
    }),
  );
  // Who else is passed through is not known by a place.
  const others = document.hostDevices.flatMap((device) => {
    if (device.type === 'pci') return [];
    const id = device.type === 'mdev' ? device.uuid : (attribute(device.element, 'type') ?? 'a device');
    return [{ id, there: false }];
  });
  return [...pci, ...others];
}

/** `10de:1e84`; null: there is none. */
async function kindAt(client: LibvirtClient, address: string): Promise<string | null> {
  const name = `pci_${address.replaceAll(/[:.]/g, '_')}`;
  const device = await orAbsent(client.nodeDevices.lookupByName(name), virError.noNodeDevice);
  return device === null ? null : pciKind(parseXml(await client.nodeDevices.xml(device)));
}

/** Vendor and product of a PCI `<device>`. Pure. */
export function pciKind(device: XmlElement): string | null {
  const of = (name: string): string | null =>
    attribute(find(device, 'capability', name) ?? element('none'), 'id');
  const [vendor, product] = [of('vendor'), of('product')];
  return vendor === null || product === null ? null : `${vendor}:${product}`;
}
