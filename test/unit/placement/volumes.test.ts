import { describe, expect, it } from 'vitest';
import { planPlacement } from '../../../internal/placement/place.ts';
import type { PlacementInput } from '../../../internal/placement/plan.ts';
import { debian, inputFor, machine } from './hosts.ts';

const gigabyte = 1e9;

function answerTo(config: object) {
  const answer = planPlacement(inputFor(machine(), { slots: 2, ramsize: 8192, ...config }));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return answer.plan;
}

/** Of the image, as libvirt shows it. */
const imageVolume = {
  id: null,
  pool: debian.pool,
  name: debian.volume,
  path: debian.path ?? '',
  format: 'qcow2',
  capacityBytes: 2e9,
  usedBy: [],
};

/** Reasons with their fixes; empty: it is not refused. Volumes come beside those that there are. */
function refusalOf(config: object, { volumes = [], ...given }: Partial<PlacementInput> = {}): string {
  const input = inputFor(machine(), { slots: 2, ramsize: 8192, ...config });
  const answer = planPlacement({ ...input, ...given, volumes: [...input.volumes, ...volumes] });
  if (answer.ok) return '';
  return answer.refusal.reasons.map(({ code, message, fix }) => `${code} ${message} ${fix ?? ''}`).join(' ');
}

describe('the order of booting', () => {
  const order = (volumes: readonly object[]) =>
    answerTo({ volumes: volumes.map((volume) => ({ size: gigabyte, ...volume })) }).volumes.map(
      ({ bootOrder }) => bootOrder,
    );

  it.each<[string, readonly object[], readonly (number | null)[]]>([
    ['the first, where nothing is said', [{}, {}], [1, null]],
    ['by priority', [{ priority: 2 }, { priority: 0 }, {}], [2, 1, null]],
    ['what is marked comes after what has a priority', [{ bootable: true }, { priority: 5 }], [2, 1]],
  ])('%s', (_name, volumes, expected) => {
    expect(order(volumes)).toEqual(expected);
  });
});

describe('what may go wrong later is a warning', () => {
  const windows = { misc: { os_family: 'windows', os_flavour: 'windows11' } };

  it('a disk on which the setup of Windows 11 refuses to begin', () => {
    const warning = "The disk to boot from has 40.0 GB; the guest's setup wants 64.0 GB.";
    expect(answerTo({ ...windows, volumes: [{ size_gb: 40 }] }).warnings).toEqual([warning]);
    expect(answerTo({ ...windows, volumes: [{ size_gb: 64 }, { size_gb: 1 }] }).warnings).toEqual([]);
    expect(answerTo({ volumes: [{ size_gb: 1 }] }).warnings).toEqual([]);
  });

  it('thin volumes that may outgrow the pool', () => {
    expect(answerTo({ volumes: [{ size_gb: 900 }, { size_gb: 200 }] }).warnings).toEqual([
      expect.stringMatching(/may grow to 1100.0 GB; the pool "protium" has 1000.0 GB left/),
    ]);
  });
});

