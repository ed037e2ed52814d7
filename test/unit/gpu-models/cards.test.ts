import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { cardTable } from '../../../internal/gpu-models/card-table.ts';
import {
  atLeast,
  cardsOfDevice,
  findCards,
  memoryOfDevice,
  pciIdsOf,
  whyNoIds,
} from '../../../internal/gpu-models/cards.ts';
import { memoryById } from '../../../internal/gpu-models/memory-by-id.ts';

const listed = parsePciIds(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/pci-ids/graphics-cards.ids'), 'utf8'),
);
const noList = parsePciIds('');

function names(text: string): string[] {
  return findCards(text).map(({ card, memoryGb, mobile }) =>
    [card.name, memoryGb === null ? '' : `${memoryGb}GB`, mobile ? 'laptop' : ''].filter(Boolean).join(' '),
  );
}

describe('findCards', () => {
  it.each<[string, readonly string[]]>([
    ['RTX 3060 Ti', ['GeForce RTX 3060 Ti']],
    ['at least a GTX1080', ['GeForce GTX 1080']],
    ['3060/3070 class', ['GeForce RTX 3060', 'GeForce RTX 3070']],
    ['an RTX 3060 or 3070', ['GeForce RTX 3060', 'GeForce RTX 3070']],
    ['A100 80GB', ['A100 80GB']],
    ['NVIDIA® GeForce® RTX™ 4070 SUPER', ['GeForce RTX 4070 SUPER']],
    ['GTX 1060 6GB/1070 8GB', ['GeForce GTX 1060 6GB', 'GeForce GTX 1070 8GB']],
    ['Radeon RX 6600 XT / 6700 XT', ['Radeon RX 6600 XT', 'Radeon RX 6700 XT']],
    ['8800 GTS 640 or an 8800 GTS 512', ['GeForce 8800 GTS 0.625GB', 'GeForce 8800 GTS 512']],
  ])('%s', (text, expected) => {
    expect(names(text)).toStrictEqual(expected);
  });

  it.each(['A4 paper', 'an Apple M1', 'a P40 lens', 'RTX', 'GTX 16 series', 'GTX 970Z', 'RTX 3060 Super'])(
    'no card in "%s"',
    (text) => {
      expect(findCards(text)).toStrictEqual([]);
    },
  );

  it.each(cardTable.map((card) => [card.name, card] as const))('%s finds itself alone', (name, card) => {
    const found = findCards(name);
    expect(found.map((each) => each.card)).toStrictEqual([card]);
    expect(found[0]).toMatchObject({ start: 0, end: name.length });
  });
});

describe('names in sentences', () => {
  it.each<[string, readonly string[]]>([
    [
      'NVIDIA GTX 1060 6 GB, AMD RX 580 8 GB, or Intel Arc A380 6GB',
      ['GeForce GTX 1060 6GB', 'Radeon RX 580 8GB', 'Arc A380 6GB'],
    ],
    ['RTX 3060 (12 GB) or 3070', ['GeForce RTX 3060 12GB', 'GeForce RTX 3070']],
    ['RTX 3060, 12 GB RAM, 50 GB disk', ['GeForce RTX 3060']],
    ['RAM: 8 GB\nGTX 1070', ['GeForce GTX 1070']],
    ['- GTX 970\n- 4 GB of memory', ['GeForce GTX 970']],
    ['RTX 3060\nLaptop: no', ['GeForce RTX 3060']],
    ['a 3 GB GTX 780', ['GeForce GTX 780 3GB']],
    ['T4, A10 or L4', ['Tesla T4', 'A10', 'L4']],
    ['one T4 is enough, with CUDA 12', ['Tesla T4']],
    ['two P40s', ['Tesla P40']],
    ['8xH100', ['H100']],
    ['RTX 2080S', ['GeForce RTX 2080 SUPER']],
    ['several RTX 2080s', ['GeForce RTX 2080']],
    ['RTX 3070 Laptop GPU', ['GeForce RTX 3070 laptop']],
    ['GTX 970M', ['GeForce GTX 970 laptop']],
    ['Mobility Radeon HD 5870', ['Radeon HD 5870 laptop']],
    ['GTX 1050 Ti 4 Go', ['GeForce GTX 1050 Ti 4GB']],
    ['显卡RTX 3060以上', ['GeForce RTX 3060']],
    ['24 GB of VRAM (3090, 4090)', ['GeForce RTX 3090', 'GeForce RTX 4090']],
    ['1060/1070', ['GeForce GTX 1060', 'GeForce GTX 1070']],
    ['RTX 6000 Ada', ['RTX 6000 Ada Generation']],
    ['RTX 6000', ['Quadro RTX 6000']],
    ['Intel HD 4000', ['HD Graphics 4000']],
    ['GTX Titan X, Titan Xp', ['GeForce GTX TITAN X', 'TITAN Xp']],
  ])('%s', (text, expected) => {
    expect(names(text)).toStrictEqual(expected);
  });

  it.each([
    'NVIDIA driver 535, or nvidia 470',
    'RTX 4000 series cards',
    'Radeon HD 5000 series',
    'a GPU for 1920 x 1080 at 60 fps',
    'Ryzen 5 5600 XT',
    'a Core i5-3060 and port 3080',
    '3050 seats, 2060 users',
    'A10-7850K',
    'M4/M6 screws',
    'A2/A10 paper',
    'a Sony A6000',
    'the L4 load balancer',
  ])('no card in "%s"', (text) => {
    expect(findCards(text)).toStrictEqual([]);
  });

  it.each(['3060/', 'T4 ', 'RTX 3060, ', 'nvidia ', 'GTX 1060 6GB/', '1080 ', '8x', '_rtx', '®'])(
    'a long text of %j is read to its end',
    (part) => {
      const text = `${part.repeat(20_000)}; NVIDIA GeForce RTX 3090`;
      expect(findCards(text).at(-1)?.card.name).toBe('GeForce RTX 3090');
    },
  );
});

