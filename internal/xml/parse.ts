import { XMLParser } from 'fast-xml-parser';
import { malformed } from './malformed.ts';
import { decodeReferences } from './references.ts';
import type { XmlAttribute, XmlElement, XmlNode } from './tree.ts';
import { checkWellFormed } from './well-formed.ts';

export interface ParseLimits {
  /** The longest text, in characters. Default: 1 Mi. */
  readonly maxLength?: number;
  /** The deepest nesting of elements. Default: 256, which is libxml2's own. */
  readonly maxDepth?: number;
}

/**
 * Reads an XML document. What stands outside its outermost element (declaration, comments) is dropped, as libvirt does.
 *
 * Rejects with `document-malformed` (line and column in message and details): text that is not well-formed XML 1.0,
 * that has a document type or entity declarations, or that is beyond the limits.
 */
export function parseXml(text: string, limits: ParseLimits = {}): XmlElement {
  const { maxLength = 1024 * 1024, maxDepth = 256 } = limits;
  if (text.length > maxLength) {
    throw malformed(
      `The document is ${text.length} characters long; at most ${maxLength} are read. Send a smaller document.`,
      { length: text.length, maxLength },
    );
  }
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  checkWellFormed(source, maxDepth);
  const parser = new XMLParser({ ...options, maxNestedTags: maxDepth + 1 });
  const root = (parser.parse(source) as readonly OrderedNode[])
    .map((node) => convert(node, source))
    .find((node) => node.kind === 'element');
  if (root === undefined) throw malformed('There is no element in the document; send an XML document.');
  return root;
}

const textKey = '#text';
const commentKey = '#comment';
const cdataKey = '#cdata';
const attributesKey = ':@';
const attributePrefix = '@';
/** Stands before every name while fast-xml-parser has it, which gives names such as `constructor` a meaning. */
const namePrefix = '.';

const options = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: attributePrefix,
  textNodeName: textKey,
  commentPropName: commentKey,
  cdataPropName: cdataKey,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are decoded here: the library knows HTML's entities too, and leaves numeric ones unless it does.
  processEntities: false,
  transformTagName: (name: string) => (name.startsWith(namePrefix) ? name : namePrefix + name),
  ignoreDeclaration: true,
  captureMetaData: true,
  jPath: false,
};

/** One node in the library's ordered form: one key for the kind or name, one for the attributes. */
type OrderedNode = Readonly<
  Record<string, readonly OrderedNode[] | string | Readonly<Record<string, string>>>
>;

function convert(node: OrderedNode, source: string): XmlNode {
  const key = Object.keys(node).find((candidate) => candidate !== attributesKey) ?? '';
  const content = node[key];
  if (key === textKey) return { kind: 'text', value: decodeReferences(content as string) };
  const nodes = content as readonly OrderedNode[];
  if (key === commentKey) return { kind: 'comment', value: onlyText(nodes) };
  if (key === cdataKey) return { kind: 'cdata', value: onlyText(nodes) };
  if (key.startsWith('?')) return instructionAt(node, key.slice(1), source);
  return {
    kind: 'element',
    name: key.slice(namePrefix.length),
    attributes: attributesOf(node),
    children: nodes.map((child) => convert(child, source)),
  };
}

function onlyText(nodes: readonly OrderedNode[]): string {
  return nodes[0]?.[textKey] as string;
}

function attributesOf(node: OrderedNode): readonly XmlAttribute[] {
  const attributes = node[attributesKey] as Readonly<Record<string, string>> | undefined;
  if (attributes === undefined) return [];
  return Object.entries(attributes).map(([key, value]) => ({
    name: key.slice(attributePrefix.length),
    // XML 3.3.3: literal white space in an attribute is a space; a reference to it is kept.
    value: decodeReferences(value.replace(/[\t\n]/g, ' ')),
  }));
}

/** The library keeps only what looks like attributes of an instruction, so its text is taken from the source. */
function instructionAt(node: OrderedNode, target: string, source: string): XmlNode {
  const places = node as unknown as Readonly<Record<symbol, { readonly startIndex: number } | undefined>>;
  const start = (places[XMLParser.getMetaDataSymbol() as symbol]?.startIndex ?? 0) + 2 + target.length;
  return { kind: 'instruction', target, data: source.slice(start, source.indexOf('?>', start)).trimStart() };
}
