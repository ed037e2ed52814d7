import { describe, expect, it } from 'vitest';
import { attachmentsOf } from '../../../../internal/instances/attachments/attachments.ts';
import { readDeviceName } from '../../../../internal/instances/attachments/device-name.ts';
import { freePorts, requirePorts } from '../../../../internal/instances/attachments/free-ports.ts';
import { growth } from '../../../../internal/instances/attachments/growth.ts';
import { withDevices } from '../../../../internal/instances/attachments/prepare-host-device.ts';
import { withFirewall } from '../../../../internal/firewall/interface-filter.ts';
import { mapElements } from '../../../../internal/xml/edit.ts';
import { prepareNetwork } from '../../../../internal/instances/attachments/prepare-network.ts';
import { prepareVolume } from '../../../../internal/instances/attachments/prepare-volume.ts';
import { freeTarget } from '../../../../internal/instances/attachments/target-name.ts';
import { findUsbDevice } from '../../../../internal/instances/attachments/usb-devices.ts';
import {
  leavingWith,
  withoutDevices,
  withoutNetwork,
  withoutVolume,
} from '../../../../internal/instances/attachments/without.ts';
import { requireSavable } from '../../../../internal/instances/lifecycle/save.ts';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import type { VolumeView } from '../../../../internal/libvirt/live-view/views.ts';
import { codeOf, instanceOf, volume, withDevice } from './instances.ts';

const config = { slots: 1, ramsize: 512, volumes: [{ size_gb: 1 }, { size_gb: 1, bus: 'sata' }] };
const request = { kind: 'volume', pool: 'p', name: 'a.qcow2', bus: null, readonly: false } as const;

function surroundings(volumes: readonly VolumeView[], disks: readonly string[] = []) {
  return {
    view: { volumes: () => volumes, domains: () => [{ name: 'other', diskPaths: disks }] } as never,
    promised: [],
    imagePool: 'images',
  };
}

it.each([
  ['virtio', [], 'vda'],
  ['virtio', ['vda', 'vdc', 'sda'], 'vdb'],
  ['scsi', ['sda'], 'sdb'],
  ['virtio', Array.from({ length: 26 }, (_, index) => `vd${String.fromCharCode(97 + index)}`), 'vdaa'],
] as const)('on %s beside %j the next disk is %s%s', (bus, taken, expected) => {
  expect(freeTarget(bus, taken)).toBe(expected);
});

describe('a volume', () => {
  it('becomes the next disk, and part of the plan', () => {
    const prepared = prepareVolume(
      instanceOf(config, { runs: true }),
      request,
      surroundings([volume('a.qcow2')]),
    );
    expect(prepared.devices).toMatchObject([{ id: 'vdb' }]);
    expect(prepared.devices[0]?.xml).toMatch(/type="qcow2".*file="\/p\/a.qcow2"/);
    expect(prepared.plan.volumes.at(-1)).toMatchObject({ action: 'use', pool: 'p', bus: 'virtio' });
  });

  it('on SCSI brings a controller that today’s systems know', () => {
    const scsi = { ...request, bus: 'scsi' } as const;
    const prepared = prepareVolume(instanceOf(config), scsi, surroundings([volume('a.qcow2')]));
    expect(prepared.devices.map(({ id }) => id)).toEqual([null, 'sdb']);
    expect(prepared.devices[0]?.xml).toContain('virtio-scsi');
  });

  it.each([
    ['is not there', [volume('b.qcow2')], [], {}, 'not-found'],
    ['is a directory', [volume('a.qcow2', { type: 'dir' })], [], {}, 'argument-invalid'],
    ['is of another format', [volume('a.qcow2', { format: 'vmdk' })], [], {}, 'argument-invalid'],
    ['is a disk of another', [volume('a.qcow2')], ['/p/a.qcow2'], {}, 'resource-in-use'],
    [
      'has a layer on it',
      [volume('a.qcow2'), volume('b', { backingPath: '/p/a.qcow2' })],
      [],
      {},
      'resource-in-use',
    ],
    ['is an image', [volume('a.qcow2', { pool: 'images' })], [], { pool: 'images' }, 'resource-in-use'],
    ['is to be on SATA', [volume('a.qcow2')], [], { bus: 'sata' }, 'state-conflict'],
    [
      'is an image that is only read',
      [volume('a.qcow2', { pool: 'images' })],
      [],
      { pool: 'images', readonly: true },
      null,
    ],
  ] as const)('that %s', (_what, volumes, disks, more, code) => {
    const wanted = { ...request, ...more };
    const act = () => prepareVolume(instanceOf(config, { runs: true }), wanted, surroundings(volumes, disks));
    expect(codeOf(act)).toBe(code);
  });

  it('that leaves goes with the instance no more', () => {
    const { record } = instanceOf(config);
    const [first, second] = record.plan.volumes.map((each, index) => ({ ...each, id: `v${index}` }));
    if (first === undefined || second === undefined) throw new Error('two are needed');
    const made = {
      ...record,
      plan: { ...record.plan, volumes: [first, second] },
      createdVolumes: [
        { pool: 'p', name: 'v0.qcow2', id: 'v0' },
        { pool: 'p', name: 'v1.qcow2', id: 'v1' },
      ],
    };
    const without = withoutVolume(made, '/p/v0.qcow2');
    expect(without.plan.volumes).toEqual([second]);
    expect(without.createdVolumes.map(({ id }) => id)).toEqual(['v1']);
    expect(withoutVolume(made, '/p/other')).toEqual(made);
  });
});

