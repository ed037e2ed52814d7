import { setAttribute, replaceChild, remove, append } from '../xml/edit.ts';
import { attribute, child, element, path, type XmlElement } from '../xml/tree.ts';
import { filterName, filterOwner } from './filter-document.ts';

/** The kinds of `<interface>` whose traffic libvirt can filter. */
const filterable: readonly (string | null)[] = ['network', 'bridge', 'ethernet'];

export function isFilterable(el: XmlElement): boolean {
  return filterable.includes(attribute(el, 'type'));
}

/** Whether an `<interface>` has the firewall of its instance. */
export function hasFirewall(el: XmlElement, uuid: string): boolean {
  return filterOf(el) === filterName(uuid);
}

/** The filter of an `<interface>` that others chose; the firewall of whatever instance is none. */
export function foreignFilter(el: XmlElement): string | null {
  const name = filterOf(el);
  return name === null || filterOwner(name) !== null ? null : name;
}

/**
 * An `<interface>` as it is to be when its instance has a firewall. The parameters of a filter that it had stay, for the
 * firewall to hand on. One that cannot be filtered stays as it is.
 */
export function withFirewall(el: XmlElement, uuid: string): XmlElement {
  if (!isFilterable(el) || hasFirewall(el, uuid)) return el;
  const reference = child(el, 'filterref');
  return reference === null
    ? append(el, element('filterref', { filter: filterName(uuid) }))
    : replaceChild(el, reference, setAttribute(reference, 'filter', filterName(uuid)));
}

/** An `<interface>` without the firewall, with the filter that it included again. */
export function withoutFirewall(el: XmlElement, uuid: string, included: string | null): XmlElement {
  const reference = child(el, 'filterref');
  if (reference === null || !hasFirewall(el, uuid)) return el;
  return included === null
    ? remove(el, reference)
    : replaceChild(el, reference, setAttribute(reference, 'filter', included));
}

export function interfacesOf(domain: XmlElement): readonly XmlElement[] {
  return path(domain, 'devices', 'interface');
}

export function macOf(el: XmlElement): string {
  const mac = child(el, 'mac');
  return (mac === null ? null : attribute(mac, 'address'))?.toLowerCase() ?? '';
}

function filterOf(el: XmlElement): string | null {
  const reference = child(el, 'filterref');
  return reference === null ? null : attribute(reference, 'filter');
}
