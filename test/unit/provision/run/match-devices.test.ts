import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../../internal/provision/analysis.ts';
import { matchDevices, type DeviceClass } from '../../../../internal/provision/run/match-devices.ts';

const said = <T>(value: T) => ({
  value,
  confidence: 1,
  evidence: [{ file: 'text', line: 1, quote: String(value), rule: 'test' }],
});
type Gpu = Partial<Facts['gpu']>;
const device = (id: string, name: string, memoryGb: number | null, free = 1): DeviceClass => ({
  id,
  name,
  memoryGb,
  total: 1,
  free,
});
const p400 = device('10de:1cb3', 'Quadro P400', 2);
const rtx3060 = device('10de:2503', 'GeForce RTX 3060', 12);
const rtx3070 = device('10de:2484', 'GeForce RTX 3070', 8);
const p40 = device('10de:1b38', 'Tesla P40', 24);
const a100 = device('10de:20b0', 'A100 SXM4', 40);
const a100large = device('10de:20b2', 'A100 SXM4', 80);
const h100 = device('10de:2330', 'H100 SXM5', 80);
const radeon = device('1002:73bf', 'Radeon RX 6800/6800 XT / 6900 XT', 16);
const polaris = device('1002:67df', 'Radeon RX 470/480/570/570X/580/580X/590', null);
const unknown = device('10de:9999', '10de:9999', 24);

const match = (gpu: Gpu, ...classes: readonly DeviceClass[]) =>
  matchDevices({ gpu: { need: said('required'), ...gpu } }, classes, null);
const floor = (...named: readonly string[]): Gpu => ({ named: said(named), named_binding: said('floor') });

describe('a card that is named, or better', () => {
  it.each<[string, Gpu, readonly DeviceClass[], DeviceClass | null]>([
    ['the named one', floor('GeForce RTX 3060'), [p400, rtx3060], rtx3060],
    ['a better one', floor('GeForce RTX 3060'), [p400, rtx3070], rtx3070],
    ['the smallest that does', floor('GeForce RTX 3060'), [h100, rtx3060, a100], rtx3060],
    ['none that is slower', floor('GeForce RTX 3060'), [p400], null],
    ['none of an older generation', floor('GeForce RTX 3060'), [p40], null],
    ['none of another vendor', floor('GeForce RTX 3060'), [radeon], null],
    [
      'any of several that are named',
      floor('GeForce RTX 3070', 'Radeon RX 6700 XT'),
      [rtx3060, radeon],
      radeon,
    ],
    ['every card of a shared id does', floor('Radeon RX 460'), [polaris], polaris],
    ['not every card of a shared id does', floor('Radeon RX 6900 XT'), [radeon], null],
    [
      'an id that is asked for, whatever else shares it',
      { ...floor('Radeon RX 6900 XT'), pci_any_of: said(['1002:73bf']) },
      [radeon],
      radeon,
    ],
    [
      'the memory that is said with it',
      { ...floor('A100 80GB'), pci_any_of: said(['10de:20b2']) },
      [a100, h100],
      h100,
    ],
    [
      'its own larger variant',
      { ...floor('A100 80GB'), pci_any_of: said(['10de:20b2']) },
      [a100, a100large],
      a100large,
    ],
    ['none that the table does not have', floor('GeForce RTX 3060'), [unknown], null],
    ['ids alone', { pci_any_of: said(['10de:2484']) }, [rtx3060, rtx3070], rtx3070],
  ])('%s', (_, gpu, classes, expected) => {
    const { device: chosen, refusal } = match(gpu, ...classes);
    expect(chosen?.id ?? null).toBe(expected?.id ?? null);
    expect(refusal === null).toBe(expected !== null);
  });

  it('says what stands against a card', () => {
    expect(match(floor('GeForce RTX 3060'), p400).refusal).toContain(
      'Quadro P400 (10de:1cb3): it is none of those that do (GeForce RTX 3060 or better).',
    );
    expect(match(floor('GeForce RTX 3060'), unknown).refusal).toContain('--node-type 10de:9999');
  });

  it('a variant of unknown memory does not count as the one that is asked for', () => {
    const variant = device('10de:20b0', 'A100', null);
    const gpu: Gpu = { ...floor('A100 80GB'), pci_any_of: said(['10de:20b2']) };
    expect(match(gpu, variant).device).toBeNull();
  });

  it('an example lets any card with the memory pass', () => {
    const gpu: Gpu = {
      named: said(['GeForce RTX 3090']),
      named_binding: said('example'),
      vram_gb_min: said(12),
    };
    expect(match(gpu, rtx3070, rtx3060).device?.id).toBe(rtx3060.id);
  });
});

describe('exactly a card', () => {
  it.each<[string, Gpu, DeviceClass | null]>([
    ['by its id', { pci_any_of: said(['10de:2503']) }, rtx3060],
    ['by its name, where no id is known', { named: said(['GeForce RTX 3060']) }, rtx3060],
    ['and no better one', { named: said(['GeForce RTX 3050']) }, null],
  ])('%s', (_, gpu, expected) => {
    const chosen = match({ ...gpu, named_binding: said('exact') }, rtx3060, h100).device;
    expect(chosen?.id ?? null).toBe(expected?.id ?? null);
  });
});

describe('compute capability', () => {
  const ampere: Gpu = { compute_capability_min: said('8.0') };

  it('chooses among the cards and needs no note', () => {
    const { device: chosen, others, notes } = match(ampere, p40, rtx3060);
    expect(chosen?.id).toBe(rtx3060.id);
    expect(others).toStrictEqual([
      { id: p40.id, name: p40.name, reason: 'its compute capability is 6.1, and 8.0 is asked for' },
    ]);
    expect(notes).toStrictEqual([]);
  });

  it('compares numbers: 12.0 is more than 8.0', () => {
    expect(match(ampere, device('10de:2b85', 'GeForce RTX 5090', 32)).device).not.toBeNull();
  });

  it('is NVIDIA’s', () => {
    expect(match(ampere, radeon).refusal).toContain('which NVIDIA');
  });

  it('is said not to be checked where the card is not known', () => {
    expect(match(ampere, unknown).notes).toStrictEqual([
      'That 10de:9999 has compute capability 8.0 or more is not checked.',
    ]);
  });
});

it('of cards with as much memory the slower one is taken', () => {
  const t4 = device('10de:1eb8', 'Tesla T4', 16, 1);
  const v100 = device('10de:1db4', 'Tesla V100 PCIe', 16, 1);
  expect(match({ vram_gb_min: said(16) }, v100, t4).device?.id).toBe(t4.id);
});