describe('a disk that is to grow', () => {
  const disk = { target: 'vda', device: 'disk', readOnly: false, format: 'qcow2' };
  const common = { disk, pool: 'p', capacityBytes: 1024, availableBytes: 4096 };

  it.each([
    [{ sizeBytes: 2048 }, null],
    [{ sizeBytes: 1024 }, null],
    [{ sizeBytes: 512 }, 'argument-invalid'],
    [{ sizeBytes: 2000 }, 'argument-invalid'],
    [{ sizeBytes: 1 << 20, disk: { ...disk, format: 'raw' } }, 'storage-full'],
    [{ sizeBytes: 2048, disk: { ...disk, readOnly: true } }, 'state-conflict'],
  ])('%j: %s', (more, code) => {
    expect(codeOf(() => growth({ ...common, ...more }))).toBe(code);
  });

  it('beyond its pool is told of, where it grows as it is written', () => {
    expect(growth({ ...common, sizeBytes: 1 << 20 }).notices).toHaveLength(1);
  });
});

describe('a network interface', () => {
  const offers = [{ name: 'default', uuid: 'n', bridge: 'virbr0' }];
  const wanted = { kind: 'network-interface', network: 'virbr0', mac: null, model: null } as const;

  it('gets a MAC that is free, and those before it keep theirs', () => {
    const current = instanceOf({ ...config, networks: [{ network_uid: 'default' }] });
    const { plan, devices } = prepareNetwork(current, wanted, offers);
    expect(plan.networks.map(({ mac }) => mac)).toEqual(['52:54:00:28:95:0e', '52:54:00:28:95:0f']);
    expect(devices[0]).toMatchObject({ id: '52:54:00:28:95:0f' });
    const record = { ...current.record, plan };
    const left = withoutNetwork(current.domain.uuid, record, '52:54:00:28:95:0e');
    expect(left.plan.networks).toEqual([{ network: 'default', mac: '52:54:00:28:95:0f' }]);
  });

  it('comes with the firewall that the others have', () => {
    const current = instanceOf({ ...config, networks: [{ network_uid: 'default' }] });
    const { uuid } = current.domain;
    const definition = mapElements(current.definition, (el) =>
      el.name === 'interface' ? withFirewall(el, uuid) : el,
    );
    const xmlOf = (of: typeof current) => prepareNetwork(of, wanted, offers).devices[0]?.xml;
    expect(xmlOf({ ...current, definition })).toContain(`<filterref filter="protium-${uuid}"/>`);
    expect(xmlOf(current)).not.toContain('filterref');
  });

  it('with a MAC that it has, or on no network, is refused', () => {
    const current = instanceOf({ ...config, networks: [{ network_uid: 'default' }] });
    const twice = { ...wanted, mac: '52:54:00:28:95:0e' };
    expect(codeOf(() => prepareNetwork(current, twice, offers))).toBe('already-exists');
    expect(codeOf(() => prepareNetwork(current, { ...wanted, network: 'none' }, offers))).toBe(
      'host-incapable',
    );
  });
});