describe('a volume that is made from an image', () => {
  it('is a layer on it, as large as the image or larger', () => {
    const { volumes } = answerTo({ volumes: [{ image: 'debian-12' }, { image: debian.id, size_gb: 20 }] });
    const { id: imageId, name: imageName, pool, volume: name, path, format } = debian;
    const backing = { imageId, imageName, pool, name, path, format };
    expect(volumes).toMatchObject([
      { action: 'create', format: 'qcow2', sizeBytes: debian.virtualSizeBytes, backing, bootOrder: 1 },
      { action: 'create', format: 'qcow2', sizeBytes: 20e9, backing, bootOrder: null },
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['too small', { image: 'debian-12', size_gb: 1 }, /volume-mismatch.*2000000000 bytes.*1000000000/],
    ['raw', { image: 'debian-12', format: 'raw' }, /volume-mismatch.*layer/],
    [
      'a name that is close',
      { image: 'debian12' },
      /image-missing.*Is "debian-12" meant\?.*protium image import debian12/,
    ],
    ['another name', { image: 'fedora-40' }, /image-missing.*There are: debian-12\./],
    ['the image itself', { name: debian.volume }, /volume-mismatch.*is the image "debian-12"/],
  ])('is refused: %s', (_name, volume, expected) => {
    expect(refusalOf({ volumes: [volume] }, { volumes: [imageVolume] })).toMatch(expected);
  });

  it('is refused while the pool of the image is down', () => {
    const images = [{ ...debian, path: null }];
    expect(refusalOf({ volumes: [{ image: 'debian-12' }] }, { images })).toMatch(
      /image-missing.*in no active pool.*pool-start protium-images/,
    );
  });
});

describe('what runs in the guest', () => {
  const system = (config: object) => answerTo({ volumes: [{ image: 'debian-12' }], ...config }).system;
  const image = { family: 'linux', flavour: 'debian', version: '12', loginUser: 'debian' };

  it.each<[string, object, object]>([
    ['what the image says', {}, image],
    ['its user is named', { auth: { username: 'alice' } }, { ...image, loginUser: 'alice' }],
    ['the same family', { os_family: 'linux' }, image],
    ['another flavour', { os_flavour: 'ubuntu' }, { ...image, flavour: 'ubuntu', version: null }],
    ['another family', { os_family: 'bsd' }, { ...image, family: 'bsd', flavour: null, version: null }],
    [
      'no image, keys',
      { volumes: [{ size_gb: 9 }], os_flavour: 'rocky', auth: { password: 'x' } },
      { family: 'linux', flavour: 'rocky', version: null, loginUser: 'rocky' },
    ],
    [
      'no image, nothing',
      { volumes: [{ size_gb: 9 }] },
      { family: 'linux', flavour: null, version: null, loginUser: null },
    ],
  ])('%s', (_name, config, expected) => {
    expect(system(config)).toEqual(expected);
  });
});

describe('media', () => {
  it('are in CD drives, and booted from after the disks', () => {
    const { volumes } = answerTo({
      volumes: [{ iso: 'debian-12.iso' }, { size_gb: 8 }, { iso: 'iso/there.iso' }],
    });
    expect(volumes).toMatchObject([
      { device: 'cdrom', readonly: true, bus: 'sata', bootOrder: 2, existing: { name: 'debian-12.iso' } },
      { device: 'disk', bootOrder: 1 },
      { device: 'cdrom', bootOrder: 3, pool: '', existing: { path: '/srv/protium/iso/there.iso' } },
    ]);
  });

  it('come first where that is said, and where there is no disk', () => {
    const order = (volumes: readonly object[]) => answerTo({ volumes }).volumes.map((each) => each.bootOrder);
    expect(order([{ size_gb: 8 }, { iso: 'debian-12.iso', bootable: true }])).toEqual([null, 1]);
    expect(
      order([
        { size_gb: 8, priority: 1 },
        { iso: 'debian-12.iso', priority: 0 },
      ]),
    ).toEqual([2, 1]);
    expect(order([{ iso: 'debian-12.iso' }])).toEqual([1]);
  });

  it('a volume that holds an ISO is one, by its name alone and though others have it', () => {
    expect(answerTo({ volumes: [{ name: 'default/debian-12.iso' }] }).volumes).toMatchObject([
      { device: 'cdrom', action: 'use', pool: 'default' },
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['a file that is not there', { iso: 'iso/gone.iso' }, /volume-missing.*There is no file iso\/gone.iso/],
    ['nothing of that name', { iso: 'x' }, /volume-missing.*no volume and no file "x"/],
    ['a disk', { iso: 'a812966242ac4e2f84dbdd049a1facfe.qcow2' }, /volume-mismatch.*no medium/],
  ])('is refused: %s', (_name, volume, expected) => {
    expect(refusalOf({ volumes: [volume] })).toMatch(expected);
  });
});

describe('a volume that exists', () => {
  it('is found by its name, with its pool where the name alone does not do', () => {
    const name = 'a812966242ac4e2f84dbdd049a1facfe.qcow2';
    const expected = [{ action: 'use', id: 'a8129662-42ac-4e2f-84db-dd049a1facfe', format: 'qcow2' }];
    expect(answerTo({ volumes: [{ name }] }).volumes).toMatchObject(expected);
    const second = { ...imageVolume, pool: 'second', name, path: '/second' };
    expect(refusalOf({ volumes: [{ name }] }, { volumes: [second] })).toMatch(
      /volume-mismatch.*in the pools default, second/,
    );
    const known = { volumes: [{ name: `default/${name}` }] };
    expect(refusalOf(known, { volumes: [second] })).toBe('');
    expect(refusalOf({ volumes: [{ name }, { vid: name.slice(0, 32) }] })).toMatch(/named twice/);
    expect(refusalOf({ volumes: [{ name: 'nobody' }] })).toMatch(/volume-missing.*nobody/);
  });
});
