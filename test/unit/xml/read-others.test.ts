import { describe, expect, it } from 'vitest';
import { offersDomainType, readCapabilities } from '../../../internal/xml/capabilities.ts';
import { readDomainCapabilities } from '../../../internal/xml/domain-capabilities.ts';
import { readNetwork } from '../../../internal/xml/network.ts';
import { readNodeDevice } from '../../../internal/xml/node-device.ts';
import { formatPciAddress, pciAddressElement, pciAddressOf } from '../../../internal/xml/pci-address.ts';
import { readPool } from '../../../internal/xml/pool.ts';
import { readSnapshot } from '../../../internal/xml/snapshot.ts';
import { readVolume } from '../../../internal/xml/volume.ts';
import { cases } from '../../golden/xml/cases.ts';
import { document } from './documents.ts';

function without<T extends { readonly tree: unknown }>({ tree: _tree, ...rest }: T): Omit<T, 'tree'> {
  return rest;
}

describe('a name', () => {
  it('keeps the spaces at its ends, as libvirt does', () => {
    expect(readPool('<pool type="dir"><name> p</name></pool>').name).toBe(' p');
    expect(readVolume('<volume><name>v </name></volume>').name).toBe('v ');
    expect(readNetwork('<network><name> n </name></network>').name).toBe(' n ');
  });
});

describe('storage', () => {
  it('pool', () => {
    expect(without(readPool(document('pool-virtimages')))).toEqual({
      type: 'dir',
      name: 'virtimages',
      uuid: '102fc030-5496-4361-b9c8-43407a3bb934',
      targetPath: '/srv/protium/img',
      permissions: { mode: '0755', owner: 0, group: 0 },
      source: { name: null, directory: null, hosts: [], devices: [], format: null },
      capacityBytes: 270553174016n,
      allocationBytes: 27993202688n,
      availableBytes: 242559971328n,
    });
    expect(readPool(cases['pool-nfs']?.document ?? '').source).toEqual({
      name: null,
      directory: '/export/images',
      hosts: ['nas.example.org'],
      devices: [],
      format: 'nfs',
    });
  });

  it('volume', () => {
    expect(without(readVolume(document('volume-boot')))).toEqual({
      type: 'file',
      name: 'boot.img',
      key: '/srv/protium/img/boot.img',
      capacityBytes: 2147483648n,
      allocationBytes: 204800n,
      physicalBytes: 196640n,
      format: 'qcow2',
      path: '/srv/protium/img/boot.img',
      permissions: { mode: '0600', owner: 64055, group: 64055 },
      backing: null,
    });
    expect(readVolume(cases['volume-layer']?.document ?? '').backing).toEqual({
      path: '/srv/protium/images/debian-12.qcow2',
      format: 'qcow2',
    });
    expect(readVolume('<volume><name>a</name><capacity unit="G">2</capacity></volume>').capacityBytes).toBe(
      2147483648n,
    );
    expect(readVolume('<volume><name>a</name><capacity>2</capacity></volume>').capacityBytes).toBe(2n);
  });
});

describe('network', () => {
  it('of libvirt', () => {
    expect(without(readNetwork(document('network-default')))).toEqual({
      name: 'default',
      uuid: '3c27ab3e-8775-4234-9651-3d374f87ab45',
      forwardMode: 'nat',
      forwardDevice: null,
      bridge: 'virbr0',
      mac: '52:54:00:d5:0e:9c',
      domainName: null,
      mtu: null,
      addresses: [
        {
          family: 'ipv4',
          address: '192.168.122.1',
          prefix: 24,
          ranges: [{ start: '192.168.122.2', end: '192.168.122.254' }],
          hosts: [],
        },
      ],
      dnsHosts: [],
      portgroups: [],
      connections: 1,
    });
  });

  it('of our own', () => {
    const { addresses, mtu, domainName } = readNetwork(cases['network-nat']?.document ?? '');
    expect([mtu, domainName]).toEqual([1450, 'vm.internal']);
    expect(addresses.map(({ family, prefix, hosts }) => [family, prefix, hosts])).toEqual([
      [
        'ipv4',
        24,
        [
          { mac: '52:54:00:12:34:56', name: 'web', address: '10.61.0.10' },
          { mac: '52:54:00:12:34:57', address: '10.61.0.11' },
        ],
      ],
      ['ipv6', 64, [{ name: 'web', address: 'fd61::10' }]],
    ]);
    expect(readNetwork(cases['network-isolated']?.document ?? '').forwardMode).toBe(null);
    expect(readNetwork(cases['network-bridge']?.document ?? '')).toMatchObject({
      forwardMode: 'bridge',
      bridge: 'br0',
    });
  });

  it.each([
    ['255.255.255.255', 32],
    ['255.255.240.0', 20],
    ['0.0.0.0', 0],
    ['255.0.255.0', null],
    ['255.255.255', null],
    ['256.0.0.0', null],
  ])('netmask %s', (netmask, prefix) => {
    const text = `<network><name>a</name><ip address="10.0.0.1" netmask="${netmask}"/></network>`;
    expect(readNetwork(text).addresses[0]?.prefix).toBe(prefix);
  });
});