describe('pciIdsOf', () => {
  it('tells memory variants and laptops apart', () => {
    const [found] = findCards('GTX 1060 6GB');
    expect(found?.memoryGb).toBe(6);
    if (found === undefined) return;
    expect(pciIdsOf(found.card, listed, { memoryGb: 6 })).toStrictEqual({
      desktop: ['10de:1b83', '10de:1c03', '10de:1c06'],
      mobile: ['10de:1c20', '10de:1c23', '10de:1c60'],
    });
  });

  // Sentences as requirements are written; ids of pci.ids 2023.04.10.
  it.each<[string, Readonly<Record<string, readonly string[]>>]>([
    [
      'GTX 1060 6GB, GTX 1660 Super or Radeon RX 590 (6 GB of VRAM)',
      {
        'GeForce GTX 1060': ['10de:1b83', '10de:1c03', '10de:1c06'],
        'GeForce GTX 1660 SUPER': ['10de:1f09', '10de:21c4'],
        'Radeon RX 590': ['1002:67df'],
      },
    ],
    ['a GeForce 8800 GTS 640 or similar', { 'GeForce 8800 GTS': ['10de:0190', '10de:0192', '10de:0193'] }],
    [
      'Grafik: GTX 1070 8 GB / RX Vega 56 8 GB',
      { 'GeForce GTX 1070': ['10de:1b81', '10de:1bad'], 'Radeon RX Vega 56': ['1002:687f'] },
    ],
    [
      'NVIDIA from GTX 16 on, but no GTX 1650',
      { 'GeForce GTX 1650': ['10de:1f0a', '10de:1f82', '10de:2188'] },
    ],
    [
      'one A100 80 GB or one H100 80 GB',
      { A100: ['10de:20b2', '10de:20b5'], H100: ['10de:2330', '10de:2331', '10de:2336', '10de:2339'] },
    ],
    ['V100 (32 GB)', { 'Tesla V100': ['10de:1db5', '10de:1db6', '10de:1db7', '10de:1db8'] }],
    ['an RX 6600 XT', { 'Radeon RX 6600 XT': ['1002:73ff'] }],
    ['a 7900 XTX', { 'Radeon RX 7900 XTX': ['1002:744c'] }],
    ['HD 7870 2GB', { 'Radeon HD 7870': ['1002:6818'] }],
    [
      'GeForce 6800 GT or Radeon 9800 Pro',
      { 'GeForce 6800 GT': ['10de:0045', '10de:00f9', '10de:0215'], 'Radeon 9800 Pro': ['1002:4e48'] },
    ],
    ['PRO WX 7100', { 'Radeon Pro WX 7100': ['1002:67c4', '1002:67d4'] }],
    ['RTX 3080 10GB', { 'GeForce RTX 3080': ['10de:2206', '10de:2216'] }],
    ['an RTX 4060 Ti with 16 GB', { 'GeForce RTX 4060 Ti': [] }],
    ['8xA100-80GB', { A100: ['10de:20b2', '10de:20b5'] }],
    ['two A16 GPUs', { A16: ['10de:25b6'] }],
    [
      'Intel UHD 770 or Arc A380',
      { 'UHD Graphics 770': ['8086:4688', '8086:4690', '8086:a780'], 'Arc A380': ['8086:56a5'] },
    ],
  ])('%s', (text, expected) => {
    const found = findCards(text).map(({ card, memoryGb }) => [
      card.name,
      pciIdsOf(card, listed, memoryGb === null ? {} : { memoryGb }).desktop,
    ]);
    expect(Object.fromEntries(found)).toStrictEqual(expected);
  });

  it('of laptops are apart, and shared ids count as the desktop’s', () => {
    const [rtx, radeon, arc] = findCards('RTX 2060, RX 6600 and Arc A770');
    if (rtx === undefined || radeon === undefined || arc === undefined) throw new Error('not found');
    expect(pciIdsOf(rtx.card, listed).mobile).toContain('10de:1f11');
    expect(pciIdsOf(radeon.card, listed)).toStrictEqual({ desktop: ['1002:73ff'], mobile: [] });
    expect(pciIdsOf(arc.card, listed)).toStrictEqual({ desktop: ['8086:56a0'], mobile: ['8086:5690'] });
  });

  it('says that only laptops are listed', () => {
    const [desktop, laptop] = findCards('RTX 4060 and RTX 4050');
    if (desktop === undefined || laptop === undefined) throw new Error('not found');
    expect(whyNoIds(desktop.card, listed)).toContain('of laptops only');
    expect(whyNoIds(laptop.card, listed)).toBeNull();
  });

  it('says why there are none', () => {
    const [found] = findCards('RTX 5090');
    if (found === undefined) throw new Error('not found');
    expect(whyNoIds(found.card, noList)).toContain('no list of PCI devices');
    expect(whyNoIds(found.card, listed)).toContain('does not list GeForce RTX 5090');
    expect(pciIdsOf(found.card, noList)).toStrictEqual({ desktop: [], mobile: [] });
  });
});

