import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSnapshot, type SnapshotKind } from '../../../../internal/instances/snapshots/choose-kind.ts';
import { filesOfChains } from '../../../../internal/instances/snapshots/chains.ts';
import {
  isLayer,
  isLayerOf,
  layerPath,
  nextTidying,
  type LayerFile,
} from '../../../../internal/instances/snapshots/layers.ts';
import { pointDisks } from '../../../../internal/instances/snapshots/point-disks.ts';
import { olderFirst, snapshotOf } from '../../../../internal/instances/snapshots/read-snapshots.ts';
import { requireSameShape } from '../../../../internal/instances/snapshots/require-same-shape.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';
import { serializeXml } from '../../../../internal/xml/serialize.ts';
import { codeOf, instanceOf, withDevice } from './instances.ts';

const config = { slots: 1, ramsize: 512, volumes: [{ size_gb: 1 }] };
const { definition } = instanceOf(config);
const wish = { memory: false, quiesce: false };
const none: readonly SnapshotKind[] = [];
const passed =
  '<hostdev mode="subsystem" type="pci" managed="yes"><source><address domain="0" bus="1" slot="0" function="0"/></source></hostdev>';
const disk = (inner: string, type = 'file') =>
  `<disk type="${type}" device="disk"><driver name="qemu" type="qcow2"/>${inner}<target dev="vdz" bus="virtio"/></disk>`;
const uefi = instanceOf({ ...config, firmware: 'uefi' }).definition;
const raw = instanceOf({ ...config, volumes: [{ size_gb: 1, format: 'raw' }] }).definition;
const agent = parseXml(
  serializeXml(definition).replace(
    /(<target type="virtio" name="org.qemu.guest_agent.0")/,
    '$1 state="connected"',
  ),
);

describe('a snapshot is kept', () => {
  it.each([
    ['off, qcow2', definition, false, wish, none, 'internal'],
    ['running', definition, true, wish, none, 'external'],
    ['running, with memory', definition, true, { ...wish, memory: true }, none, 'internal'],
    ['running, quiesced', agent, true, { ...wish, quiesce: true }, none, 'external'],
    ['off, UEFI', uefi, false, wish, none, 'external'],
    ['off, raw', raw, false, wish, none, 'external'],
    ['off, beside layers', definition, false, wish, ['external'], 'external'],
    ['off, with a host device', withDevice(definition, passed), false, wish, none, 'internal'],
    ['running, with a host device', withDevice(definition, passed), true, wish, none, 'external'],
  ] as const)('%s: %#', (_what, domain, active, wanted, others, kind) => {
    const choice = chooseSnapshot(domain, { active, others }, wanted);
    expect(choice).toMatchObject({ kind, memory: wanted.memory, disks: [{ target: 'vda' }] });
  });

  it.each([
    ['memory of one that is off', definition, false, { ...wish, memory: true }, none, 'argument-invalid'],
    ['quiesced, off', definition, false, { ...wish, quiesce: true }, none, 'argument-invalid'],
    ['both', agent, true, { memory: true, quiesce: true }, none, 'argument-invalid'],
    ['no agent', definition, true, { ...wish, quiesce: true }, none, 'state-conflict'],
    ['memory, UEFI', uefi, true, { ...wish, memory: true }, none, 'host-incapable'],
    ['memory, raw', raw, true, { ...wish, memory: true }, none, 'host-incapable'],
    [
      'memory, host device',
      withDevice(definition, passed),
      true,
      { ...wish, memory: true },
      none,
      'state-conflict',
    ],
    ['running, beside internal', definition, true, wish, ['internal'], 'state-conflict'],
    ['memory, beside layers', definition, true, { ...wish, memory: true }, ['external'], 'state-conflict'],
    ['no disk', instanceOf({ ...config, volumes: [] }).definition, false, wish, none, 'state-conflict'],
    [
      'a block device',
      withDevice(definition, disk('<source dev="/dev/x"/>', 'block')),
      false,
      wish,
      none,
      'host-incapable',
    ],
    [
      'a shared disk',
      withDevice(definition, disk('<source file="/x"/><shareable/>')),
      false,
      wish,
      none,
      'host-incapable',
    ],
  ] as const)('not: %s', (_what, domain, active, wanted, others, code) => {
    expect(codeOf(() => chooseSnapshot(domain, { active, others }, wanted))).toBe(code);
  });

  it('without what the guest only reads, and with a word about what it lacks', () => {
    const drive =
      '<disk type="file" device="cdrom"><source file="/i.iso"/><target dev="sdz" bus="sata"/></disk>';
    const choice = chooseSnapshot(withDevice(uefi, drive), { active: true, others: [] }, wish);
    expect(choice.leftOut).toEqual(['sdz']);
    expect(choice.notices.join()).toMatch(/power failure.*UEFI/);
  });
});