describe('snapshot', () => {
  it('with memory', () => {
    const snapshot = readSnapshot(document('snapshot-running'));
    expect({ ...without(snapshot), domain: snapshot.domain?.name }).toEqual({
      name: 'first',
      description: 'erster <Stand>',
      state: 'running',
      parent: null,
      creationTime: 1795385619,
      memory: { location: 'internal', file: null },
      disks: [
        { name: 'vda', location: 'internal', file: null },
        { name: 'sda', location: 'no', file: null },
      ],
      domain: 'domain',
    });
  });

  it('that asks for external layers', () => {
    expect(readSnapshot(cases['snapshot-external']?.document ?? '')).toMatchObject({
      memory: { location: 'external', file: '/srv/protium/snapshots/live.mem' },
      disks: [{ name: 'vda', location: 'external', file: '/srv/protium/snapshots/live.qcow2' }],
      domain: null,
    });
  });
});

describe('node device', () => {
  it('a GPU with its group', () => {
    expect(without(readNodeDevice(document('node-device-gpu')))).toEqual({
      name: 'pci_0000_0a_00_0',
      parent: 'pci_0000_00_03_1',
      path: '/sys/devices/pci0000:00/0000:00:03.1/0000:0a:00.0',
      driver: 'nouveau',
      devnodes: [],
      capability: {
        type: 'pci',
        address: '0000:0a:00.0',
        class: '030000',
        vendor: { id: '10de', name: 'NVIDIA Corporation' },
        product: { id: '24b0', name: 'GA104GL [RTX A4000]' },
        iommuGroup: { number: 21, members: ['0000:0a:00.0', '0000:0a:00.1'] },
        numaNode: 1,
        physicalFunction: null,
        virtualFunctions: [],
        mediatedTypes: [],
      },
    });
  });

  it('a card that can be shared', () => {
    expect(readNodeDevice(document('node-device-virtual-functions')).capability).toMatchObject({
      address: '0000:41:00.0',
      vendor: { id: '8086', name: null },
      iommuGroup: null,
      numaNode: 0,
      virtualFunctions: ['0000:41:02.0', '0000:41:02.1'],
      mediatedTypes: [{ id: 'nvidia-63', name: 'GRID P4-1Q', available: 7 }],
    });
  });

  const device = (capability: string): ReturnType<typeof readNodeDevice>['capability'] =>
    readNodeDevice(`<device><name>a</name><parent>computer</parent>${capability}</device>`).capability;

  it('a virtual function, and a device that is one', () => {
    const of = (inner: string): string =>
      `<capability type="pci"><domain>1</domain><bus>2</bus><slot>31</slot><function>7</function>` +
      `<product id="0x10ca"/><vendor id="0x8086"/>${inner}</capability>`;
    const inner = '<capability type="phys_function"><address bus="0x02" function="0x1"/></capability>';
    expect(device(of(inner))).toMatchObject({
      address: '0001:02:1f.7',
      class: null,
      physicalFunction: '0000:02:00.1',
    });
  });

  it('of other kinds', () => {
    expect(
      device(
        '<capability type="net"><interface>eth0</interface><address>52:54:00:AA:BB:CC</address><link state="up"/></capability>',
      ),
    ).toEqual({ type: 'net', interface: 'eth0', mac: '52:54:00:aa:bb:cc', link: 'up' });
    expect(
      device(
        '<capability type="storage"><block>/dev/sda</block><bus>ata</bus><drive_type>disk</drive_type>' +
          '<model>M</model><vendor>V</vendor><serial>S</serial><size>1000204886016</size></capability>',
      ),
    ).toEqual({
      type: 'storage',
      block: '/dev/sda',
      bus: 'ata',
      driveType: 'disk',
      model: 'M',
      vendor: 'V',
      serial: 'S',
      sizeBytes: 1000204886016n,
    });
    expect(
      device(
        '<capability type="storage"><block>/dev/sr0</block><drive_type>cdrom</drive_type><capability type="removable">' +
          '<media_available>1</media_available><media_size>4096</media_size></capability></capability>',
      ),
    ).toMatchObject({ driveType: 'cdrom', sizeBytes: 4096n });
    expect(
      device(
        '<capability type="usb_device"><bus>2</bus><device>1</device><product id="0x0001">hub</product><vendor id="0x1d6b"/></capability>',
      ),
    ).toEqual({
      type: 'usb_device',
      bus: 2,
      device: 1,
      vendor: { id: '1d6b', name: null },
      product: { id: '0001', name: 'hub' },
    });
    expect(
      device(
        '<capability type="mdev"><type id="mtty-1"/><uuid>u</uuid><iommuGroup number="12"/></capability>',
      ),
    ).toEqual({ type: 'mdev', typeId: 'mtty-1', uuid: 'u', iommuGroup: 12 });
    expect(device('<capability type="drm"><type>render</type></capability>')).toEqual({
      type: 'other',
      capability: 'drm',
    });
  });
});

