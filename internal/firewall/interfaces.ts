import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { DomainRef } from '../libvirt/objects.ts';
import { parseXml } from '../xml/parse.ts';
import { serializeXml } from '../xml/serialize.ts';
import type { XmlElement } from '../xml/tree.ts';
import { foreignFilter, hasFirewall, interfacesOf, isFilterable, macOf } from './interface-filter.ts';

type Client = Pick<LibvirtClient, 'domains'>;

interface Scope {
  readonly scope: { readonly live?: true; readonly config?: true };
  readonly interfaces: readonly XmlElement[];
}

/** The interfaces of a domain: as they are to be at its next start, and as they are while it runs. */
async function scopesOf({ domains }: Client, domain: DomainRef): Promise<readonly Scope[]> {
  const read = async (scope: Scope['scope']): Promise<Scope> => {
    const xml = await domains.xml(domain, { inactive: scope.config === true });
    return { scope, interfaces: interfacesOf(parseXml(xml)) };
  };
  return [
    ...((await domains.isPersistent(domain)) ? [await read({ config: true })] : []),
    ...(domain.id === null ? [] : [await read({ live: true })]),
  ];
}

/**
 * Changes interfaces of a domain, in its current definition and while it runs; one that `change` gives back as it was is left
 * alone. @returns how many were changed
 */
export async function changeInterfaces(
  client: Client,
  domain: DomainRef,
  change: (el: XmlElement) => XmlElement,
): Promise<number> {
  let changes = 0;
  for (const { scope, interfaces } of await scopesOf(client, domain)) {
    for (const before of interfaces) {
      const after = change(before);
      if (after === before) continue;
      await client.domains.updateDevice(domain, serializeXml(after), scope);
      changes += 1;
    }
  }
  return changes;
}

/** MAC addresses of the interfaces, running or to come, that have no firewall. */
export async function unfilteredInterfaces(
  client: Client,
  domain: DomainRef,
  uuid: string,
): Promise<readonly string[]> {
  const scopes = await scopesOf(client, domain);
  const bare = scopes.flatMap(({ interfaces }) => interfaces.filter((el) => !hasFirewall(el, uuid)));
  return [...new Set(bare.map(macOf))].toSorted();
}

/**
 * The filter of others that the interfaces have, which the firewall is to include; null: none.
 *
 * @throws ProtiumError `state-conflict` when there are several, or an interface that libvirt cannot filter
 */
export async function filterToInclude(
  client: Client,
  domain: DomainRef,
  uuid: string,
  /** By the firewall that is there. */
  included: string | null,
): Promise<string | null> {
  const interfaces = (await scopesOf(client, domain)).flatMap((each) => each.interfaces);
  const unfit = interfaces.find((el) => !isFilterable(el));
  if (unfit !== undefined) {
    const type = unfit.attributes.find(({ name }) => name === 'type')?.value ?? '';
    throw new ProtiumError(
      'state-conflict',
      `The network interface ${macOf(unfit)} is of the type "${type}", which libvirt cannot filter: a firewall would not ` +
        'hold. Put it on a network or a bridge.',
      { details: { mac: macOf(unfit), type } },
    );
  }
  const filters = new Set(interfaces.map((el) => (hasFirewall(el, uuid) ? included : foreignFilter(el))));
  const [filter = null, ...others] = filters;
  if (others.length === 0) return filter;
  const names = [...filters].map((name) => name ?? 'none');
  throw new ProtiumError(
    'state-conflict',
    `The network interfaces have different filters (${names.join(', ')}), and a firewall can keep one. Give all the same, ` +
      'e.g. with virsh edit.',
    { details: { filters: names } },
  );
}

/**
 * The interfaces of a saved state cannot be changed: it would come back without its firewall, or with one that is not there,
 * which libvirt refuses.
 *
 * @throws ProtiumError `state-conflict`
 */
export async function requireNoSavedState({ domains }: Client, domain: DomainRef): Promise<void> {
  if (!(await domains.hasManagedSave(domain))) return;
  throw new ProtiumError(
    'state-conflict',
    `The state of "${domain.name}" is saved, with its network interfaces. Start it first, or discard what is saved.`,
  );
}
