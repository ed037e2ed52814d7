import { ProtiumError } from '../errors/protium-error.ts';
import { forbiddenCharacter, isName } from './characters.ts';
import { escapeAttribute, escapeText } from './references.ts';
import type { XmlElement, XmlNode } from './tree.ts';

/**
 * An element as XML text. Whatever text and attributes hold stays data. This is the only place that writes XML;
 * fast-xml-parser's own builder loses line feeds in attributes and the text of processing instructions.
 *
 * Rejects with `argument-invalid` what XML cannot carry: control characters, names that are none, `--` in a comment.
 *
 * @param options.indent puts elements on lines of their own where an element holds no text. Default: false.
 */
export function serializeXml(el: XmlElement, options: { readonly indent?: boolean } = {}): string {
  return options.indent === true ? `${written(indented(el, ''))}\n` : written(el);
}

function written(node: XmlNode): string {
  switch (node.kind) {
    case 'element':
      return writtenElement(node);
    case 'text':
      return escapeText(carried(node.value, 'text'));
    case 'cdata': {
      const value = carried(node.value, 'a CDATA section');
      // A carriage return cannot be kept inside a CDATA section.
      return value.includes('\r')
        ? escapeText(value)
        : `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
    }
    case 'comment':
      if (/--|-$|\r/.test(node.value)) refuse('A comment may not contain "--" or end with "-".', node.value);
      return `<!--${carried(node.value, 'a comment')}-->`;
    case 'instruction':
      if (!isName(node.target) || node.target.toLowerCase() === 'xml' || /\?>|\r/.test(node.data)) {
        refuse('A processing instruction has a name or text that XML does not allow.', node.target);
      }
      return `<?${node.target}${node.data === '' ? '' : ` ${carried(node.data, 'an instruction')}`}?>`;
  }
}

function writtenElement(el: XmlElement): string {
  if (!isName(el.name)) refuse('An element has a name that XML does not allow.', el.name);
  const names = new Set<string>();
  let text = `<${el.name}`;
  for (const { name, value } of el.attributes) {
    if (!isName(name)) refuse('An attribute has a name that XML does not allow.', name);
    if (names.has(name)) refuse('An attribute is given twice.', name);
    names.add(name);
    text += ` ${name}="${escapeAttribute(carried(value, `the attribute "${name}"`))}"`;
  }
  if (el.children.length === 0) return `${text}/>`;
  return `${text}>${el.children.map(written).join('')}</${el.name}>`;
}

function carried(value: string, where: string): string {
  const bad = forbiddenCharacter(value);
  if (bad !== null) refuse(`XML cannot carry the character ${bad.label} in ${where}; remove it.`, value);
  return value;
}

function refuse(message: string, value: string): never {
  throw new ProtiumError('argument-invalid', message, { details: { value } });
}

/** The same tree with white space between elements; an element that holds text is left as it is. */
function indented(el: XmlElement, margin: string): XmlElement {
  const mixed = el.children.some(
    (node) => node.kind === 'cdata' || (node.kind === 'text' && node.value.trim() !== ''),
  );
  const nodes = el.children.filter((node) => node.kind !== 'text');
  if (mixed || nodes.length === 0) return el;
  const inner = `${margin}  `;
  const children = nodes.flatMap((node): XmlNode[] => [
    { kind: 'text', value: `\n${inner}` },
    node.kind === 'element' ? indented(node, inner) : node,
  ]);
  return { ...el, children: [...children, { kind: 'text', value: `\n${margin}` }] };
}
