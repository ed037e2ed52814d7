import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardMemoryGb } from '../../../internal/flavors/card-memory.ts';
import { cardDescription, cardSlug, cardTitle } from '../../../internal/flavors/card-name.ts';
import { configOfFlavor } from '../../../internal/flavors/config-of-flavor.ts';
import type { Flavor } from '../../../internal/flavors/flavor.ts';
import { flavorsOf } from '../../../internal/flavors/flavors-of.ts';
import { noFlavorSettings, parseFlavorSettings } from '../../../internal/flavors/settings.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { claimOfPlan } from '../../../internal/instances/claims.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { fixtureHost, fixtureHostNames } from '../../fixtures/hosts/load.ts';
import { matchGolden } from '../../golden/match-golden.ts';
import { card, debian, inputFor, machine, pci } from '../placement/hosts.ts';

const use = {
  name: 'rented',
  image: debian.name,
  imageBytes: debian.virtualSizeBytes,
  sshKeys: ['ssh-ed25519 AAAA me'],
  description: 'tag',
  tags: ['flavor:x', 'key:y'],
};
const flavors = (host: HostFacts, settings = noFlavorSettings) => flavorsOf(host, settings);
const place = (host: HostFacts, flavor: Flavor, claims: readonly Claim[] = []) =>
  planPlacement(inputFor(host, configOfFlavor(flavor, use), claims));
/** Nothing is taken, and no program has anything open. */
const idle = (host: HostFacts): HostFacts => ({
  ...host,
  memory: { ...host.memory, availableMib: host.memory.totalMib },
  pci: host.pci.map((device) => ({
    ...device,
    users: device.users.filter(({ kind }) => kind !== 'process' && kind !== 'usb'),
  })),
});

