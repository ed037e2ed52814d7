/**
 * An XML document as an immutable, lossless tree: names with their prefixes, attributes in order, and every kind of
 * child in order. An edit (edit.ts) makes a new tree and shares what did not change.
 */
export interface XmlElement {
  readonly kind: 'element';
  /** With the prefix as written, e.g. `qemu:commandline`. */
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
}

export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

interface XmlText {
  readonly kind: 'text';
  readonly value: string;
}

interface XmlCdata {
  readonly kind: 'cdata';
  readonly value: string;
}

export interface XmlComment {
  readonly kind: 'comment';
  readonly value: string;
}

interface XmlInstruction {
  readonly kind: 'instruction';
  readonly target: string;
  readonly data: string;
}

export type XmlNode = XmlElement | XmlText | XmlCdata | XmlComment | XmlInstruction;

type Value = string | number | bigint;

/** What may stand in an element: nodes, text, lists of them; null and undefined stand for nothing. */
export type Content = XmlNode | Value | null | undefined | readonly Content[];

/** Makes an element. Attributes that are null or undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Value | null | undefined>> = {},
  content: Content = null,
): XmlElement {
  const kept: XmlAttribute[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) kept.push({ name: key, value: String(value) });
  }
  return { kind: 'element', name, attributes: kept, children: nodesOf(content) };
}

/** An element that is only made when its text is there. */
export function optionalElement(name: string, text: Value | null | undefined): XmlElement | null {
  return text === null || text === undefined ? null : element(name, {}, text);
}

export function comment(value: string): XmlComment {
  return { kind: 'comment', value };
}

function nodesOf(content: Content): readonly XmlNode[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'object') return 'kind' in content ? [content] : content.flatMap(nodesOf);
  return [{ kind: 'text', value: String(content) }];
}

export function isElement(node: XmlNode): node is XmlElement {
  return node.kind === 'element';
}

/** The value of an attribute, by its name as written; null when it is absent. */
export function attribute(el: XmlElement, name: string): string | null {
  return el.attributes.find((candidate) => candidate.name === name)?.value ?? null;
}

/** The child elements of that name, or all child elements. */
export function children(el: XmlElement, name?: string): readonly XmlElement[] {
  const elements = el.children.filter(isElement);
  return name === undefined ? elements : elements.filter((candidate) => candidate.name === name);
}

/** The first child element of that name; null when there is none. */
export function child(el: XmlElement, name: string): XmlElement | null {
  for (const node of el.children) if (node.kind === 'element' && node.name === name) return node;
  return null;
}

/** All elements at the end of a way down by names: `path(domain, 'devices', 'disk')`. */
export function path(el: XmlElement, ...names: readonly string[]): readonly XmlElement[] {
  return names.reduce<readonly XmlElement[]>(
    (found, name) => found.flatMap((candidate) => children(candidate, name)),
    [el],
  );
}

/** The first element at the end of a way down by names; null when there is none. */
export function find(el: XmlElement, ...names: readonly string[]): XmlElement | null {
  return path(el, ...names)[0] ?? null;
}

/** The text and CDATA directly inside an element, joined, without white space at its ends. */
export function textOf(el: XmlElement): string {
  return rawText(el).trim();
}

/** The text and CDATA directly inside an element, joined, as they stand there. */
export function rawText(el: XmlElement): string {
  let text = '';
  for (const node of el.children) if (node.kind === 'text' || node.kind === 'cdata') text += node.value;
  return text;
}

/** The text of a child element; null when there is no such child. */
export function childText(el: XmlElement, name: string): string | null {
  const found = child(el, name);
  return found === null ? null : textOf(found);
}