describe('capabilities', () => {
  const capabilities = readCapabilities(document('capabilities'));

  it('of the host', () => {
    expect(capabilities.host).toMatchObject({
      arch: 'x86_64',
      cpuModel: 'kvm64',
      cpuVendor: 'AMD',
      topology: { sockets: 1, dies: 1, cores: 2, threads: 1 },
      hasIommu: false,
      cells: [
        {
          id: 0,
          memoryBytes: 13199564n * 1024n,
          cpus: [
            { id: 0, socket: 0, die: 0, core: 0, siblings: '0' },
            { id: 1, socket: 0, die: 0, core: 1, siblings: '1' },
          ],
        },
      ],
      dacLabels: { kvm: '+64055:+64055', qemu: '+64055:+64055' },
    });
    expect(capabilities.host.features).toContain('avx2');
    expect(capabilities.host.cells[0]?.pages).toContainEqual({ sizeKiB: 2048, count: 0 });
  });

  it('of guests', () => {
    expect(offersDomainType(capabilities, 'x86_64', 'qemu')).toBe(true);
    expect(offersDomainType(capabilities, 'x86_64', 'kvm')).toBe(false);
    expect(offersDomainType(capabilities, 'sparc', 'qemu')).toBe(false);
    const withKvm = document('capabilities').replaceAll(
      "<domain type='qemu'/>",
      "<domain type='qemu'/><domain type='kvm'/>",
    );
    expect(offersDomainType(readCapabilities(withKvm), 'x86_64', 'kvm')).toBe(true);
    const guest = capabilities.guests.find(({ arch }) => arch === 'x86_64');
    expect(guest).toMatchObject({ osType: 'hvm', wordSize: 64, emulator: '/usr/bin/qemu-system-x86_64' });
    expect(guest?.machines).toContainEqual({ name: 'q35', canonical: 'pc-q35-7.2' });
  });

  it('of domains', () => {
    expect(without(readDomainCapabilities(document('domain-capabilities')))).toMatchObject({
      emulator: '/usr/bin/qemu-system-x86_64',
      domainType: 'qemu',
      machine: 'pc-q35-7.2',
      arch: 'x86_64',
      maxVcpus: 288,
      firmware: ['efi'],
      loaders: [
        '/usr/share/OVMF/OVMF_CODE_4M.ms.fd',
        '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
        '/usr/share/OVMF/OVMF_CODE_4M.fd',
      ],
      secureBoot: true,
      cpuModes: ['maximum', 'host-model', 'custom'],
      diskBuses: ['fdc', 'scsi', 'virtio', 'usb', 'sata'],
      graphics: ['sdl', 'vnc', 'spice', 'egl-headless', 'dbus'],
      hostDeviceTypes: ['usb', 'pci', 'scsi'],
      pciBackends: [],
      tpmModels: ['tpm-tis', 'tpm-crb'],
      tpmBackends: ['passthrough', 'emulator', 'external'],
      tpmVersions: ['1.2', '2.0'],
      rngModels: ['virtio', 'virtio-transitional', 'virtio-non-transitional'],
      filesystemDrivers: ['path', 'handle', 'virtiofs'],
      memoryBackingSources: ['file', 'anonymous', 'memfd'],
    });
    const { cpuModels } = readDomainCapabilities(document('domain-capabilities'));
    expect(cpuModels).toContain('qemu64');
    expect(cpuModels).not.toContain('Cascadelake-Server');
    const noTpm = document('domain-capabilities').replace("<tpm supported='yes'>", "<tpm supported='no'>");
    expect(readDomainCapabilities(noTpm).tpmModels).toEqual([]);
  });
});

