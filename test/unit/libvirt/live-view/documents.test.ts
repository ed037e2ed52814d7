import { describe, expect, it } from 'vitest';
import {
  readDomainDocument,
  readNetworkDocument,
  readNodeDeviceDocument,
  readPoolDocument,
  readVolumeDocument,
} from '../../../../internal/libvirt/live-view/documents.ts';

/** Documents as libvirt 9.0 writes them, shortened. */

describe('a domain document', () => {
  it('gives what is shown of it', () => {
    const xml = `<domain type='qemu' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>web</name>
      <uuid>00000000-1111-4222-8333-444444444444</uuid>
      <title>Web &amp; mail</title>
      <description>Line 1
Line 2</description>
      <metadata>
        <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
          <libosinfo:os id="http://debian.org/debian/12"/>
        </libosinfo:libosinfo>
        <instance xmlns="https://example.org/instance/1"><title>not the domain's</title></instance>
        <bare/>
      </metadata>
      <maxMemory slots='4' unit='KiB'>4194304</maxMemory>
      <memory unit='KiB'>2097152</memory>
      <currentMemory unit='KiB'>1048576</currentMemory>
      <vcpu placement='static' current='2'>8</vcpu>
      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
      <devices>
        <disk type='of the future'/>
        <disk type='file'><source file='/images/web.qcow2'/></disk>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/></channel>
        <hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/></source></hostdev>
      </devices>
      <qemu:commandline><qemu:arg value='-S'/></qemu:commandline>
    </domain>`;
    expect(readDomainDocument(xml)).toEqual({
      memoryKiB: 1_048_576,
      maxMemoryKiB: 2_097_152,
      vcpus: 2,
      maxVcpus: 8,
      title: 'Web & mail',
      description: 'Line 1\nLine 2',
      osId: 'http://debian.org/debian/12',
      metadataNamespaces: ['http://libosinfo.org/xmlns/libvirt/domain/1.0', 'https://example.org/instance/1'],
      hostPciAddresses: ['0000:01:00.1'],
      diskPaths: ['/images/web.qcow2'],
      agentConnected: false,
      protiumMetadata: null,
    });
  });

  it('says nothing of what is not in it', () => {
    expect(readDomainDocument("<domain type='test'><memory>8192</memory></domain>")).toEqual({
      memoryKiB: 8192,
      maxMemoryKiB: 8192,
      vcpus: 1,
      maxVcpus: 1,
      title: null,
      description: null,
      osId: null,
      metadataNamespaces: [],
      hostPciAddresses: [],
      diskPaths: [],
      agentConnected: null,
      protiumMetadata: null,
    });
  });
});

describe('a pool document', () => {
  it('gives what is shown of it', () => {
    const xml = `<pool type='dir'>
      <name>images</name>
      <uuid>a66deeef-0a8e-4e8e-8af1-0eb443697183</uuid>
      <capacity unit='bytes'>9223372036854775807</capacity>
      <allocation unit='bytes'>24599523328</allocation>
      <available unit='bytes'>245953650688</available>
      <source></source>
      <target><path>/var/lib/libvirt/images</path><permissions><mode>0755</mode></permissions></target>
    </pool>`;
    expect(readPoolDocument(xml)).toEqual({
      type: 'dir',
      targetPath: '/var/lib/libvirt/images',
      capacityBytes: 9_223_372_036_854_775_807n,
      allocationBytes: 24_599_523_328n,
      availableBytes: 245_953_650_688n,
    });
  });

  it('may have neither target nor sizes', () => {
    expect(
      readPoolDocument("<pool type='rbd'><name>ceph</name><source><name>rbd</name></source></pool>"),
    ).toEqual({
      type: 'rbd',
      targetPath: null,
      capacityBytes: 0n,
      allocationBytes: 0n,
      availableBytes: 0n,
    });
  });
});

