import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { parseXml, type ParseLimits } from '../../../internal/xml/parse.ts';
import { attribute, child, children, childText, find, path, textOf } from '../../../internal/xml/tree.ts';
import { wellFormed } from './xmllint.ts';

function refusal(text: string, limits?: ParseLimits): ProtiumError {
  try {
    parseXml(text, limits);
  } catch (error) {
    if (error instanceof ProtiumError) return error;
    throw error;
  }
  throw new Error(`it was accepted: ${text}`);
}

/** Not well-formed: libxml2, which libvirt reads with, refuses them too (checked below). */
const malformed: Readonly<Record<string, readonly [text: string, line: number, column: number]>> = {
  'no text': ['', 1, 1],
  'only white space': [' \n ', 2, 2],
  'only a comment': ['<!-- nothing -->', 1, 17],
  'text that is no XML': ['name: vm1\nmemory: 64', 1, 1],
  JSON: ['{"domain": 1}', 1, 1],
  'an element never closed': ['<domain>\n  <name>a</name>', 1, 1],
  'a tag that is cut off': ['<domain><name', 1, 14],
  'crossed tags': ['<a><b></a></b>', 1, 7],
  'an end tag too many': ['<a/></a>', 1, 5],
  'two outermost elements': ['<a/>\n<b/>', 2, 1],
  'text behind the end': ['<a/>\nmore', 2, 1],
  'text before the start': ['x<a/>', 1, 1],
  'an attribute without quotes': ['<a b=1/>', 1, 3],
  'an attribute without a value': ['<a b/>', 1, 3],
  'an attribute given twice': ['<a b="1" b="2"/>', 1, 10],
  'attributes without a space between': ['<a b="1"c="2"/>', 1, 9],
  'a less-than in an attribute': ['<a b="1<2"/>', 1, 8],
  'a less-than in text': ['<a>1 < 2</a>', 1, 6],
  'an ampersand alone': ['<a>fish & chips</a>', 1, 9],
  'an entity that nobody declared': ['<a>&nbsp;</a>', 1, 4],
  'a reference to no character': ['<a b="&#0;"/>', 1, 7],
  'a reference beyond Unicode': ['<a>&#x110000;</a>', 1, 4],
  'a reference to half a character': ['<a>&#xD800;</a>', 1, 4],
  'a control character': ['<a>\n\u0001</a>', 2, 1],
  'the end of a CDATA section in text': ['<a>]]></a>', 1, 4],
  'a CDATA section never closed': ['<a><![CDATA[x</a>', 1, 4],
  'a CDATA section outside': ['<a/><![CDATA[x]]>', 1, 5],
  'a comment never closed': ['<a><!-- x</a>', 1, 4],
  'two dashes in a comment': ['<a><!-- x -- y --></a>', 1, 11],
  'an instruction never closed': ['<a><?x y</a>', 1, 4],
  'a declaration not at the start': [' <?xml version="1.0"?><a/>', 1, 2],
  'a declaration without a version': ['<?xml encoding="UTF-8"?><a/>', 1, 1],
  'a name that begins with a digit': ['<1a/>', 1, 1],
  'a space before the name': ['< a/>', 1, 1],
};

describe('parseXml refuses', () => {
  it.each(Object.entries(malformed))('%s', (_name, [text, line, column]) => {
    const { code, message, details } = refusal(text);
    expect({ code, line: details['line'], column: details['column'] }).toEqual({
      code: 'document-malformed',
      line,
      column,
    });
    expect(message).toContain(`Line ${line}, column ${column}: `);
  });

  it('only what libxml2 refuses too', () => {
    const texts = Object.values(malformed).map(([text]) => text);
    expect(wellFormed(texts)).toEqual(texts.map(() => false));
  });

  it.each([
    ['a document type', '<!DOCTYPE domain><domain/>', 'DOCTYPE'],
    ['declared entities', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'DOCTYPE'],
    [
      'a bomb of entities',
      '<!DOCTYPE a [<!ENTITY b "1234567890"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
      'DOCTYPE',
    ],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'DOCTYPE'],
    ['an unpaired quote in an instruction', "<a><?x don't?><b/></a>", 'quote'],
  ])('%s, though it is XML', (_name, text, why) => {
    const { code, message } = refusal(text);
    expect(code).toBe('document-malformed');
    expect(message).toContain(why);
  });

  it('a document beyond the size limit, before reading it', () => {
    const { code, details } = refusal('<'.repeat(1024 * 1024 + 1));
    expect({ code, details }).toEqual({
      code: 'document-malformed',
      details: { length: 1024 * 1024 + 1, maxLength: 1024 * 1024 },
    });
    expect(refusal('<a>12345</a>', { maxLength: 11 }).code).toBe('document-malformed');
    expect(textOf(parseXml('<a>12345</a>', { maxLength: 12 }))).toBe('12345');
  });

  it('elements nested too deep', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(parseXml(nested(256)).name).toBe('a');
    expect(refusal(nested(257)).message).toContain('256 deep');
    expect(refusal(nested(4), { maxDepth: 3 }).details).toEqual({ line: 1, column: 10 });
  });
});