describe('a host device', () => {
  it.each([
    ['0000:01:00.0', { type: 'pci', address: '0000:01:00.0' }],
    ['10DE:2489', { type: 'pci-kind', vendor: '10de', model: '2489' }],
    ['1.4', { type: 'usb', bus: 1, device: 4 }],
    ['usb:046d:C52B', { type: 'usb-kind', vendor: '046d', product: 'c52b' }],
  ])('%s is understood', (text, expected) => {
    expect(readDeviceName(text)).toEqual(expected);
  });

  it.each(['', '1', '../x', '0000:01:00.8', '10de', '1.4.2', 'usb:1:2'])('%j is not', (text) => {
    expect(codeOf(() => readDeviceName(text))).toBe('argument-invalid');
  });

  const { record, definition } = instanceOf({
    ...config,
    pci: [{ vendor: '10de', model: '2489' }],
  });

  it('comes behind those that there are, and leaves with what came along', () => {
    const other = record.plan.pci.map((device) => ({
      ...device,
      address: device.address.replace(':01:', ':02:'),
      iommuGroup: 99,
    }));
    const plan = withDevices(record.plan, { ...record.plan, pci: other });
    expect(plan.pci.map(({ guestSlot }) => guestSlot)).toEqual([0, 0, 1, 1]);
    expect(plan.memory.pinned).toBe(true);
    expect(leavingWith(plan, '0000:02:00.0')).toEqual(['0000:02:00.0', '0000:02:00.1']);
    expect(leavingWith(plan, '0000:7f:00.0')).toEqual(['0000:7f:00.0']);
    const left = withoutDevices({ ...record, plan }, leavingWith(plan, '0000:02:00.1'));
    expect(left.plan.pci.map(({ address }) => address)).toEqual(['0000:01:00.0', '0000:01:00.1']);
    expect(withoutDevices(record, leavingWith(record.plan, '0000:01:00.0')).plan.memory.pinned).toBe(false);
  });

  it('keeps a VM from being saved', () => {
    expect(codeOf(() => requireSavable(definition))).toBe('state-conflict');
    expect(codeOf(() => requireSavable(instanceOf(config).definition))).toBeNull();
  });

  const usb = (bus: number, device: number, product: string) =>
    `<device><name>usb_${bus}_${device}</name><capability type='usb_device'><bus>${bus}</bus><device>${device}</device>` +
    `<product id='0x${product}'/><vendor id='0x046d'/></capability></device>`;
  const documents = [usb(1, 4, 'c52b'), usb(2, 3, 'c52b'), usb(1, 5, 'aaaa')];
  const client = {
    nodeDevices: {
      list: () => Promise.resolve(documents.map((_, index) => ({ name: String(index) }))),
      xml: ({ name }: { name: string }) => Promise.resolve(documents[Number(name)] ?? ''),
    },
  } as unknown as Pick<LibvirtClient, 'nodeDevices'>;

  it('on USB is found by its place or kind, if that is one device', async () => {
    const kind = (product: string) => ({ type: 'usb-kind', vendor: '046d', product }) as const;
    expect(await findUsbDevice(client, { type: 'usb', bus: 1, device: 4 })).toMatchObject({
      product: 'c52b',
    });
    expect(await findUsbDevice(client, kind('aaaa'))).toMatchObject({ bus: 1, device: 5 });
    await expect(findUsbDevice(client, kind('c52b'))).rejects.toMatchObject({
      code: 'argument-invalid',
      details: { places: ['1.4', '2.3'] },
    });
    await expect(findUsbDevice(client, kind('0000'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('ports for PCI devices run out', () => {
  const port = (index: number) => `<controller type="pci" index="${index}" model="pcie-root-port"/>`;
  const { definition } = instanceOf({ ...config, volumes: [] });
  const used = '<interface type="user"><address type="pci" bus="0x65"/></interface>';
  const domain = [port(100), port(101), used].reduce(withDevice, definition);
  const free = freePorts(domain) ?? 0;
  expect(freePorts(withDevice(domain, port(102)))).toBe(free + 1);
  expect(codeOf(() => requirePorts(domain, free))).toBeNull();
  expect(codeOf(() => requirePorts(domain, free + 1))).toBe('state-conflict');
  expect(codeOf(() => requirePorts(null, 99))).toBeNull();
});

it('what is plugged in is told as it runs and as it is defined', () => {
  const { definition } = instanceOf(config);
  const running = withDevice(
    definition,
    '<hostdev mode="subsystem" type="usb"><source><vendor id="0x046d"/><product id="0xc52b"/></source></hostdev>',
  );
  const all = attachmentsOf(running, definition).map(({ field, running: now, configured }) => [
    field,
    now,
    configured,
  ]);
  expect(all).toEqual([
    ['volume vda', true, true],
    ['volume sda', true, true],
    ['network-interface 52:54:00:28:95:0e', true, true],
    ['host-device usb:046d:c52b', true, false],
  ]);
  expect(attachmentsOf(null, definition).every(({ running: now }) => !now)).toBe(true);
});
