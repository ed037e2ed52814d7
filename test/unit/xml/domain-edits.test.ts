import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm } from '../../../internal/xml/canonical.ts';
import {
  protiumMetadata,
  protiumNamespace,
  readMetadata,
  setProtiumMetadata,
} from '../../../internal/xml/domain/metadata.ts';
import { optionalMedia } from '../../../internal/xml/domain/optional-media.ts';
import { namespaceOf } from '../../../internal/xml/namespaces.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { child, element, find } from '../../../internal/xml/tree.ts';
import { domainCases } from '../../golden/xml/domain-cases.ts';

describe('the canonical form', () => {
  const form = (text: string): string => canonicalForm(parseXml(text));

  it('is the same for documents that say the same', () => {
    const one = form('<a y="2" x="1"><b>t</b><c/></a>');
    expect(one).toBe('<a x="1" y="2"><b>t</b><c/></a>');
    for (const same of [
      '<?xml version="1.0"?>\n<!-- head -->\n<a x="1" y="2"><b>t</b><c/></a>',
      "<a y='2'\n  x='1'>\n  <!-- c -->\n  <b>t</b>\n  <c></c>\n</a>",
      '<a x="&#49;" y="2"><b><![CDATA[t]]></b><?pi x?><c>\n </c></a>',
      '<a x="1" y="2"><b>&#116;</b><c/></a>\r\n',
    ]) {
      expect(form(same)).toBe(one);
    }
  });

  it.each([
    ['an attribute', '<a x="2" y="2"><b>t</b><c/></a>'],
    ['text', '<a x="1" y="2"><b>u</b><c/></a>'],
    ['white space around text', '<a x="1" y="2"><b> t</b><c/></a>'],
    ['the order of elements', '<a x="1" y="2"><c/><b>t</b></a>'],
    ['a name', '<a x="1" y="2"><b>t</b><d/></a>'],
    ['text in place of an element', '<a x="1" y="2"><b>t</b>&lt;c/&gt;</a>'],
  ])('differs by %s', (_name, other) => {
    expect(form(other)).not.toBe(form('<a x="1" y="2"><b>t</b><c/></a>'));
  });

  it('is its own canonical form, of any document', () => {
    for (const domain of Object.values(domainCases)) {
      const text = canonicalForm(domain);
      expect(form(text)).toBe(text);
      expect(form(serializeXml(domain, { indent: true }))).toBe(text);
    }
  });

  it('never takes two texts for one', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(
          ![one, other].some(
            (text) => /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/.test(text) || text.trim() === '',
          ),
        );
        const same = canonicalForm(element('a', {}, one)) === canonicalForm(element('a', {}, other));
        expect(same).toBe(one === other);
      }),
    );
  });
});

describe("Protium's metadata", () => {
  const bare = parseXml(
    '<domain type="kvm">\n  <name>a</name>\n  <uuid>u</uuid>\n  <memory>1</memory>\n</domain>',
  );
  const note = (text: string): ReturnType<typeof element> => element('protium:note', {}, text);

  it('are put in their place, in our namespace', () => {
    const domain = setProtiumMetadata(bare, note('</metadata>'));
    expect(serializeXml(domain)).toBe(
      '<domain type="kvm">\n  <name>a</name>\n  <uuid>u</uuid>\n  ' +
        '<metadata><protium:note xmlns:protium="https://protium.dev/xmlns/domain/1.0">&lt;/metadata&gt;</protium:note></metadata>' +
        '\n  <memory>1</memory>\n</domain>',
    );
    const again = protiumMetadata(parseXml(serializeXml(domain)));
    expect(again === null ? null : namespaceOf(again, [])).toBe(protiumNamespace);
  });

  it("replace ours and keep everybody else's", () => {
    const foreign = parseXml(
      '<domain><metadata>\n  <x:a xmlns:x="urn:x">kept</x:a>\n  <p:old xmlns:p="https://protium.dev/xmlns/domain/1.0"/>\n  <protium:other xmlns:protium="urn:not-ours"/>\n</metadata></domain>',
    );
    const domain = setProtiumMetadata(foreign, note('new'));
    expect(serializeXml(domain)).toBe(
      '<domain><metadata>\n  <x:a xmlns:x="urn:x">kept</x:a>\n  ' +
        '<protium:note xmlns:protium="https://protium.dev/xmlns/domain/1.0">new</protium:note>\n  ' +
        '<protium:other xmlns:protium="urn:not-ours"/>\n</metadata></domain>',
    );
    expect(serializeXml(setProtiumMetadata(domain, null))).toBe(
      '<domain><metadata>\n  <x:a xmlns:x="urn:x">kept</x:a>\n  <protium:other xmlns:protium="urn:not-ours"/>\n</metadata></domain>',
    );
  });

  it('are found by namespace, wherever it is declared', () => {
    const declaredAbove = parseXml(
      '<domain xmlns:p="https://protium.dev/xmlns/domain/1.0"><metadata><p:x/><protium:y/></metadata></domain>',
    );
    expect(protiumMetadata(declaredAbove)?.name).toBe('p:x');
    expect(readMetadata(declaredAbove).map(({ namespace }) => namespace)).toEqual([protiumNamespace, null]);
    const byDefault = parseXml(
      '<domain><metadata><x xmlns="https://protium.dev/xmlns/domain/1.0"/></metadata></domain>',
    );
    expect(protiumMetadata(byDefault)?.name).toBe('x');
    expect(protiumMetadata(bare)).toBe(null);
    expect(setProtiumMetadata(bare, null)).toBe(bare);
  });

  it('hold a namespace only as far as it reaches', () => {
    const el = parseXml('<a xmlns="urn:1" xmlns:p="urn:p"><b xmlns=""><p:c/></b></a>');
    const b = child(el, 'b');
    const c = find(el, 'b', 'p:c');
    if (b === null || c === null) throw new Error('not found');
    expect([namespaceOf(el, []), namespaceOf(b, [el]), namespaceOf(c, [el, b])]).toEqual([
      'urn:1',
      null,
      'urn:p',
    ]);
  });
});

describe('optional media', () => {
  it('are the drives that may be empty at start', () => {
    const domain = parseXml(`<domain><devices>
      <disk device="cdrom"><source file="/a.iso" startupPolicy="optional"/><target dev="sda"/></disk>
      <disk device="floppy"><source file="/b.img" startupPolicy="optional"/><target dev="fda"/></disk>
      <disk device="cdrom"><source file="/c.iso"/><target dev="sdb"/></disk>
      <disk device="cdrom"><source file="/d.iso" startupPolicy="mandatory"/><target dev="sdc"/></disk>
      <disk device="cdrom"><target dev="sdd"/></disk>
      <disk device="disk"><source file="/e.img" startupPolicy="optional"/><target dev="vda"/></disk>
    </devices></domain>`);
    expect(optionalMedia(domain)).toEqual([
      { target: 'sda', file: '/a.iso' },
      { target: 'fda', file: '/b.img' },
    ]);
  });
});