describe('a volume document', () => {
  it('gives what is shown of it', () => {
    const xml = `<volume type='file'>
      <name>over.qcow2</name>
      <key>/pool/over.qcow2</key>
      <capacity unit='bytes'>10485760</capacity>
      <allocation unit='bytes'>200704</allocation>
      <target><path>/pool/over.qcow2</path><format type='qcow2'/></target>
      <backingStore><path>/pool/base.qcow2</path><format type='qcow2'/></backingStore>
    </volume>`;
    expect(readVolumeDocument(xml)).toEqual({
      path: '/pool/over.qcow2',
      type: 'file',
      format: 'qcow2',
      capacityBytes: 10_485_760n,
      allocationBytes: 200_704n,
      backingPath: '/pool/base.qcow2',
    });
  });

  it('may have neither format nor backing', () => {
    const xml = "<volume type='network'><name>v</name><capacity>1</capacity></volume>";
    expect(readVolumeDocument(xml)).toMatchObject({
      type: 'network',
      format: null,
      path: null,
      backingPath: null,
    });
  });
});

describe('a network document', () => {
  it('gives what is shown of it', () => {
    const xml = `<network>
      <name>default</name>
      <uuid>eeaae3bc-75d7-42eb-a761-dbc3d8d25158</uuid>
      <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
      <bridge name='virbr0' stp='on' delay='0'/>
      <domain name='lan.example'/>
      <ip address='192.168.122.1' netmask='255.255.255.128'>
        <dhcp><range start='192.168.122.2' end='192.168.122.100'/></dhcp>
      </ip>
      <ip family='ipv6' address='fd00::1' prefix='64'/>
    </network>`;
    expect(readNetworkDocument(xml)).toEqual({
      bridge: 'virbr0',
      forwardMode: 'nat',
      domainName: 'lan.example',
      ips: [
        {
          family: 'ipv4',
          address: '192.168.122.1',
          prefix: 25,
          dhcpRanges: [{ start: '192.168.122.2', end: '192.168.122.100' }],
        },
        { family: 'ipv6', address: 'fd00::1', prefix: 64, dhcpRanges: [] },
      ],
    });
  });

  it('is isolated without <forward>', () => {
    expect(readNetworkDocument('<network><name>n</name></network>')).toEqual({
      bridge: null,
      forwardMode: null,
      domainName: null,
      ips: [],
    });
  });
});

describe('a node device document', () => {
  it('gives what is shown of a PCI device', () => {
    const xml = `<device>
      <name>pci_0000_0b_00_1</name>
      <path>/sys/devices/pci0000:00/0000:0b:00.1</path>
      <parent>computer</parent>
      <driver><name>snd_hda_intel</name></driver>
      <capability type='pci'>
        <class>0x040300</class>
        <domain>0</domain><bus>11</bus><slot>0</slot><function>1</function>
        <product id='0x10ef'>GP102 HDMI Audio Controller</product>
        <vendor id='0x10de'>NVIDIA Corporation</vendor>
        <iommuGroup number='17'><address domain='0x0000' bus='0x0b' slot='0x00' function='0x1'/></iommuGroup>
        <numa node='1'/>
      </capability>
    </device>`;
    expect(readNodeDeviceDocument(xml)).toEqual({
      path: '/sys/devices/pci0000:00/0000:0b:00.1',
      parent: 'computer',
      capability: 'pci',
      driver: 'snd_hda_intel',
      pci: {
        address: '0000:0b:00.1',
        class: '040300',
        vendorId: '10de',
        vendorName: 'NVIDIA Corporation',
        productId: '10ef',
        productName: 'GP102 HDMI Audio Controller',
        iommuGroup: 17,
        numaNode: 1,
      },
      net: null,
    });
  });

  it('gives what is shown of a network interface and of anything else', () => {
    const net = `<device><name>net_eth0</name><parent>pci_0000_00_03_0</parent>
      <capability type='net'><interface>eth0</interface><address>52:54:00:12:34:56</address><link state='up'/></capability>
    </device>`;
    expect(readNodeDeviceDocument(net)).toMatchObject({
      parent: 'pci_0000_00_03_0',
      capability: 'net',
      driver: null,
      pci: null,
      net: { interface: 'eth0', mac: '52:54:00:12:34:56', linkState: 'up' },
    });
    const computer = "<device><name>computer</name><capability type='system'/></device>";
    expect(readNodeDeviceDocument(computer)).toMatchObject({ capability: 'system', parent: null, net: null });
  });
});
