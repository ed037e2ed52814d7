import { describe, expect, it } from 'vitest';
import { canonicalForm } from '../../../internal/xml/canonical.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import type { XmlElement, XmlNode } from '../../../internal/xml/tree.ts';
import { cases } from '../../golden/xml/cases.ts';
import { corpusTexts } from '../../fuzz/corpus.ts';

const mostPlaces = 50;
const hostile = `]]>&"'<a b="c"/><!-- --><?x ?>&#60;`;

/** The document with one of its texts or values replaced, once for each. */
function* withEach(el: XmlElement): Generator<XmlElement> {
  for (const [index, attribute] of el.attributes.entries()) {
    yield { ...el, attributes: el.attributes.with(index, { ...attribute, value: hostile }) };
  }
  for (const [index, node] of el.children.entries()) {
    for (const changed of node.kind === 'element' ? withEach(node) : withText(node)) {
      yield { ...el, children: el.children.with(index, changed) };
    }
  }
}

function* withText(node: XmlNode): Generator<XmlNode> {
  if (node.kind === 'text') yield { ...node, value: hostile };
}

function names(el: XmlElement): readonly string[] {
  return [el.name, ...el.children.flatMap((node) => (node.kind === 'element' ? names(node) : []))];
}

const documents: readonly (readonly [string, XmlElement])[] = [
  ...Object.entries(cases).map(([name, { document }]) => [name, document] as const),
  ...corpusTexts('test/golden/documents', '.xml').map(
    (text, index) => [`instance ${index}`, parseXml(text)] as const,
  ),
  ...corpusTexts('test/golden/firewall', '.xml').map(
    (text, index) => [`filter ${index}`, parseXml(text)] as const,
  ),
];

describe('no value of a document becomes markup', () => {
  it.each(documents)('%s', { timeout: 30_000 }, (_name, document) => {
    const changed = [...withEach(document)];
    // Large documents repeat themselves: some of their places are enough.
    const step = Math.ceil(changed.length / mostPlaces);
    for (const one of changed.filter((_one, index) => index % step === 0)) {
      const again = parseXml(serializeXml(one));
      expect(names(again)).toEqual(names(one));
      expect(canonicalForm(again)).toBe(canonicalForm(one));
    }
    expect(changed.length).toBeGreaterThan(0);
  });
});