describe('memoryOfDevice', () => {
  it.each<[string, string | null, number | null]>([
    ['10de:1cb3', 'GP107GL [Quadro P400]', 2],
    ['10de:1cba', 'GP107GLM [Quadro P2000 Mobile]', null],
    ['10de:2206', 'GA102 [GeForce RTX 3080]', 10],
    ['10de:220a', 'GA102 [GeForce RTX 3080 12GB]', 12],
    ['10de:2717', 'GN21-X11 [GeForce RTX 4090 Laptop GPU]', null],
    ['1002:67df', 'Ellesmere [Radeon RX 470/480/570/570X/580/580X/590]', null],
    ['1002:73bf', 'Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]', 16],
    ['8086:1912', 'HD Graphics 530', null],
    ['10de:9999', '10de:9999', null],
    ['10de:9999', '', null],
    ['10de:9999', null, null],
    ['10de:2489', null, 8],
    ['10de:2504', 'GA106 [GeForce RTX 3060 Lite Hash Rate]', 12],
  ])('%s %s: %j', (id, title, gb) => {
    expect(memoryOfDevice(id, title)).toBe(gb);
  });

  it('knows of no id what the table of names does not', () => {
    const others = [...memoryById].filter(([id, gb]) => {
      const [vendor = '', model] = id.split(':');
      const name = listed.models(vendor).find((device) => device.id === model)?.name ?? '';
      return !cardsOfDevice(id, name).some(({ memoryGb }) => memoryGb.includes(gb));
    });
    expect(memoryById.size).toBeGreaterThan(0);
    expect(others).toStrictEqual([]);
  });
});

describe('atLeast', () => {
  it('has the card itself, better ones, and no older generation for a card of a newer one', () => {
    const [found] = findCards('RTX 3060');
    if (found === undefined) throw new Error('not found');
    const better = atLeast(found.card).map(({ name }) => name);
    expect(better).toContain('GeForce RTX 3060');
    expect(better).toContain('GeForce RTX 3070');
    expect(better).not.toContain('GeForce RTX 3050');
    expect(better).not.toContain('Tesla P40');
    expect(better).not.toContain('Radeon RX 7900 XT');
  });
});
