import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { comment, element, type XmlElement, type XmlNode } from '../../../internal/xml/tree.ts';
import { canonical } from './xmllint.ts';

/** Text with what markup is made of, in any order, beside any characters that XML can carry. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          ']]>',
          '&',
          '"',
          "'",
          '<',
          '>',
          '<!--',
          '-->',
          '<![CDATA[',
          '<?',
          '?>',
          '</a>',
          '<b/>',
          '&amp;',
          '&#10;',
        ],
        ...[
          '\n',
          '\t',
          '\r',
          '\r\n',
          ' ',
          '\u00a0',
          '\ufeff',
          '\u2028',
          '\u0085',
          '%',
          '--',
          '/',
          '=',
          '<!DOCTYPE a>',
        ],
      ),
      fc
        .string({ unit: 'binary', maxLength: 6 })
        .filter((text) => !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const name = fc.constantFrom(
  ...[
    'a',
    'b',
    'disk',
    'qemu:arg',
    'x-1.y',
    '_',
    'é',
    '日本',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
);
const attributes = fc.uniqueArray(fc.record({ name, value: hostile }), {
  selector: (one) => one.name,
  maxLength: 4,
});

const node = fc.letrec<{ node: XmlNode; element: XmlElement }>((tie) => ({
  element: fc.record({
    kind: fc.constant('element' as const),
    name,
    attributes,
    children: fc.array(tie('node'), { maxLength: 5 }).map(merged),
  }),
  node: fc.oneof(
    { maxDepth: 5 },
    hostile.map((value) => ({ kind: 'text' as const, value })),
    hostile.map((value) => ({ kind: 'cdata' as const, value })),
    hostile.map((value) => ({ kind: 'comment' as const, value: value.replace(/-|\r/g, '') })),
    hostile.map((value) => ({
      kind: 'instruction' as const,
      target: 'target',
      data: value.replace(/["'?\r]/g, '').trim(),
    })),
    tie('element'),
  ),
}));

/** The same nodes as a reader gives them: text in one piece, and never empty. */
function merged(nodes: readonly XmlNode[]): XmlNode[] {
  const result: XmlNode[] = [];
  for (const one of nodes) {
    const last = result.at(-1);
    if (one.kind === 'text' && one.value === '') continue;
    if (one.kind === 'text' && last?.kind === 'text') {
      result.splice(-1, 1, { kind: 'text', value: last.value + one.value });
    } else result.push(one);
  }
  return result;
}

/** CDATA sections as the text that they are: one that holds `]]>` or a carriage return is written in parts. */
function asText(el: XmlElement): XmlElement {
  const nodes = el.children.map((one): XmlNode => {
    if (one.kind === 'element') return asText(one);
    return one.kind === 'cdata' ? { kind: 'text', value: one.value } : one;
  });
  return { ...el, children: merged(nodes) };
}

describe('a tree that is written and read', () => {
  it('is the same tree', () => {
    fc.assert(
      fc.property(node.element, (tree) => {
        expect(asText(parseXml(serializeXml(tree)))).toEqual(asText(tree));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same tree again, CDATA sections and all', () => {
    fc.assert(
      fc.property(node.element, (tree) => {
        const once = parseXml(serializeXml(tree));
        expect(parseXml(serializeXml(once))).toEqual(once);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps hostile text as data, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const tree = element('a', { b: text }, [element('c', {}, text), { kind: 'cdata', value: text }]);
        const read = parseXml(serializeXml(tree));
        expect(read.attributes).toEqual([{ name: 'b', value: text }]);
        expect(asText(read)).toEqual(
          asText({
            ...tree,
            children: tree.children.map((n) =>
              n.kind === 'element' ? { ...n, children: merged(n.children) } : n,
            ),
          }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('means the same to libxml2', () => {
    const trees = fc.sample(node.element, { numRuns: 20, seed: 42 });
    const text = serializeXml(element('all', { 'xmlns:qemu': 'urn:qemu' }, trees));
    expect(canonical(serializeXml(parseXml(text)))).toBe(canonical(text));
  });
});

describe('a document that libvirt wrote', () => {
  const text = [
    "<domain type='kvm' id='7' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
    '  <!-- WARNING: edited by hand -->',
    '  <name>Büro-PC — 日本</name>',
    '  <description>line 1&#13;\nline 2 &lt;b&gt;</description>',
    '  <os><cmdline>console=ttyS0 quiet &amp; more</cmdline></os>',
    "  <devices><disk type='file'><source file='/a&#10;b&#9;c &quot;d&quot; &apos;e&apos;.img'/></disk></devices>",
    "  <qemu:commandline><qemu:arg value='-device'/></qemu:commandline>",
    "  <unknown:thing xmlns:unknown='urn:x' unknown:attr='é'>mixed <b>text</b> here<![CDATA[ <raw> ]]></unknown:thing>",
    '</domain>',
  ].join('\n');

  it('is the same in canonical form', () => {
    expect(canonical(serializeXml(parseXml(text)))).toBe(canonical(text));
  });

  it('keeps its comments and layout', () => {
    expect(serializeXml(parseXml(text))).toContain(
      '\n  <!-- WARNING: edited by hand -->\n  <name>Büro-PC — 日本</name>\n',
    );
  });
});

describe('serializeXml refuses what XML cannot carry:', () => {
  it.each<[string, XmlElement]>([
    ['a control character in text', element('a', {}, '\u0000')],
    ['a control character in an attribute', element('a', { b: '\u001b[0m' })],
    ['half a character', element('a', {}, '\ud83d')],
    ['a name with a space', element('a b')],
    ['a name that is markup', element('a><b')],
    ['an empty name', element('')],
    ['an attribute name that is markup', element('a', { 'x="1" y': '2' })],
    [
      'an attribute twice',
      {
        ...element('a'),
        attributes: [
          { name: 'b', value: '1' },
          { name: 'b', value: '2' },
        ],
      },
    ],
    ['the end of a comment in a comment', element('a', {}, comment('x --> <b/>'))],
    ['a dash at the end of a comment', element('a', {}, comment('x -'))],
    [
      'the end of an instruction in one',
      element('a', {}, { kind: 'instruction', target: 'x', data: '?><b/>' }),
    ],
    ['an instruction named xml', element('a', {}, { kind: 'instruction', target: 'xml', data: '' })],
  ])('%s', (_name, el) => {
    expect(() => serializeXml(el)).toThrow(
      expect.objectContaining({ code: 'argument-invalid' }) as ProtiumError,
    );
  });
});

describe('indenting', () => {
  it('puts elements on lines and leaves elements with text alone', () => {
    const tree = element('a', {}, [element('b', {}, 'text'), comment(' c '), element('d', {}, element('e'))]);
    expect(serializeXml(tree, { indent: true })).toBe(
      '<a>\n  <b>text</b>\n  <!-- c -->\n  <d>\n    <e/>\n  </d>\n</a>\n',
    );
    const mixed = element('a', {}, ['text', element('b', {}, element('c'))]);
    expect(serializeXml(mixed, { indent: true })).toBe('<a>text<b><c/></b></a>\n');
  });
});
