import { describe, expect, it } from 'vitest';
import {
  append,
  ensureChild,
  insertAfter,
  insertBefore,
  insertInOrder,
  mapElements,
  remove,
  replaceChild,
  setAttribute,
  setText,
} from '../../../internal/xml/edit.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { child, element, type XmlElement } from '../../../internal/xml/tree.ts';

const source = `<domain type="kvm" x:unknown="1" xmlns:x="urn:x">
  <!-- the name -->
  <name>a</name>
  <x:foreign>kept</x:foreign>
  <memory unit="KiB">1</memory>
  <devices>
    <disk n="1"/>
    <disk n="2"/>
  </devices>
</domain>`;
const domain = parseXml(source);

function need(el: XmlElement, name: string): XmlElement {
  const found = child(el, name);
  if (found === null) throw new Error(`no <${name}>`);
  return found;
}

describe('an edit', () => {
  it('changes an attribute in its place, adds one, removes one', () => {
    expect(
      serializeXml(setAttribute(domain, 'type', 'qemu')).startsWith('<domain type="qemu" x:unknown="1"'),
    ).toBe(true);
    expect(setAttribute(domain, 'id', '3').attributes.map(({ name }) => name)).toEqual([
      'type',
      'x:unknown',
      'xmlns:x',
      'id',
    ]);
    expect(setAttribute(domain, 'type', null).attributes.map(({ name }) => name)).toEqual([
      'x:unknown',
      'xmlns:x',
    ]);
    expect(setAttribute(domain, 'absent', null)).toBe(domain);
  });

  it('sets text and keeps the elements beside it', () => {
    const el = parseXml('<a>old<b/><![CDATA[x]]><!--c--></a>');
    expect(serializeXml(setText(el, 'new & <bold>'))).toBe('<a>new &amp; &lt;bold&gt;<b/><!--c--></a>');
    expect(serializeXml(setText(el, ''))).toBe('<a><b/><!--c--></a>');
  });

  it('replaces one child and nothing else', () => {
    const edited = replaceChild(domain, need(domain, 'name'), element('name', {}, 'b'));
    expect(serializeXml(edited)).toBe(serializeXml(domain).replace('<name>a</name>', '<name>b</name>'));
    expect(serializeXml(domain)).toContain('<name>a</name>');
  });

  it('removes a child with its line', () => {
    const edited = remove(domain, need(domain, 'memory'));
    expect(serializeXml(edited)).toBe(serializeXml(domain).replace('\n  <memory unit="KiB">1</memory>', ''));
  });

  it('inserts on a line of its own', () => {
    const devices = need(domain, 'devices');
    const disk = need(devices, 'disk');
    expect(serializeXml(insertAfter(devices, disk, element('new')))).toBe(
      '<devices>\n    <disk n="1"/>\n    <new/>\n    <disk n="2"/>\n  </devices>',
    );
    expect(serializeXml(insertBefore(devices, disk, element('new')))).toBe(
      '<devices>\n    <new/>\n    <disk n="1"/>\n    <disk n="2"/>\n  </devices>',
    );
    expect(serializeXml(append(devices, element('new')))).toBe(
      '<devices>\n    <disk n="1"/>\n    <disk n="2"/>\n    <new/>\n  </devices>',
    );
    expect(serializeXml(append(element('empty'), element('new')))).toBe('<empty><new/></empty>');
  });

  it('is refused for a node that is not there', () => {
    expect(() => remove(domain, element('name'))).toThrow(RangeError);
  });
});

describe('the place of a new child', () => {
  const order = ['name', 'uuid', 'metadata', 'memory', 'devices'];
  const names = (el: XmlElement): string[] =>
    el.children.flatMap((node) => (node.kind === 'element' ? node.name : []));

  it.each([
    ['uuid', ['name', 'uuid', 'x:foreign', 'memory', 'devices']],
    ['metadata', ['name', 'metadata', 'x:foreign', 'memory', 'devices']],
    ['memory', ['name', 'x:foreign', 'memory', 'memory', 'devices']],
    ['devices', ['name', 'x:foreign', 'memory', 'devices', 'devices']],
    ['later', ['name', 'x:foreign', 'memory', 'devices', 'later']],
  ])('%s', (name, expected) => {
    expect(names(insertInOrder(domain, element(name), order))).toEqual(expected);
  });

  it('is the first, before all siblings', () => {
    expect(names(insertInOrder(parseXml('<a><memory/></a>'), element('name'), order))).toEqual([
      'name',
      'memory',
    ]);
    expect(names(insertInOrder(parseXml('<a/>'), element('name'), order))).toEqual(['name']);
  });

  it('is where the child already is', () => {
    const edited = ensureChild(domain, 'memory', order, (el) => setText(el, '2'));
    expect(serializeXml(edited)).toBe(serializeXml(domain).replace('>1<', '>2<'));
    expect(names(ensureChild(domain, 'uuid', order))).toEqual([
      'name',
      'uuid',
      'x:foreign',
      'memory',
      'devices',
    ]);
  });
});

describe('mapElements', () => {
  it('changes and removes anywhere, with the ancestors at hand', () => {
    const seen: string[] = [];
    const edited = mapElements(domain, (el, ancestors) => {
      seen.push([...ancestors, el].map(({ name }) => name).join('/'));
      if (el.name === 'disk') return el.attributes[0]?.value === '1' ? null : setAttribute(el, 'seen', 'yes');
      return el;
    });
    expect(serializeXml(edited)).toBe(
      serializeXml(domain).replace('\n    <disk n="1"/>', '').replace('n="2"', 'n="2" seen="yes"'),
    );
    expect(seen).toEqual([
      'domain/name',
      'domain/x:foreign',
      'domain/memory',
      'domain/devices/disk',
      'domain/devices/disk',
      'domain/devices',
      'domain',
    ]);
  });

  it('gives the very same tree when nothing changes', () => {
    expect(mapElements(domain, (el) => el)).toBe(domain);
  });
});
