import { describe, expect, it } from 'vitest';
import { mapElements, setAttribute, setText } from '../../../internal/xml/edit.ts';
import { bestPairs } from '../../../internal/xml/domain/pairing.ts';
import { describesSameDomain } from '../../../internal/xml/domain/compare.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { children, textOf, type XmlElement } from '../../../internal/xml/tree.ts';
import { domainCases } from '../../golden/xml/domain-cases.ts';
import { document } from './documents.ts';

const inactive = parseXml(document('domain-inactive'));

function differences(posted: string, actual = inactive): readonly string[] {
  const { same, differences: found } = describesSameDomain(parseXml(posted), actual);
  expect(same).toBe(found.length === 0);
  return found;
}

/** A document of a few elements against libvirt's of the same VM. */
function partly(inner: string, type = 'qemu'): string {
  return `<domain type="${type}"><name>QEmu-alpine-standard-x86_64</name>${inner}</domain>`;
}

describe('the same domain', () => {
  it.each([
    ['as libvirt says it', document('domain-inactive')],
    ['as it was dumped while it ran', document('domain-running')],
    ['with only a name', partly('')],
    [
      'with memory in another unit',
      partly('<memory unit="MiB">768</memory><currentMemory unit="M">768</currentMemory>'),
    ],
    ['with memory in bytes', partly('<memory unit="b">805306368</memory>')],
    ['with a uuid in another form', partly('<uuid>C7A5FDBDCDAF9455926AD65C16DB1809</uuid>')],
    ['with the alias of its machine', partly('<os><type machine="q35">hvm</type></os>')],
    ['with other metadata', partly('<metadata><a:b xmlns:a="urn:a"/></metadata>')],
    [
      'with its devices in another order',
      partly(
        '<devices><rng model="virtio"><backend model="random">/dev/urandom</backend></rng>' +
          '<disk device="cdrom"><target dev="sda"/></disk><disk><target dev="vda" bus="virtio"/></disk></devices>',
      ),
    ],
    [
      'with addresses in another form',
      partly(
        '<devices><interface type="network"><mac address="52:54:00:03:7B:5F"/></interface>' +
          '<disk><target dev="vda"/><address type="pci" domain="0" bus="4" slot="0x0" function="0"/></disk></devices>',
      ),
    ],
    ['with comments and CDATA', partly('<memory unit="KiB"><!-- c -->786<![CDATA[432]]></memory>')],
    ['with one of its two PS/2 devices', partly('<devices><input type="keyboard" bus="ps2"/></devices>')],
    [
      'with a port of an earlier run',
      partly('<devices><graphics type="vnc" port="5907" autoport="yes"/></devices>'),
    ],
    ['with a port of its choice', partly('<devices><graphics type="vnc" port="-1"/></devices>')],
  ])('%s', (_name, posted) => {
    expect(differences(posted)).toEqual([]);
  });

  it('with sets of CPUs in another form', () => {
    const actual = parseXml('<domain><vcpu cpuset="0-3,7">4</vcpu></domain>');
    expect(differences('<domain><vcpu cpuset="7,0,1-3">4</vcpu></domain>', actual)).toEqual([]);
    expect(differences('<domain><vcpu cpuset="0-7,^4-6">4</vcpu></domain>', actual)).toEqual([]);
    expect(differences('<domain><vcpu cpuset="0-4">4</vcpu></domain>', actual)).toEqual([
      'vcpu@cpuset: 0-4 ≠ 0-3,7',
    ]);
  });

  it('with sizes that libvirt rounds or writes out', () => {
    const actual = parseXml(
      '<domain><cpu><numa><cell id="0" memory="524288" unit="KiB"/></numa></cpu><devices><video><model vram="16384"/></video></devices></domain>',
    );
    expect(
      differences(
        '<domain><cpu><numa><cell id="0" memory="512" unit="MiB"/></numa></cpu><devices><video><model vram="9216"/></video></devices></domain>',
        actual,
      ),
    ).toEqual([]);
  });
});

