import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../internal/xml/parse.ts';
import { pathPlaces, type DocumentKind } from '../../../internal/xml/path-places.ts';
import { documentPaths, resolveDocumentPaths, unreadableParts } from '../../../internal/xml/paths.ts';
import { resolvePath } from '../../../internal/xml/posix-path.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { attribute, children, type XmlElement } from '../../../internal/xml/tree.ts';

const base = '/srv/protium';

function resolved(kind: DocumentKind, text: string): string {
  return serializeXml(resolveDocumentPaths(parseXml(text), kind, base));
}

describe('a relative path', () => {
  it.each([
    ['./img/a.qcow2', '/srv/protium/img/a.qcow2'],
    ['img/a.qcow2', '/srv/protium/img/a.qcow2'],
    ['a.qcow2', '/srv/protium/a.qcow2'],
    ['../a.qcow2', '/srv/a.qcow2'],
    ['./x/../../../../a', '/a'],
    ['.', '/srv/protium'],
    ['./img//./a/', '/srv/protium/img/a'],
    ['/abs/./b/../c', '/abs/c'],
  ])('%s → %s', (path, absolute) => {
    expect(resolvePath(base, path)).toBe(absolute);
  });
});

/** One document for every place; each holds `./` and its own name. */
const everywhere = `<domain type="kvm">
  <name>./name</name>
  <description>see ./readme and ../other</description>
  <metadata><app:a xmlns:app="urn:app"><disk><source file="./foreign"/></disk></app:a></metadata>
  <blkiotune><device><path>./weighted</path></device></blkiotune>
  <sysinfo type="fwcfg"><entry name="opt/x" file="./fwcfg"/><entry name="opt/y">./value</entry></sysinfo>
  <os>
    <type>hvm</type>
    <loader>./loader.fd</loader>
    <nvram template="./template.fd">./nvram.fd</nvram>
    <kernel>./vmlinuz</kernel><initrd>./initrd</initrd><cmdline>root=./x</cmdline><dtb>./dtb</dtb>
    <acpi><table type="slic">./slic</table></acpi>
  </os>
  <devices>
    <emulator>./qemu</emulator>
    <disk type="file"><source file="./disk.img"/><backingStore type="file"><source file="./backing.img"/></backingStore>
      <mirror type="file" file="./copy.img"><source file="./mirror.img"/></mirror></disk>
    <disk type="block"><source dev="./block"/></disk>
    <disk type="dir"><source dir="./directory"/></disk>
    <disk type="vhostuser"><source type="unix" path="./vhost.sock"/></disk>
    <disk type="volume"><source pool="./pool" volume="./volume"/></disk>
    <disk type="network"><source protocol="rbd" name="./image"><host transport="unix" socket="./rbd.sock"/>
      <config file="./ceph.conf"/></source></disk>
    <filesystem type="mount"><source dir="./share"/><target dir="./tag"/><binary path="./virtiofsd"/></filesystem>
    <interface type="vhostuser"><source type="unix" path="./nic.sock"/><rom file="./nic.rom"/>
      <script path="./up.sh"/><backend tap="./tap" vhost="./vhost"/></interface>
    <interface type="vdpa"><source dev="./vdpa"/></interface>
    <interface type="direct"><source dev="./eth0"/></interface>
    <serial type="file"><source path="./serial.txt"/><log file="./serial.log"/></serial>
    <console type="unix"><source mode="bind" path="./console.sock"/></console>
    <channel type="unix"><source mode="bind" path="./channel.sock"/><target type="virtio" name="./port"/></channel>
    <tpm><backend type="passthrough"><device path="./tpm0"/></backend></tpm>
    <graphics type="vnc" socket="./vnc.sock"><listen type="socket" socket="./vnc.sock"/></graphics>
    <graphics type="egl-headless"><gl rendernode="./render"/></graphics>
    <input type="evdev"><source dev="./event0"/></input>
    <hostdev type="pci"><source><address bus="1"/></source><rom file="./gpu.rom"/></hostdev>
    <hostdev mode="capabilities" type="storage"><source><block>./sdb</block></source></hostdev>
    <memory model="nvdimm"><source><path>./nvdimm</path></source></memory>
    <rng model="virtio"><backend model="random">./random</backend></rng>
    <rng model="virtio"><backend model="builtin"/></rng>
    <shmem name="./shm"><server path="./shm.sock"/></shmem>
    <audio id="1" type="file" path="./sound.wav"/>
    <audio id="2" type="oss"><input dev="./dsp"/></audio>
    <audio id="3" type="alsa"><input dev="./alsa"/></audio>
  </devices>
</domain>`;

/** What of it is no path, and stays. */
const noPaths = [
  ...[
    './name',
    './readme',
    '../other',
    './foreign',
    './value',
    'root=./x',
    './pool',
    './volume',
    './image',
    './tag',
  ],
  ...['./eth0', './port', './shm', './alsa'],
];

