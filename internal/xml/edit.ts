import { isElement, type XmlElement, type XmlNode } from './tree.ts';

/**
 * Pure edits: each returns a new element and leaves everything it does not name as it was, in its order, with the
 * comments and white space around it. Nodes are named by identity: the very node that was found in the tree.
 */

/** Sets an attribute in its place, or adds it as the last; null removes it. */
export function setAttribute(el: XmlElement, name: string, value: string | null): XmlElement {
  const present = el.attributes.some((attribute) => attribute.name === name);
  if (value === null) {
    return present ? { ...el, attributes: el.attributes.filter((attribute) => attribute.name !== name) } : el;
  }
  const attributes = present
    ? el.attributes.map((attribute) => (attribute.name === name ? { name, value } : attribute))
    : [...el.attributes, { name, value }];
  return { ...el, attributes };
}

/** Replaces the text of an element; child elements, comments and instructions stay, behind the text. */
export function setText(el: XmlElement, text: string): XmlElement {
  const others = el.children.filter((node) => node.kind !== 'text' && node.kind !== 'cdata');
  return { ...el, children: [...(text === '' ? [] : [{ kind: 'text' as const, value: text }]), ...others] };
}

/** Replaces a child by nodes (none: removes it, with the white space before it). */
export function replaceChild(
  parent: XmlElement,
  old: XmlNode,
  ...replacements: readonly XmlNode[]
): XmlElement {
  const index = indexOf(parent, old);
  const before = parent.children.slice(0, index);
  if (replacements.length === 0 && isWhiteSpace(before.at(-1))) before.pop();
  return { ...parent, children: [...before, ...replacements, ...parent.children.slice(index + 1)] };
}

export function remove(parent: XmlElement, old: XmlNode): XmlElement {
  return replaceChild(parent, old);
}

/** Inserts a node behind a child, indented like it. */
export function insertAfter(parent: XmlElement, reference: XmlNode, node: XmlNode): XmlElement {
  const index = indexOf(parent, reference);
  const indent = parent.children[index - 1];
  const added = isWhiteSpace(indent) ? [indent, node] : [node];
  return { ...parent, children: parent.children.toSpliced(index + 1, 0, ...added) };
}

/** Inserts a node before a child, indented like it. */
export function insertBefore(parent: XmlElement, reference: XmlNode, node: XmlNode): XmlElement {
  const index = indexOf(parent, reference);
  const indent = parent.children[index - 1];
  const added = isWhiteSpace(indent) ? [node, indent] : [node];
  return { ...parent, children: parent.children.toSpliced(index, 0, ...added) };
}

/** Appends a node, indented like the last element before it. */
export function append(parent: XmlElement, node: XmlNode): XmlElement {
  const last = parent.children.findLast(isElement);
  return last === undefined
    ? { ...parent, children: [...parent.children, node] }
    : insertAfter(parent, last, node);
}

/**
 * Inserts a child where the order of names wants it: behind the last sibling whose name comes earlier in `order` or is
 * the same. A name that `order` does not have goes last.
 */
export function insertInOrder(parent: XmlElement, node: XmlElement, order: readonly string[]): XmlElement {
  const rank = order.indexOf(node.name);
  if (rank === -1) return append(parent, node);
  const earlier = new Set(order.slice(0, rank + 1));
  const siblings = parent.children.filter(isElement);
  const before = siblings.findLast((sibling) => earlier.has(sibling.name));
  if (before !== undefined) return insertAfter(parent, before, node);
  const [first] = siblings;
  return first === undefined ? append(parent, node) : insertBefore(parent, first, node);
}

/**
 * Changes the first child of that name; when there is none, one is made in its place in the order.
 */
export function ensureChild(
  parent: XmlElement,
  name: string,
  order: readonly string[],
  change: (child: XmlElement) => XmlElement = (child) => child,
): XmlElement {
  const present = parent.children.find((node) => isElement(node) && node.name === name);
  if (present !== undefined && isElement(present)) return replaceChild(parent, present, change(present));
  return insertInOrder(parent, change({ kind: 'element', name, attributes: [], children: [] }), order);
}

/**
 * Changes elements anywhere in a tree, from the inside out. `change` gets an element, whose descendants are already
 * changed, and its ancestors as they were, from the root; null removes the element (the root cannot be removed).
 */
export function mapElements(
  root: XmlElement,
  change: (el: XmlElement, ancestors: readonly XmlElement[]) => XmlElement | null,
): XmlElement {
  return mapped(root, [], change) ?? root;
}

function mapped(
  el: XmlElement,
  ancestors: readonly XmlElement[],
  change: (el: XmlElement, ancestors: readonly XmlElement[]) => XmlElement | null,
): XmlElement | null {
  const inner = [...ancestors, el];
  const children: XmlNode[] = [];
  for (const node of el.children) {
    const result = node.kind === 'element' ? mapped(node, inner, change) : node;
    if (result !== null) children.push(result);
    else if (isWhiteSpace(children.at(-1))) children.pop();
  }
  const same =
    children.length === el.children.length && children.every((node, index) => node === el.children[index]);
  return change(same ? el : { ...el, children }, ancestors);
}

function indexOf(parent: XmlElement, node: XmlNode): number {
  const index = parent.children.indexOf(node);
  if (index === -1) throw new RangeError(`The node to edit is no child of <${parent.name}>`);
  return index;
}

function isWhiteSpace(node: XmlNode | undefined): node is XmlNode & { readonly kind: 'text' } {
  return node?.kind === 'text' && node.value.trim() === '';
}