describe('another domain', () => {
  it.each<[string, string, string[]]>([
    ['memory', partly('<memory>65536</memory>'), ['memory: 65536 KiB ≠ 786432 KiB']],
    ['memory in another unit', partly('<memory unit="GiB">1</memory>'), ['memory: 1 GiB ≠ 786432 KiB']],
    ['type', partly('', 'kvm'), ['@type: kvm ≠ qemu']],
    ['name', '<domain type="qemu"><name>b</name></domain>', ['name: b ≠ QEmu-alpine-standard-x86_64']],
    ['title', partly('<title>mine</title>'), ['title: is not in the existing definition']],
    ['machine', partly('<os><type machine="pc">hvm</type></os>'), ['os/type@machine: pc ≠ pc-q35-7.2']],
    [
      'disk file',
      partly('<devices><disk><source file="/b"/><target dev="vda"/></disk></devices>'),
      ['devices/disk[vda]/source@file: /b ≠ /srv/protium/img/boot.img'],
    ],
    [
      'disk more',
      partly('<devices><disk><target dev="vdb"/></disk></devices>'),
      ['devices/disk[vdb]: is not in the existing definition'],
    ],
    [
      'network',
      partly(
        '<devices><interface type="network"><mac address="52:54:00:03:7b:5f"/><source network="lan"/></interface></devices>',
      ),
      ['devices/interface[52:54:00:03:7b:5f]/source@network: lan ≠ default'],
    ],
    [
      'MAC address',
      partly('<devices><interface type="network"><mac address="52:54:00:00:00:01"/></interface></devices>'),
      ['devices/interface[52:54:00:00:00:01]: is not in the existing definition'],
    ],
    [
      'a second device of a kind',
      partly('<devices><rng model="virtio"/><rng model="virtio"/></devices>'),
      ['devices/rng[2]: is not in the existing definition'],
    ],
    ['feature', partly('<features><pae/></features>'), ['features/pae: is not in the existing definition']],
    [
      'timer',
      partly('<clock><timer name="hpet" present="yes"/></clock>'),
      ['clock/timer[hpet]@present: yes ≠ no'],
    ],
    [
      'port',
      partly('<devices><graphics type="vnc" port="5901" autoport="no"/></devices>'),
      ['devices/graphics[vnc]@port: 5901 ≠ -1', 'devices/graphics[vnc]@autoport: no ≠ yes'],
    ],
    ['boot device', partly('<os><boot dev="hd"/></os>'), ['os/boot: hd ≠ nothing']],
    [
      'command line',
      partly('<q:commandline xmlns:q="urn:q"><q:arg value="-s"/></q:commandline>'),
      ['commandline: is not in the existing definition'],
    ],
    ['a set attribute', partly('<vcpu current="1">1</vcpu>'), ['vcpu@current: 1 ≠ nothing']],
  ])('by %s', (_name, posted, expected) => {
    expect(differences(posted)).toEqual(expected);
  });

  it('by the order of what has one', () => {
    const actual = parseXml('<domain><os><boot dev="hd"/><boot dev="cdrom"/></os></domain>');
    const same = '<domain><os><boot dev="hd"/><boot dev="cdrom"/></os></domain>';
    expect(differences(same, actual)).toEqual([]);
    expect(differences('<domain><os><boot dev="cdrom"/><boot dev="hd"/></os></domain>', actual)).toEqual([
      'os/boot: cdrom, hd ≠ hd, cdrom',
    ]);
  });

  it('by digits in a name, which are no number', () => {
    const actual = parseXml('<domain><devices><disk><source file="10"/></disk></devices></domain>');
    expect(
      differences('<domain><devices><disk><source file="010"/></disk></devices></domain>', actual),
    ).toEqual(['devices/disk/source@file: 010 ≠ 10']);
  });

  it('by any one element or attribute that is not there', () => {
    const actual = parseXml('<domain><a/></domain>');
    expect(differences('<domain><a b="1"/><c>text</c></domain>', actual)).toEqual([
      'a@b: 1 ≠ nothing',
      'c: is not in the existing definition',
    ]);
  });
});

/** The document with one attribute or text changed, for each of them outside of metadata; `a/b@c` tells which. */
function* changedOnce(domain: XmlElement): Generator<readonly [string, XmlElement]> {
  const spots: { readonly label: string; readonly at: XmlElement; readonly name: string | null }[] = [];
  mapElements(domain, (el, ancestors) => {
    const label = [...ancestors, el].map(({ name }) => name).join('/');
    if (label.startsWith('domain/metadata')) return el;
    for (const { name } of el.attributes) if (!name.startsWith('xmlns')) spots.push({ label, at: el, name });
    if (children(el).length === 0 && textOf(el) !== '') spots.push({ label, at: el, name: null });
    return el;
  });
  for (const { label, at, name } of spots) {
    const changed = mapElements(domain, (el, ancestors) => {
      const isSpot = el === at && [...ancestors, el].map((one) => one.name).join('/') === label;
      if (!isSpot) return el;
      if (name === null) return setText(el, `${textOf(el)}1`);
      const value = el.attributes.find((one) => one.name === name)?.value ?? '';
      return setAttribute(el, name, `${value}1`);
    });
    yield [`${label}@${name ?? ''}`, changed];
  }
}

describe('any one change of what a document says', () => {
  it.each(Object.entries(domainCases))('is a difference: %s', (_name, domain) => {
    const changes = [...changedOnce(domain)];
    expect(changes.length).toBeGreaterThan(15);
    const unseen = changes.filter(([, changed]) => describesSameDomain(changed, domain).same);
    expect(unseen.map(([label]) => label)).toEqual([]);
  });
});

describe('pairs', () => {
  it('are as many exact ones as possible', () => {
    expect(
      bestPairs([
        [0, 0],
        [0, 3],
      ]),
    ).toEqual([1, 0]);
  });

  it('are the cheapest of the rest, and none where none may be', () => {
    expect(
      bestPairs([
        [5, 2, null],
        [0, 1, 9],
        [null, null, null],
        [4, 4, 4],
      ]),
    ).toEqual([1, 0, null, 2]);
  });
});