describe.each(fixtureHostNames)('the flavors of %s', (name) => {
  it('are as they were', async () => {
    const found = flavors(await fixtureHost(name));
    await matchGolden(`flavors/${name}.json`, JSON.stringify(found, null, 2));
  });

  it('are all placed when nothing is taken, and their names differ', async () => {
    const host = idle(await fixtureHost(name));
    const found = flavors(host);
    expect(found).not.toEqual([]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    for (const flavor of found) {
      const answer = place(host, flavor);
      expect(answer.ok ? [] : answer.refusal.reasons.map(({ message }) => message), flavor.name).toEqual([]);
    }
  });
});

describe('any machine', () => {
  const machines = fc
    .record({
      nodes: fc.constantFrom(1, 2, 4),
      coresPerNode: fc.integer({ min: 1, max: 24 }),
      threads: fc.constantFrom(1, 2),
      memoryMib: fc.integer({ min: 1024, max: 1_500_000 }),
      cards: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ cards, ...of }) =>
      machine({
        ...of,
        pci: Array.from({ length: cards }, (_, index) => card(`0000:0${index + 1}:00`, 10 + index)).flat(),
      }),
    );

  it('has only flavors that are read without a word and placed; each card makes its model a flavor', () => {
    fc.assert(
      fc.property(machines, (host) => {
        for (const flavor of flavors(host)) {
          const read = readSpec(configOfFlavor(flavor, use));
          expect(read).toMatchObject({
            ok: true,
            notices: [],
            spec: {
              name: 'rented',
              cpu: { slots: flavor.vcpus },
              memory: { mib: flavor.memoryMib },
              guest: { username: 'root', sshKeys: use.sshKeys },
              tags: use.tags,
              description: 'tag',
            },
          });
          const answer = place(host, flavor);
          if (!answer.ok) throw new Error(`${flavor.name}: ${JSON.stringify(answer.refusal.reasons)}`);
          expect(answer.plan.cpu.vcpus).toBe(flavor.vcpus);
          const given = answer.plan.pci.filter(({ reason }) => reason === 'requested');
          expect(given).toHaveLength(flavor.devices.reduce((sum, { count }) => sum + count, 0));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives out all of its cards at once', () => {
    fc.assert(
      fc.property(machines, (host) => {
        const gpu = flavors(host).find(({ devices }) => devices.length > 0);
        if (gpu === undefined) return;
        let claims: readonly Claim[] = [];
        const cards = host.pci.filter(({ class: of }) => of === '030000').length;
        for (let index = 0; index < cards; index += 1) {
          const answer = place(host, gpu, claims);
          if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
          const holder = { uuid: `vm-${index}`, name: `vm-${index}` };
          claims = [...claims, claimOfPlan(holder, 'instance', answer.plan)];
        }
        expect(place(host, gpu, claims).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a card', () => {
  const gpus = (host: HostFacts) =>
    flavors(host).flatMap(({ name, devices }) => (devices.length > 0 ? [name] : []));

  it('brings its audio along', async () => {
    const host = idle(await fixtureHost('seed-two-3060ti'));
    const gpu = flavors(host).find(({ name }) => name === 'n1.rtx3060ti');
    if (gpu === undefined) throw new Error('no flavor');
    const answer = place(host, gpu);
    expect(answer.ok && answer.plan.pci.map(({ class: of }) => of)).toEqual(['030000', '040300']);
  });

  it('that the host lives on, or whose group cannot go, makes no flavor', () => {
    const bootVga = { kind: 'boot-vga', description: 'the console' } as const;
    expect(gpus(machine({ pci: card('0000:01:00', 1, { users: [bootVga] }) }))).toEqual([]);
    const nvme = pci('0000:02:00.0', '144d:a80a', '010802', { iommuGroup: 1, driver: 'nvme' });
    expect(gpus(machine({ pci: [...card('0000:01:00', 1), nvme] }))).toEqual([]);
    const alone = card('0000:01:00', 1).map((device) => ({ ...device, iommuGroup: null }));
    expect(gpus(machine({ pci: alone }))).toEqual([]);
  });

  it('of another model with the same name is told apart by its id', () => {
    const named = { modelName: 'GA104 [GeForce RTX 3060 Ti]' };
    const other = card('0000:02:00', 2, named).map((device) =>
      device.model === '2489' ? { ...device, model: '2486' } : device,
    );
    expect(gpus(machine({ pci: [...card('0000:01:00', 1, named), ...other] }))).toEqual([
      'n1.rtx3060ti',
      'n1.rtx3060ti-2489',
    ]);
  });

  it('with two processors is asked for once, and both go', () => {
    const slot = [0, 1].map((at) =>
      pci(`0000:01:00.${at}`, '1002:67df', '030000', { iommuGroup: 1, driver: null }),
    );
    const host = machine({ pci: slot });
    const gpu = flavors(host).at(-1);
    expect(gpu).toMatchObject({
      name: 'a1.67df',
      devices: [{ vendorId: '1002', deviceId: '67df', count: 1 }],
      deviceDescription: '2 × 1002:67df',
    });
    const answer = gpu === undefined ? null : place(host, gpu);
    expect(answer?.ok && answer.plan.pci).toHaveLength(2);
  });

  it.each([
    ['GA104 [GeForce RTX 3060 Ti Lite Hash Rate]', 'GeForce RTX 3060 Ti', 'rtx3060ti'],
    ['GP107GL [Quadro P400]', 'Quadro P400', 'p400'],
    ['TU104GL [Tesla T4]', 'Tesla T4', 't4'],
    ['GP106 [GeForce GTX 1060 6GB]', 'GeForce GTX 1060', 'gtx1060'],
    ['Ellesmere [Radeon RX 470/480/570]', 'Radeon RX 470/480/570', 'rx470'],
    ['DG2 [Arc A770]', 'Arc A770', 'a770'],
    ['[]', '[]', '1234'],
  ])('%s', (model, title, slug) => {
    expect(cardTitle(model)).toBe(title);
    expect(cardSlug(model, '1234')).toBe(slug);
  });

  it('has the memory that its name, what is known of it, or its window says', () => {
    const of = (model: string, name: string | null, bytes: number) =>
      cardMemoryGb({ vendor: '10de', model, name, bars: [{ bytes, prefetchable: true }] });
    expect(of('1c03', 'GP106 [GeForce GTX 1060 6GB]', 2 ** 28)).toBe(6);
    expect(of('2487', 'GA106 [GeForce RTX 3060]', 2 ** 34)).toBe(12);
    expect(of('ffff', null, 2 ** 34)).toBe(16);
    expect(of('ffff', null, 2 ** 28)).toBeNull();
    const card3060 = { modelName: 'GA106 [GeForce RTX 3060]', vendor: '10de', model: '2487' };
    expect(cardDescription({ ...card3060, memoryGb: 12, count: 1 })).toBe('GeForce RTX 3060 (12GB)');
  });
});

describe('the settings', () => {
  const host = machine({ pci: card('0000:01:00', 1) });

  it('change, hide and add; one of theirs counts before ours of that name', () => {
    const settings = parseFlavorSettings(
      [
        'override:',
        '  c1.small: {pricePerHour: 0.02, limited: true}',
        '  c1.medium: {hidden: true}',
        'add:',
        '  - {name: n1.2489, vcpus: 2, memoryMib: 2048, devices: [{vendorId: 10de, deviceId: "2489"}]}',
        '  - {name: own, vcpus: 1, memoryMib: 128, pricePerHour: 1}',
      ].join('\n'),
      'flavors.yaml',
    );
    const found = flavors(host, settings);
    expect(found.map(({ name }) => name)).toEqual([
      ...['c1.tiny', 'c1.small', 'c1.large', 'c1.xlarge', 'n1.2489', 'own'],
    ]);
    expect(found[1]).toMatchObject({ pricePerHour: 0.02, limited: true, vcpus: 1 });
    expect(found[4]).toMatchObject({ id: 'n1.2489', vcpus: 2, rootStorageGib: 20, deviceDescription: '-' });
    expect(found[5]).toMatchObject({ id: 'own', devices: [], pricePerHour: 1, limited: false });
  });

  it.each([
    ['a: [', /flow sequence/i],
    ['unknown: 1', /unknown/],
    ['add: [{name: "A b", vcpus: 1, memoryMib: 128}]', /lower-case letters/],
    ['add: [{name: a, vcpus: 0, memoryMib: 128}]', /vcpus/],
    ['add: [{name: a, vcpus: 1, memoryMib: 128}, {name: a, vcpus: 1, memoryMib: 128}]', /"a" is added twice/],
    ['override: {c1.small: {price: 1}}', /price/],
    ['override: {c1.small: {pricePerHour: -1}}', /pricePerHour/],
  ])('%s is refused, with the file and the problem', (text, problem) => {
    const reading = () => parseFlavorSettings(text, 'flavors.yaml');
    expect(reading).toThrow(/flavors\.yaml \(PROTIUM_FLAVORS\)/);
    expect(reading).toThrow(problem);
  });
});