describe('parseXml reads', () => {
  it('every kind of node, in order', () => {
    const text =
      '<?xml version="1.0" encoding="UTF-8"?>\n<!-- head -->\n' +
      '<a x="1" y=\'2\'>t<b/><!-- c --><![CDATA[<&]]><?target some "data"?><ns:c xmlns:ns="urn:n"/></a>\n';
    expect(parseXml(text)).toEqual({
      kind: 'element',
      name: 'a',
      attributes: [
        { name: 'x', value: '1' },
        { name: 'y', value: '2' },
      ],
      children: [
        { kind: 'text', value: 't' },
        { kind: 'element', name: 'b', attributes: [], children: [] },
        { kind: 'comment', value: ' c ' },
        { kind: 'cdata', value: '<&' },
        { kind: 'instruction', target: 'target', data: 'some "data"' },
        {
          kind: 'element',
          name: 'ns:c',
          attributes: [{ name: 'xmlns:ns', value: 'urn:n' }],
          children: [],
        },
      ],
    });
  });

  it('references in text and attributes, and nothing but those of XML', () => {
    const el = parseXml(`<a b="&#10;&#x9;&quot;&lt;&amp;amp;">&#xE9;&#128512;&apos;&gt;&amp;#10;</a>`);
    expect(attribute(el, 'b')).toBe('\n\t"<&amp;');
    expect(textOf(el)).toBe("é😀'>&#10;");
  });

  it('line ends as one, and white space in attributes as spaces', () => {
    const el = parseXml('\uFEFF<a\r\n b="1\r\n2\t3">x\r\ny\rz</a>');
    expect(attribute(el, 'b')).toBe('1 2 3');
    expect(el.children).toEqual([{ kind: 'text', value: 'x\ny\nz' }]);
  });

  it('numbers, booleans and white space as the text they are', () => {
    const el = parseXml('<a n="007" t="true"><b>02</b><c>1e3</c><d> x </d></a>');
    expect(attribute(el, 'n')).toBe('007');
    expect(children(el).map((c) => c.children)).toEqual([
      [{ kind: 'text', value: '02' }],
      [{ kind: 'text', value: '1e3' }],
      [{ kind: 'text', value: ' x ' }],
    ]);
  });

  it('names that mean something to JavaScript', () => {
    const el = parseXml(
      '<__proto__ constructor="1" __proto__="2" toString="3"><prototype/><valueOf>4</valueOf></__proto__>',
    );
    expect(el.name).toBe('__proto__');
    expect(el.attributes.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'constructor=1',
      '__proto__=2',
      'toString=3',
    ]);
    expect(children(el).map(({ name }) => name)).toEqual(['prototype', 'valueOf']);
    expect(Object.hasOwn(Object.prototype, 'constructor=1')).toBe(false);
  });
});

describe('reading helpers', () => {
  const el = parseXml(
    '<d><n> a<!-- c -->b<![CDATA[ c ]]></n><x><y i="1"/></x><x><y i="2"/><y i="3"/></x></d>',
  );

  it('follow names down', () => {
    expect(path(el, 'x', 'y').map((y) => attribute(y, 'i'))).toEqual(['1', '2', '3']);
    expect(find(el, 'x', 'z')).toBe(null);
    expect(children(el, 'x').length).toBe(2);
    expect(child(el, 'y')).toBe(null);
  });

  it('join text and CDATA', () => {
    expect(childText(el, 'n')).toBe('ab c');
    expect(childText(el, 'none')).toBe(null);
    expect(attribute(el, 'none')).toBe(null);
  });
});
