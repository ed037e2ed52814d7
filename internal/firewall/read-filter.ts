import { createHash } from 'node:crypto';
import { attribute, child, children, type XmlElement } from '../xml/tree.ts';
import { rootOf, type XmlSource } from '../xml/values.ts';
import { filterElement, priority, protocolElements, ruleIndex } from './filter-document.ts';
import {
  mostRules,
  type Direction,
  type Firewall,
  type FirewallRule,
  type Protocol,
  type Verdict,
} from './firewall.ts';

/** What an instance's `<filter>` says. */
export interface FilterDocument {
  readonly firewall: Firewall;
  /** The filter that applies too. */
  readonly included: string | null;
  /** It has what is not of our making: the rules are not all that is filtered. */
  readonly changedByOthers: boolean;
  /** Another one when anything in it is another. */
  readonly etag: string;
}

/** The etag of an instance without a firewall. */
export const openEtag = 'none';

/** Reads the `<filter>` of an instance back. What others changed in it is seen, not understood. */
export function readFilter(document: XmlSource): FilterDocument {
  const tree = rootOf(document, 'filter');
  const rules = children(tree, 'rule').map(readEntry);
  const found = new Map<number, FirewallRule>();
  const has = (direction: Direction, at: number): boolean =>
    rules.some(
      (entry) => entry.action === 'accept' && entry.direction === direction && entry.priority === at,
    );
  for (const entry of rules) {
    const { direction } = entry;
    if (direction !== 'in' && direction !== 'out') continue;
    const index = ruleIndex(direction, entry.priority, mostRules);
    const read = index === null ? null : readRule(entry, direction, rules);
    if (index !== null && read !== null) found.set(index, read);
  }
  const firewall: Firewall = {
    defaultIn: has('in', priority.defaultIn) ? 'accept' : 'drop',
    defaultOut: has('out', priority.defaultOut) ? 'accept' : 'drop',
    rules: [...found].toSorted(([a], [b]) => a - b).map(([, rule]) => rule),
  };
  const references = children(tree, 'filterref');
  const included = references[0] === undefined ? null : attribute(references[0], 'filter');
  const ours = filterElement({ name: '', uuid: '', firewall, included });
  return {
    firewall,
    included,
    changedByOthers: references.length > 1 || signature(ours) !== signature(tree),
    etag: createHash('sha256')
      .update(`${included ?? ''}\n${signature(tree)}`)
      .digest('hex')
      .slice(0, 32),
  };
}

interface Entry {
  readonly action: string;
  readonly direction: string;
  readonly priority: number;
  readonly protocol: string;
  readonly match: XmlElement;
}

function readEntry(rule: XmlElement): Entry {
  const [match = rule] = children(rule);
  return {
    action: attribute(rule, 'action') ?? '',
    direction: attribute(rule, 'direction') ?? '',
    priority: Number(attribute(rule, 'priority') ?? '500'),
    protocol: match.name,
    match,
  };
}

function readRule(entry: Entry, direction: Direction, all: readonly Entry[]): FirewallRule | null {
  const { action, protocol, match } = entry;
  const known = (Object.keys(protocolElements) as Protocol[]).find((each) =>
    protocolElements[each].includes(protocol),
  );
  if (known === undefined || (action !== 'accept' && action !== 'drop' && action !== 'reject')) return null;
  const verdict: Verdict = action;
  const end = direction === 'in' ? 'src' : 'dst';
  const [address, mask] = [attribute(match, `${end}ipaddr`), attribute(match, `${end}ipmask`)];
  const first = attribute(match, 'dstportstart');
  const twin = all.some(
    (other) => other !== entry && other.priority === entry.priority && other.direction === direction,
  );
  const family = protocolElements[known][1] === protocol ? '::/0' : '0.0.0.0/0';
  return {
    direction,
    action: verdict,
    protocol: known,
    ports:
      first === null ? null : { first: Number(first), last: Number(attribute(match, 'dstportend') ?? first) },
    remote: address === null ? (twin ? null : family) : `${address}/${mask ?? ''}`,
  };
}

/** The rules of a filter as text: two with the same text filter alike. */
function signature(filter: XmlElement): string {
  const attributes = (el: XmlElement): string =>
    el.attributes
      .map(({ name, value }) => `${name}=${value}`)
      .toSorted()
      .join(' ');
  return children(filter, 'rule')
    .map((rule) =>
      [attributes(rule), ...children(rule).map((el) => `${el.name} ${attributes(el)}`)].join('; '),
    )
    .toSorted()
    .join('\n');
}

/** The filter's own uuid. */
export function filterUuid(document: XmlSource): string | null {
  const uuid = child(rootOf(document, 'filter'), 'uuid');
  return uuid === null ? null : (uuid.children.find((node) => node.kind === 'text')?.value ?? null);
}
