import { describe, expect, it } from 'vitest';
import { hostPciAddresses, readDomain, type DomainDocument } from '../../../internal/xml/domain/read.ts';
import { element, type XmlElement } from '../../../internal/xml/tree.ts';
import { domainCases } from '../../golden/xml/domain-cases.ts';
import { document } from './documents.ts';

/** The facts without the elements they were read from. */
function facts(items: readonly { readonly element: XmlElement }[]): unknown[] {
  return items.map(({ element: _element, ...rest }) => rest);
}

function golden(name: string): DomainDocument {
  const found = domainCases[name];
  if (found === undefined) throw new Error(`no golden domain ${name}`);
  return readDomain(found);
}

describe('a running domain, as libvirt dumps it', () => {
  const domain = readDomain(document('domain-running'));

  it('has a name, sizes and a way to boot', () => {
    expect(domain).toMatchObject({
      type: 'qemu',
      id: 89,
      name: 'QEmu-alpine-standard-x86_64',
      uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
      title: null,
      description: null,
      memoryKiB: 786432,
      currentMemoryKiB: 786432,
      vcpus: { maximum: 1, current: 1 },
      emulator: '/usr/bin/qemu-system-x86_64',
      cpu: { mode: 'maximum', model: null, check: 'none', migratable: 'on', topology: null },
      videos: ['vga'],
      hostDevices: [],
      tpms: [],
    });
    expect(domain.os).toEqual({
      type: 'hvm',
      arch: 'x86_64',
      machine: 'pc-q35-7.2',
      firmware: null,
      secureBoot: null,
      loader: null,
      nvram: null,
      kernel: null,
      initrd: null,
      commandLine: null,
      dtb: null,
      boot: [],
      bootMenu: true,
    });
    expect(domain.metadata.map(({ namespace, element: { name } }) => [namespace, name])).toEqual([
      ['http://libosinfo.org/xmlns/libvirt/domain/1.0', 'libosinfo:libosinfo'],
    ]);
  });

  it('has disks', () => {
    expect(facts(domain.disks)).toEqual([
      {
        device: 'disk',
        source: { type: 'file', path: '/srv/protium/img/boot.img' },
        type: 'file',
        format: 'qcow2',
        target: 'vda',
        bus: 'virtio',
        readOnly: false,
        bootOrder: 1,
        startupPolicy: null,
        serial: null,
        alias: 'virtio-disk0',
        backingChain: [],
      },
      {
        device: 'cdrom',
        source: { type: 'file', path: '/srv/protium/iso/alpine-standard-3.17.2-x86_64.iso' },
        type: 'file',
        format: 'raw',
        target: 'sda',
        bus: 'sata',
        readOnly: true,
        bootOrder: 2,
        startupPolicy: 'optional',
        serial: null,
        alias: 'sata0-0-0',
        backingChain: [],
      },
    ]);
  });

  it('has an interface, a screen and lines to the outside', () => {
    expect(facts(domain.interfaces)).toEqual([
      {
        type: 'network',
        network: 'default',
        portgroup: null,
        bridge: 'virbr0',
        device: null,
        pciAddress: null,
        socketPath: null,
        mac: '52:54:00:03:7b:5f',
        model: 'virtio',
        target: 'vnet2',
        bootOrder: null,
        alias: 'net0',
      },
    ]);
    expect(facts(domain.graphics)).toEqual([
      {
        type: 'vnc',
        port: 5900,
        tlsPort: null,
        websocketPort: null,
        autoport: true,
        socket: null,
        listens: [{ type: 'address', address: '127.0.0.1', network: null, socket: null }],
        hasPassword: false,
      },
    ]);
    const log = '/var/log/libvirt/qemu/QEmu-alpine-standard-x86_64-console.log';
    expect(facts([...domain.serials, ...domain.consoles, ...domain.channels])).toEqual([
      {
        type: 'pty',
        path: '/dev/pts/0',
        targetType: 'isa-serial',
        targetPort: 0,
        targetName: null,
        connected: null,
        logFile: log,
        alias: 'serial0',
      },
      {
        type: 'pty',
        path: '/dev/pts/0',
        targetType: 'serial',
        targetPort: 0,
        targetName: null,
        connected: null,
        logFile: log,
        alias: 'serial0',
      },
      {
        type: 'unix',
        path: '/var/lib/libvirt/qemu/channel/target/domain-89-QEmu-alpine-standard/org.qemu.guest_agent.0',
        targetType: 'virtio',
        targetPort: null,
        targetName: 'org.qemu.guest_agent.0',
        connected: false,
        logFile: null,
        alias: 'channel0',
      },
    ]);
  });

  it('has neither id nor ports once it is shut off', () => {
    const inactive = readDomain(document('domain-inactive'));
    expect([inactive.id, inactive.graphics[0]?.port, inactive.graphics[0]?.autoport]).toEqual([
      null,
      null,
      true,
    ]);
    expect([inactive.serials[0]?.path, inactive.interfaces[0]?.target]).toEqual([null, null]);
  });
});

