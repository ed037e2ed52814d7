import { localName } from '../namespaces.ts';
import { attribute, children, textOf, type XmlElement } from '../tree.ts';
import { type Place, sameAttribute, sameElementText } from './compare-values.ts';
import { isVolatileAttribute, isVolatileElement, keyOf } from './compare-volatile.ts';
import { bestPairs } from './pairing.ts';

export interface DomainComparison {
  readonly same: boolean;
  /** One readable line for each, e.g. `memory: 65536 KiB ≠ 98304 KiB` (posted ≠ actual). */
  readonly differences: readonly string[];
}

/**
 * Whether everything that a posted document says is also said by libvirt's own definition of the domain. What libvirt
 * adds is ignored, and so are metadata and what changes with every start; units, letter case of addresses, machine
 * aliases and the order of devices within a kind make no difference.
 *
 * @param actual the persistent definition (`inactive`): that of a running domain has other things in it.
 */
export function describesSameDomain(posted: XmlElement, actual: XmlElement): DomainComparison {
  const differences = compare({ names: [], element: posted }, actual, posted, '');
  return { same: differences.length === 0, differences };
}

function compare(place: Place, actual: XmlElement, parent: XmlElement, label: string): readonly string[] {
  const { element } = place;
  const attributes = element.attributes.flatMap(({ name, value }) =>
    isVolatileAttribute(place, name, parent) || sameAttribute(place, actual, name)
      ? []
      : difference(`${label}@${name}`, value, attribute(actual, name)),
  );
  const inner = children(element);
  if (inner.length > 0) return [...attributes, ...compareChildren(place, actual, label)];
  if (textOf(element) === '' || sameElementText(place, actual)) return attributes;
  return [...attributes, difference(label, quantity(element), quantity(actual))];
}

function compareChildren(place: Place, actual: XmlElement, label: string): readonly string[] {
  const groups = new Map<string, XmlElement[]>();
  for (const el of children(place.element)) {
    const name = localName(el);
    if (isVolatileElement({ names: [...place.names, name], element: el }, place.element)) continue;
    groups.set(name, [...(groups.get(name) ?? []), el]);
  }
  return [...groups].flatMap(([name, posted]) => {
    const names = [...place.names, name];
    const way = label === '' ? name : `${label}/${name}`;
    const candidates = children(actual).filter((el) => localName(el) === name);
    if (ordered.has(names.join('/'))) return compareOrdered(posted, candidates, way);
    return compareGroup(names, posted, candidates, way, place.element);
  });
}

/** Elements of which the order is the meaning. */
const ordered: ReadonlySet<string> = new Set(['os/boot', 'os/initarg', 'commandline/arg']);

function compareOrdered(
  posted: readonly XmlElement[],
  actual: readonly XmlElement[],
  way: string,
): readonly string[] {
  const list = (elements: readonly XmlElement[]): string =>
    elements
      .map((el) => [...el.attributes.map(({ value }) => value), textOf(el)].filter((part) => part !== ''))
      .join(', ');
  const [ours, theirs] = [list(posted), list(actual)];
  return ours === theirs ? [] : [difference(way, ours, theirs)];
}

function compareGroup(
  names: readonly string[],
  posted: readonly XmlElement[],
  candidates: readonly XmlElement[],
  way: string,
  parent: XmlElement,
): readonly string[] {
  const keys = posted.map((element) => keyOf({ names, element }));
  const labels = keys.map((key, index) => {
    if (key !== null) return `${way}[${key}]`;
    return posted.length > 1 ? `${way}[${index + 1}]` : way;
  });
  const table = posted.map((element, row) =>
    candidates.map((candidate) => {
      const key = keys[row] ?? null;
      if (key !== null && keyOf({ names, element: candidate }) !== key) return null;
      return compare({ names, element }, candidate, parent, labels[row] ?? way);
    }),
  );
  const pairs = bestPairs(table.map((row) => row.map((cell) => cell?.length ?? null)));
  return pairs.flatMap((column, row) => {
    const cell = column === null ? null : table[row]?.[column];
    return cell ?? [`${labels[row] ?? way}: is not in the existing definition`];
  });
}

function difference(what: string, posted: string, actual: string | null): string {
  return `${what}: ${posted} ≠ ${actual === null || actual === '' ? 'nothing' : actual}`;
}

/** Text with its unit. Sizes without one are KiB. */
function quantity(el: XmlElement): string {
  const unit = attribute(el, 'unit');
  const text = textOf(el);
  if (unit !== null) return `${text} ${unit}`;
  return ['memory', 'currentMemory', 'maxMemory'].includes(el.name) ? `${text} KiB` : text;
}