describe('resolveDocumentPaths', () => {
  it('changes every place that holds a path, and no other', () => {
    const text = resolved('domain', everywhere);
    const kept = [...text.matchAll(/(?:root=)?\.\.?\/[A-Za-z0-9]+/g)].map(([found]) => found);
    expect(kept).toEqual(noPaths);
    expect(text).not.toContain('./img');
    const length = everywhere.match(/\.\//g)?.length ?? 0;
    expect(text.match(/\/srv\/protium\//g)?.length).toBe(length - noPaths.length);
  });

  it('leaves everything else as it was', () => {
    const text =
      '<domain a="1"><!-- ./x --><devices><disk><source file="/abs/../b"/></disk>\n</devices></domain>';
    expect(resolved('domain', text)).toBe(text);
  });

  it('leaves URLs, empty places and programs that are only a name', () => {
    const text =
      '<domain><devices><emulator>qemu-system-x86_64</emulator><disk><source file=""/></disk>' +
      '<interface><script path="qemu-ifup"/></interface></devices></domain>';
    expect(resolved('domain', text)).toBe(text);
    const volume = '<volume><target><path>gluster://host/vol/a</path></target></volume>';
    expect(resolved('volume', volume)).toBe(volume);
  });

  it('knows pools, volumes, networks and snapshots', () => {
    expect(resolved('pool', '<pool type="dir"><target><path>\n ./img\n</path></target></pool>')).toBe(
      '<pool type="dir"><target><path>/srv/protium/img</path></target></pool>',
    );
    const logical = '<pool type="logical"><source><device path="dev/sdb"/></source></pool>';
    expect(resolved('pool', logical)).toContain('/srv/protium/dev/sdb');
    const iscsi =
      '<pool type="iscsi"><source><host name="h"/><device path="iqn.2026-01.org:a"/><dir path="remote"/></source></pool>';
    expect(resolved('pool', iscsi)).toBe(iscsi);
    expect(
      resolved(
        'volume',
        '<volume><target><path>./a</path></target><backingStore><path>./b</path></backingStore></volume>',
      ),
    ).toBe(
      '<volume><target><path>/srv/protium/a</path></target><backingStore><path>/srv/protium/b</path></backingStore></volume>',
    );
    expect(resolved('network', '<network><ip><tftp root="./tftp"/></ip></network>')).toContain(
      '/srv/protium/tftp',
    );
    expect(
      resolved(
        'snapshot',
        '<domainsnapshot><memory file="./m"/><disks><disk name="vda"><source file="./d"/></disk></disks></domainsnapshot>',
      ),
    ).toBe(
      '<domainsnapshot><memory file="/srv/protium/m"/><disks><disk name="vda"><source file="/srv/protium/d"/></disk></disks></domainsnapshot>',
    );
  });
});

describe('documentPaths', () => {
  it('names every path, where it stands and what it is for', () => {
    const domain = parseXml(
      '<domain><os><kernel>/k</kernel></os><devices><disk><source file="/d"/></disk><serial><log file="/l"/></serial>' +
        '<rng><backend model="random">/dev/urandom</backend></rng></devices></domain>',
    );
    expect(documentPaths(domain, 'domain')).toEqual([
      { path: '/k', element: 'os/kernel', role: 'boot' },
      { path: '/d', element: 'devices/disk/source@file', role: 'image' },
      { path: '/l', element: 'devices/serial/log@file', role: 'log' },
      { path: '/dev/urandom', element: 'devices/rng/backend', role: 'device' },
    ]);
  });

  it('names exactly those that are resolved', () => {
    const paths = documentPaths(resolveDocumentPaths(parseXml(everywhere), 'domain', base), 'domain');
    expect(paths.filter(({ path }) => !path.startsWith('/srv/protium/'))).toEqual([]);
    expect(paths.length).toBe((everywhere.match(/\.\//g)?.length ?? 0) - noPaths.length);
  });

  it('cannot look into what is handed to QEMU unread, and says so', () => {
    const text =
      '<domain xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0"><devices/>' +
      '<qemu:commandline><qemu:arg value="-drive"/></qemu:commandline><qemu:override/></domain>';
    expect(unreadableParts(parseXml(text))).toEqual(['qemu:commandline', 'qemu:override']);
    expect(unreadableParts(parseXml('<domain><devices/></domain>'))).toEqual([]);
  });
});

/**
 * Every place that libvirt's schemas give a path's type, as `element@attribute` or `element`; read from the schemas on
 * this machine, so that a newer libvirt shows what it added.
 */
function placesOfSchema(file: string): Set<string> {
  const grammar = parseXml(readFileSync(`/usr/share/libvirt/schemas/${file}`, 'utf8'), {
    maxLength: 2 ** 24,
  });
  const found = new Set<string>();
  const walk = (el: XmlElement, ancestors: readonly XmlElement[]): void => {
    if (el.name === 'ref' && /^(?:abs)?(?:File|Dir|file|dir)Path$/.test(attribute(el, 'name') ?? '')) {
      const inner = ancestors.findLast(({ name }) => name === 'element' || name === 'attribute');
      const outer = ancestors.findLast(({ name }) => name === 'element');
      const [own, holder] = [inner, outer].map((one) => (one === undefined ? null : attribute(one, 'name')));
      if (inner?.name === 'attribute') found.add(`${holder ?? ''}@${own ?? ''}`);
      else if (inner !== undefined) found.add(own ?? '');
    }
    for (const one of children(el)) walk(one, [...ancestors, el]);
  };
  walk(grammar, []);
  return found;
}

describe('the table of places', () => {
  /** Of containers: paths inside the guest; a cgroup; and definitions whose element stands in another place. */
  const exceptions = new Set([
    'init',
    'initdir',
    'root',
    'partition',
    '@tty',
    '@dev',
    '@file',
    '@dir',
    '@path',
  ]);

  it.each<[string, DocumentKind]>([
    ['domaincommon.rng', 'domain'],
    ['storagevol.rng', 'volume'],
  ])('has all of %s', (file, kind) => {
    const known = new Set(
      pathPlaces[kind].map(({ elements, attribute: name }) => {
        const element = elements.at(-1) ?? '';
        return name === null ? element : `${element}@${name}`;
      }),
    );
    const places = placesOfSchema(file);
    expect(places.size).toBeGreaterThan(1);
    expect([...places].filter((place) => !known.has(place) && !exceptions.has(place))).toEqual([]);
  });
});