describe('a domain with everything', () => {
  it('has devices of the host, by their addresses', () => {
    const gpu = golden('domain-gpu');
    expect(facts(gpu.hostDevices)).toEqual([
      {
        managed: true,
        alias: null,
        type: 'pci',
        address: '0000:01:00.0',
        romFile: '/srv/protium/rom/gpu.rom',
      },
      { managed: true, alias: null, type: 'pci', address: '0000:01:00.1', romFile: null },
      { managed: false, alias: null, type: 'pci', address: '0000:02:00.0', romFile: null },
      {
        managed: true,
        alias: null,
        type: 'usb',
        vendorId: 0x046d,
        productId: 0xc52b,
        bus: null,
        device: null,
      },
      {
        managed: false,
        alias: null,
        type: 'mdev',
        uuid: '53764d0e-85a0-42b4-af5c-2046b460b1dc',
        model: 'vfio-pci',
      },
    ]);
    expect(hostPciAddresses(gpu)).toEqual([
      '0000:01:00.0',
      '0000:01:00.1',
      '0000:02:00.0',
      '0000:05:10.1',
      '0000:04:00.0',
    ]);
    expect(gpu.interfaces.map(({ type, device }) => [type, device])).toEqual([
      ['direct', 'eth0'],
      ['hostdev', null],
    ]);
    expect(gpu.disks.map(({ source }) => source)).toEqual([
      { type: 'block', path: '/dev/vg0/root' },
      { type: 'nvme', pciAddress: '0000:04:00.0', namespace: '1' },
      { type: 'network', protocol: 'nbd', name: 'export', hosts: ['nbd.example.org:10809'] },
    ]);
    expect(gpu.graphics[0]?.socket).toBe('/run/protium/gpu-vnc.sock');
    expect(gpu.cpu?.topology).toEqual({ sockets: 2, dies: 1, cores: 1, threads: 2 });
  });

  it('has firmware, a TPM and a chain of images', () => {
    const windows = golden('domain-windows');
    expect([windows.os.firmware, windows.os.secureBoot, windows.os.loader?.secure]).toEqual([
      'efi',
      true,
      true,
    ]);
    expect(facts(windows.tpms)).toEqual([
      { model: 'tpm-crb', backend: 'emulator', version: '2.0', devicePath: null },
    ]);
    expect(golden('domain-loader').os).toMatchObject({
      loader: { path: '/usr/share/OVMF/OVMF_CODE_4M.fd', type: 'pflash', readOnly: true, secure: null },
      nvram: { path: '/srv/protium/nvram/loader.fd', template: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
      boot: ['network', 'hd'],
    });
    expect(golden('domain-direct-kernel').os).toMatchObject({
      kernel: '/srv/protium/kernel/vmlinuz',
      initrd: '/srv/protium/kernel/initrd.img',
      commandLine: 'console=ttyS0 root=/dev/vda quiet "x y"',
    });
    const server = golden('domain-server');
    expect(server.disks[0]?.backingChain).toEqual([
      { source: { type: 'file', path: '/srv/protium/images/debian-12.qcow2' }, format: 'qcow2' },
    ]);
    expect(server.disks[1]?.source).toEqual({ type: 'volume', pool: 'images', volume: 'data.raw' });
    expect(server.disks[3]).toMatchObject({ source: null, device: 'cdrom', readOnly: true });
    expect([server.vcpus, server.currentMemoryKiB, server.title]).toEqual([
      { maximum: 4, current: 2 },
      262144,
      'Ein Server: <1 & "2">',
    ]);
  });
});

describe('memory', () => {
  const sized = (...content: XmlElement[]): number =>
    readDomain(element('domain', { type: 'kvm' }, [element('name', {}, 'a'), ...content])).memoryKiB;

  it.each([
    ['KiB', '65536', undefined, 65536],
    ['MiB', '64', 'MiB', 65536],
    ['M', '64', 'M', 65536],
    ['mib', '64', 'mib', 65536],
    ['GiB', '2', 'GiB', 2097152],
    ['TiB', '1', 'TiB', 1073741824],
    ['MB, rounded up', '64', 'MB', 62500],
    ['bytes, rounded up', '1025', 'bytes', 2],
    ['b', '1024', 'b', 1],
    ['kB', '128', 'KB', 125],
  ])('in %s', (_name, text, unit, expected) => {
    expect(sized(element('memory', { unit }, text))).toBe(expected);
  });

  it('is the sum of the NUMA cells when nothing else says it', () => {
    const cells = [
      element('cell', { id: 0, cpus: '0', memory: 512, unit: 'MiB' }),
      element('cell', { id: 1, cpus: '1', memory: 1024 }),
    ];
    expect(sized(element('cpu', {}, element('numa', {}, cells)))).toBe(512 * 1024 + 1024);
  });
});

describe('readDomain refuses', () => {
  const named = (content: string, attributes = 'type="kvm"'): string =>
    `<domain ${attributes}><name>a</name><memory>1</memory>${content}</domain>`;

  it.each([
    ['another document', '<pool type="dir"><name>a</name></pool>', '<domain>'],
    ['no XML', 'domain: a', 'Line 1'],
    ['no type', '<domain><name>a</name><memory>1</memory></domain>', 'type'],
    ['no name', '<domain type="kvm"><memory>1</memory></domain>', '<name>'],
    ['an empty name', '<domain type="kvm"><name/><memory>1</memory></domain>', '<name>'],
    ['no memory', '<domain type="kvm"><name>a</name></domain>', '<memory>'],
    ['memory that is no number', '<domain type="kvm"><name>a</name><memory>lots</memory></domain>', 'lots'],
    ['negative memory', '<domain type="kvm"><name>a</name><memory>-1</memory></domain>', '-1'],
    ['an unknown unit', '<domain type="kvm"><name>a</name><memory unit="MO">1</memory></domain>', 'MO'],
    ['a uuid that is none', named('<uuid>c7a5</uuid>'), 'c7a5'],
    ['a vcpu count that is none', named('<vcpu>two</vcpu>'), 'two'],
    ['a boot order that is none', named('<devices><disk><boot order="first"/></disk></devices>'), 'first'],
    [
      'a PCI address that is none',
      named('<devices><hostdev type="pci"><source><address bus="zz"/></source></hostdev></devices>'),
      'zz',
    ],
    ['an id that is none', named('', 'type="kvm" id="x"'), 'id'],
  ])('%s', (_name, text, why) => {
    expect(() => readDomain(text)).toThrow(
      expect.objectContaining({
        code: 'document-malformed',
        message: expect.stringContaining(why) as string,
      }) as Error,
    );
  });
});

describe('a uuid', () => {
  it('is lower case with dashes, however it was written', () => {
    const text =
      '<domain type="kvm"><name>a</name><uuid>C7A5FDBDCDAF9455926AD65C16DB1809</uuid><memory>1</memory></domain>';
    expect(readDomain(text).uuid).toBe('c7a5fdbd-cdaf-9455-926a-d65c16db1809');
  });
});

describe('a name', () => {
  it('is what libvirt takes it for: spaces at its ends are part of it', () => {
    expect(readDomain('<domain type="kvm"><name> a\tb </name><memory>1</memory></domain>').name).toBe(
      ' a\tb ',
    );
  });

  it('must be more than white space', () => {
    expect(() => readDomain('<domain type="kvm"><name> </name><memory>1</memory></domain>')).toThrow(
      '<domain> has no <name>; add one.',
    );
  });
});