describe('PCI addresses', () => {
  it('are read and written in one form', () => {
    expect(formatPciAddress(0, 0xa, 0x1f, 7)).toBe('0000:0a:1f.7');
    expect(pciAddressOf(pciAddressElement('0001:0A:1f.7'))).toBe('0001:0a:1f.7');
  });

  it.each([
    '',
    '01:00.0',
    '0000:01:00.8',
    '0000:01:00',
    '0000:1:00.0',
    '0000:01:00.0/../..',
    'pci_0000_01_00_0',
  ])('refuse %j', (text) => {
    expect(() => pciAddressElement(text)).toThrow(
      expect.objectContaining({ code: 'document-malformed' }) as Error,
    );
  });
});

describe('a document of another kind', () => {
  const domain = '<domain type="kvm"><name>a</name><memory>1</memory></domain>';
  it.each([
    ['pool', readPool],
    ['volume', readVolume],
    ['network', readNetwork],
    ['snapshot', readSnapshot],
    ['node device', readNodeDevice],
    ['capabilities', readCapabilities],
    ['domain capabilities', readDomainCapabilities],
  ])('is refused as %s', (_name, read) => {
    expect(() => read(domain)).toThrow(expect.objectContaining({ code: 'document-malformed' }) as Error);
  });

  it.each<[string, (text: string) => unknown, string]>([
    ['a pool without a type', readPool, '<pool><name>a</name></pool>'],
    ['a pool without a name', readPool, '<pool type="dir"/>'],
    [
      'a pool with a size that is none',
      readPool,
      '<pool type="dir"><name>a</name><capacity>x</capacity></pool>',
    ],
    ['a volume without a name', readVolume, '<volume/>'],
    [
      'a volume with an unknown unit',
      readVolume,
      '<volume><name>a</name><capacity unit="X">1</capacity></volume>',
    ],
    ['a network without a name', readNetwork, '<network/>'],
    [
      'a network with a prefix that is none',
      readNetwork,
      '<network><name>a</name><ip prefix="x"/></network>',
    ],
    ['a snapshot without a name', readSnapshot, '<domainsnapshot/>'],
    ['a node device without a capability', readNodeDevice, '<device><name>a</name></device>'],
    [
      'a PCI device without a bus',
      readNodeDevice,
      '<device><name>a</name><capability type="pci"><domain>0</domain></capability></device>',
    ],
    [
      'a PCI device without ids',
      readNodeDevice,
      '<device><name>a</name><capability type="pci"><domain>0</domain><bus>0</bus><slot>0</slot><function>0</function></capability></device>',
    ],
    ['domain capabilities without an emulator', readDomainCapabilities, '<domainCapabilities/>'],
  ])('%s is refused', (_name, read, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'document-malformed' }) as Error);
  });
});