const id = (index: number) => index.toString(16).padStart(12, '0');
const layer = (index: number) => layerPath('/p/base.qcow2', id(index));

describe('layers', () => {
  it('are known by their names', () => {
    expect(layer(1)).toBe('/p/base.layer-000000000001.qcow2');
    expect(layerPath(layer(1), id(2))).toBe(layer(2));
    expect(isLayer('/p/base.qcow2')).toBe(false);
    expect(isLayerOf(layer(1), '/p/base.raw')).toBe(true);
    expect(isLayerOf(layer(1), '/q/base.qcow2')).toBe(false);
    expect(isLayerOf(layer(1), '/p/bas.qcow2')).toBe(false);
  });

  it('are found down to the volume, which may stand on an image, and up', () => {
    const all = [
      { path: '/images/debian', backing: null },
      { path: '/p/base.qcow2', backing: '/images/debian' },
      { path: layer(1), backing: '/p/base.qcow2' },
      { path: layer(2), backing: layer(1) },
      { path: layer(3), backing: '/p/base.qcow2' },
      { path: '/p/of-others.qcow2', backing: '/p/base.qcow2' },
    ];
    const found = filesOfChains(all, new Set([layer(2)])).map(({ path }) => path);
    expect(found).toEqual(['/p/base.qcow2', layer(1), layer(2), layer(3)]);
  });

  it.each([
    ['nothing is left over', [] as string[], null],
    ['the layer that nobody stands on goes', [layer(2)], { action: 'delete', path: layer(2) }],
  ])('%s', (_what, unneeded, expected) => {
    const files = [
      { path: '/p/base.qcow2', backing: null },
      { path: layer(1), backing: '/p/base.qcow2' },
      { path: layer(2), backing: '/p/base.qcow2' },
    ];
    const needed = new Set(files.map(({ path }) => path).filter((path) => !unneeded.includes(path)));
    expect(nextTidying(files, needed)).toEqual(expected);
  });

  it('whatever tree there is: tidying ends, loses nothing that is needed, and leaves no more than that', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }),
        (parents, wanted) => {
          /** What a file holds: all that was ever written below and in it. */
          let files: (LayerFile & { readonly writes: readonly number[] })[] = [
            { path: '/p/base.qcow2', backing: null, writes: [0] },
          ];
          parents.forEach((parent, index) => {
            const below = files[parent % files.length]?.path ?? '';
            files.push({ path: layer(index + 1), backing: below, writes: [index + 1] });
          });
          const contentOf = (file: string): string => {
            const found = files.find(({ path }) => path === file);
            if (found === undefined) return 'lost';
            return [...(found.backing === null ? [] : [contentOf(found.backing)]), ...found.writes].join();
          };
          const standsFor = new Map(
            files.filter((_, index) => wanted[index]).map(({ path }) => [path, contentOf(path)]),
          );
          let needed = new Map([...standsFor].map(([path]) => [path, path]));
          for (let rounds = 0; ; rounds += 1) {
            expect(rounds).toBeLessThan(100);
            const step = nextTidying(files, new Set(needed.values()));
            if (step === null) break;
            if (step.action === 'delete') {
              files = files.filter(({ path }) => path !== step.path);
              continue;
            }
            const top = files.find(({ path }) => path === step.top);
            expect(top?.backing).toBe(step.base);
            files = files
              .filter(({ path }) => path !== step.top)
              .map((file) =>
                file.path === step.base
                  ? { ...file, writes: [...file.writes, ...(top?.writes ?? [])] }
                  : file.backing === step.top
                    ? { ...file, backing: step.base }
                    : file,
              );
            needed = new Map([...needed].map(([first, now]) => [first, now === step.top ? step.base : now]));
          }
          for (const [first, now] of needed) expect(contentOf(now)).toBe(standsFor.get(first));
          const stands = new Set(needed.values());
          for (const { path } of files) {
            const over = files.filter(({ backing }) => backing === path);
            const ends = over.length === 0 && isLayer(path);
            if (ends) expect(stands.has(path)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('a document of a snapshot', () => {
  const document = (more: string) =>
    `<domainsnapshot><name>s</name><description>d</description><creationTime>1700000000</creationTime>${more}` +
    `${serializeXml(definition)}</domainsnapshot>`;
  const ref = { name: 's', domain: { name: 'vm', uuid: 'u', id: null } };

  it.each([
    ['<state>shutoff</state><disks><disk name="vda" snapshot="internal"/></disks>', 'internal', 'off'],
    [
      '<state>running</state><memory snapshot="internal"/><disks><disk name="vda" snapshot="internal"/></disks>',
      'internal',
      'running',
    ],
    [
      '<state>disk-snapshot</state><memory snapshot="no"/><disks><disk name="vda" snapshot="external"/><disk name="sda" snapshot="no"/></disks>',
      'external',
      'disks',
    ],
  ])('is read: %#', (more, kind, state) => {
    expect(snapshotOf(document(more), ref, true)).toMatchObject({
      kind,
      state,
      description: 'd',
      createdAt: '2023-11-14T22:13:20.000Z',
      current: true,
      disks: [{ target: 'vda', path: '/var/lib/libvirt/images/a.qcow2', format: 'qcow2' }],
    });
  });

  it('has its disks on other files, and all else as it was', () => {
    const before = parseXml(
      document('<disks><disk name="vda" snapshot="external"><source file="/l"/></disk></disks>').replace(
        /(<source file="\/var\/lib\/libvirt\/images\/a.qcow2"\/>)/,
        '$1<backingStore type="file"><source file="/old"/></backingStore>',
      ),
    );
    const pointer = { from: '/var/lib/libvirt/images/a.qcow2', to: '/p/other', format: 'raw' } as const;
    const after = serializeXml(pointDisks(before, [pointer]));
    expect(after).toContain('<source file="/p/other"/>');
    expect(after).toContain('<source file="/l"/>');
    expect(after).not.toContain('/old');
    expect(after).toMatch(/<driver [^>]*type="raw"/);
    expect(pointDisks(before, [])).toBe(before);
  });
});

describe('a list of snapshots', () => {
  const at = (name: string, second: number, parent: string | null) => ({
    name,
    createdAt: new Date(second * 1000).toISOString(),
    parent,
  });
  const names = (snapshots: readonly ReturnType<typeof at>[]) =>
    olderFirst(snapshots).map(({ name }) => name);

  it('is by time, and within a second by what follows what', () => {
    expect(names([at('three', 7, 'two'), at('two', 7, 'one'), at('one', 7, null)])).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(names([at('b', 7, null), at('a', 8, null), at('c', 7, 'gone')])).toEqual(['b', 'c', 'a']);
    expect(names([at('y', 1, 'x'), at('x', 1, 'y')])).toEqual(['x', 'y']);
  });
});

describe('a VM is brought back', () => {
  it('only to what it has of the host now', () => {
    expect(codeOf(() => requireSameShape(definition, definition))).toBeNull();
    const larger = instanceOf({ ...config, ramsize: 1024 }).definition;
    expect(codeOf(() => requireSameShape(larger, definition))).toBe('state-conflict');
    expect(codeOf(() => requireSameShape(withDevice(definition, passed), definition))).toBe('state-conflict');
    expect(
      codeOf(() => requireSameShape(definition, withDevice(definition, disk('<source file="/x"/>')))),
    ).toBe('state-conflict');
  });
});
