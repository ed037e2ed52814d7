import { describe, expect, it } from 'vitest';
import type { Medium } from '../../../internal/migration/media.ts';
import {
  requireSuitable,
  suitability,
  type MigrationSituation,
} from '../../../internal/migration/suitability.ts';

const disk: Medium = {
  target: 'vda',
  path: '/pool/disk.qcow2',
  isFile: true,
  place: { pool: 'pool', name: 'disk.qcow2' },
  format: 'qcow2',
  writable: true,
  shareable: false,
  seed: false,
  capacityBytes: 1000n,
  allocationBytes: 100n,
  layered: true,
  there: false,
};
const seed: Medium = {
  ...disk,
  target: 'sda',
  path: '/pool/seed.iso',
  place: { pool: 'pool', name: 'seed.iso' },
  format: 'raw',
  writable: false,
  seed: true,
  layered: false,
};
const good: MigrationSituation = {
  target: { name: 'other', disks: 'copied' },
  offline: false,
  vm: {
    name: 'web',
    state: 'running',
    persistent: true,
    snapshots: [],
    saved: false,
    memoryMib: 512,
    media: [disk, seed],
    networks: ['default'],
    bridges: [],
    hostDevices: [],
    tpm: true,
    fileSystems: [],
    highestCpu: 3,
  },
  there: {
    same: false,
    nameTaken: false,
    uuidTaken: false,
    freeMemoryMib: 512,
    cpus: 4,
    networks: new Map([['default', true]]),
    pools: new Map([['pool', { active: true, samePath: true, availableBytes: 200n }]]),
    cpu: 'superset',
    emulates: true,
  },
};
const off = { ...good, offline: true, vm: { ...good.vm, state: 'shutoff' as const, tpm: false } };
const vm = (change: Partial<MigrationSituation['vm']>, of = good) => ({ ...of, vm: { ...of.vm, ...change } });
const there = (change: Partial<MigrationSituation['there']>, of = good) => ({
  ...of,
  there: { ...of.there, ...change },
});
const card = { id: '0000:01:00.0', there: false };
const pool = { active: true, samePath: true, availableBytes: 200n };

describe('whether a VM can move', () => {
  it('one that runs, with a disk that QEMU copies and a seed that is sent', () => {
    expect(suitability(good)).toMatchObject({
      problems: [],
      notices: [],
      moves: [
        { name: 'disk.qcow2', by: 'mirrored', goes: true, capacityBytes: '1000' },
        { name: 'seed.iso', by: 'uploaded', goes: true },
      ],
    });
  });

  it('one that is off, whatever the CPU and with devices that are there too', () => {
    const situation = there({ cpu: null }, vm({ hostDevices: [{ ...card, there: true }] }, off));
    const { problems, moves } = suitability(situation);
    expect(problems).toEqual([]);
    expect(moves.map(({ by }) => by)).toEqual(['uploaded', 'uploaded']);
  });

  it.each<[string, MigrationSituation, string, RegExp]>([
    ['this host', there({ same: true }), 'argument-invalid', /this very host/],
    ['its uuid is taken', there({ uuidTaken: true }), 'already-exists', /uuid/],
    ['its name is taken', there({ nameTaken: true }), 'already-exists', /rename/],
    ['off', vm({ state: 'shutoff' }), 'state-conflict', /offline/],
    ['suspended', vm({ state: 'paused' }), 'state-conflict', /resume it/],
    ['running, and to move offline', { ...good, offline: true }, 'state-conflict', /stop it first/],
    ['not kept', vm({ persistent: false }), 'state-conflict', /definition/],
    ['saved', vm({ saved: true }, off), 'state-conflict', /memory is saved/],
    ['with snapshots', vm({ snapshots: ['a', 'b'] }), 'state-conflict', /\(a, b\)/],
    ['with a card', vm({ hostDevices: [card] }), 'host-incapable', /01:00.0.*move it offline/],
    ['with a card that is not there', vm({ hostDevices: [card] }, off), 'host-incapable', /same devices/],
    ['with a TPM, offline', vm({ tpm: true }, off), 'host-incapable', /TPM/],
    ['with a directory', vm({ fileSystems: ['/srv'] }), 'host-incapable', /\/srv/],
    ['another machine', there({ emulates: false }), 'host-incapable', /QEMU/],
    ['a lesser CPU', there({ cpu: 'incompatible' }), 'host-incapable', /CPU/],
    ['full', there({ freeMemoryMib: 511 }), 'host-incapable', /511 MiB/],
    ['tied to a CPU', vm({ highestCpu: 4 }), 'host-incapable', /CPU 4/],
    ['without the network', there({ networks: new Map() }), 'host-incapable', /no network "default"/],
    ['a network that is off', there({ networks: new Map([['default', false]]) }), 'host-incapable', /active/],
    ['without the pool', there({ pools: new Map() }), 'host-incapable', /no pool "pool"/],
    [
      'a pool that is off',
      there({ pools: new Map([['pool', { ...pool, active: false }]]) }),
      'host-incapable',
      /not active/,
    ],
    [
      'a pool elsewhere',
      there({ pools: new Map([['pool', { ...pool, samePath: false }]]) }),
      'host-incapable',
      /another path/,
    ],
    [
      'a full pool',
      there({ pools: new Map([['pool', { ...pool, availableBytes: 199n }]]) }),
      'storage-full',
      /199 bytes/,
    ],
    ['a volume in the way', vm({ media: [{ ...disk, there: true }] }), 'already-exists', /disk.qcow2/],
    ['a disk of the host', vm({ media: [{ ...disk, isFile: false }] }), 'host-incapable', /device of this/],
    ['a shared disk', vm({ media: [{ ...disk, shareable: true }] }), 'host-incapable', /shared/],
    ['a disk in no pool', vm({ media: [{ ...disk, place: null }] }), 'host-incapable', /no pool/],
    [
      'storage that is not shared',
      { ...good, target: { name: 'other', disks: 'shared' } },
      'host-incapable',
      /said to be shared/,
    ],
  ])('%s', (_name, situation, code, message) => {
    const [problem] = suitability(situation).problems;
    expect(problem).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('every reason is told, under the code of the first', () => {
    const suits = suitability(there({ freeMemoryMib: 0, networks: new Map() }));
    expect(() => requireSuitable(suits, 'web', 'other')).toThrow(/512 MiB[^]*no network/);
    expect(() => requireSuitable(suitability(good), 'web', 'other')).not.toThrow();
  });

  it('shared disks and media that are there stay where they are', () => {
    const shared = vm({ media: [{ ...disk, there: true }] });
    const media = vm({
      media: [
        { ...seed, seed: false, there: true },
        { ...seed, place: null, seed: false },
      ],
    });
    expect(suitability({ ...shared, target: { name: 'other', disks: 'shared' } })).toMatchObject({
      problems: [],
      moves: [],
    });
    expect(suitability(media)).toMatchObject({
      problems: [],
      moves: [],
      notices: [expect.stringMatching(/in no pool/)],
    });
  });

  it('what cannot be seen from here is noted', () => {
    expect(suitability(there({ cpu: null })).notices).toHaveLength(1);
    expect(suitability(vm({ bridges: ['br0'] })).notices).toHaveLength(1);
  });
});
