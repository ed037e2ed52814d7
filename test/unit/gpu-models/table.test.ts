import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineFiles } from '../../../internal/host/files.ts';
import { parsePciIds, readPciNames, type PciNames } from '../../../internal/host/pci-ids.ts';
import { cardTable } from '../../../internal/gpu-models/card-table.ts';
import type { KnownCard } from '../../../internal/gpu-models/card.ts';
import { atLeast, cardsOfDevice, findCards, pciIdsOf } from '../../../internal/gpu-models/cards.ts';
import { pciVendors } from '../../../internal/gpu-models/listed-devices.ts';

const fixture = parsePciIds(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/pci-ids/graphics-cards.ids'), 'utf8'),
);
const ofThisMachine = await readPciNames(machineFiles('/'));
const lists: [string, PciNames][] = [
  ['the fixture', fixture],
  ...(ofThisMachine.models('10de').length > 0 ? [['this machine', ofThisMachine] as [string, PciNames]] : []),
];
/** Words that make another card of a name. */
const kinds = [
  'ti',
  'super',
  'xt',
  'xtx',
  'gre',
  'x2',
  'boost',
  'ultra',
  'se',
  'titan',
  'ada',
  'sff',
  'black',
  'pro',
];

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
const titleOf = (name: string): string => /\[(.*)\]/.exec(name)?.[1] ?? name;

/** Whether one of the names in a title is the card's, by its own number and kind: another reading than the one that is tested. */
function isNamedIn(title: string, card: KnownCard): boolean {
  const number = card.name
    .replace(/ Generation$| Blackwell$/, '')
    .split(' ')
    .findLast(
      (word) => /\d/.test(word) || /^(?:V|VII|XP|Z|X|RTX|Black|TITAN|Fury|Nano|Edition|II|Xe)$/i.test(word),
    );
  const digits = /\d+/.exec(number ?? '')?.[0];
  return title.split('/').some((part, index, parts) => {
    const words = wordsIn(part);
    if (digits === undefined) return part.toLowerCase().includes((number ?? '').toLowerCase());
    if (!words.includes(digits) && !/^(?:xt|pro|ultra)$/i.test(part.trim())) return false;
    if (!words.includes(digits)) return parts.slice(0, index).some((each) => each.includes(digits));
    const after = (text: string): string[] =>
      wordsIn(text.slice(text.indexOf(digits))).filter((word) => kinds.includes(word));
    return after(part).join() === after(card.name).join();
  });
}

describe.each(lists)('ids by %s', (_, names) => {
  it('have a name there that is the card’s', () => {
    for (const card of cardTable) {
      if (card.listedAs !== null) continue;
      const { desktop, mobile } = pciIdsOf(card, names);
      for (const id of [...desktop, ...mobile]) {
        const [vendor = '', model = ''] = id.split(':');
        expect(vendor).toBe(pciVendors[card.vendor]);
        const name = names.model(vendor, model);
        expect(name).not.toBeNull();
        expect(isNamedIn(titleOf(name ?? ''), card), `${card.name} is not ${id} ${name ?? ''}`).toBe(true);
      }
    }
  });

  it('are of desktops and servers where nothing says otherwise', () => {
    for (const card of cardTable) {
      for (const id of pciIdsOf(card, names).desktop) {
        const name = names.model(id.slice(0, 4), id.slice(5)) ?? '';
        expect(
          titleOf(name)
            .split('/')
            .some((part) => part === card.name || !/mobile|laptop|max-q|mobility|\d{3}M\b/i.test(part)),
          `${id} ${name}`,
        ).toBe(true);
      }
    }
  });

  it('are found of every GeForce GTX and RTX and Radeon RX that is listed by its plain name', () => {
    const missed = [
      ...names.models('10de').filter(({ name }) => /\[GeForce [GR]TX \d{3,4}(?: Ti| SUPER)?\]/.test(name)),
      ...names.models('1002').filter(({ name }) => /\[Radeon RX \d{4}(?: XT| XTX)?\]/.test(name)),
    ].filter(
      ({ id, name }) =>
        cardsOfDevice(`${name.includes('Radeon') ? '1002' : '10de'}:${id}`, name).length === 0,
    );
    expect(missed).toStrictEqual([]);
  });
});

describe('the table', () => {
  it('has each card once, with sizes and ranks that can be', () => {
    expect(new Set(cardTable.map(({ name }) => name)).size).toBe(cardTable.length);
    for (const card of cardTable) {
      expect(card.rank, card.name).toBeGreaterThan(0);
      for (const gb of card.memoryGb) expect(gb, card.name).toBeGreaterThan(0);
      expect(new Set(card.memoryGb).size, card.name).toBe(card.memoryGb.length);
      if (card.vendor !== 'nvidia') expect(card.computeCapability, card.name).toBeNull();
      if (card.computeCapability !== null) expect(card.computeCapability).toMatch(/^\d{1,2}\.\d$/);
      if (card.kind !== 'consumer') expect(card.memoryGb.length, card.name).toBeGreaterThan(0);
    }
  });

  it('finds each card by each of its names, if something near says that it is a card', () => {
    const others = new Set<string>();
    for (const card of cardTable) {
      for (const { text } of card.names) {
        const found = findCards(`GPU: ${text.toUpperCase()}`).map((each) => each.card);
        if (found.length !== 1) others.add(`${text}: ${found.map(({ name }) => name).join()}`);
        else if (found[0] !== card) others.add(text);
      }
    }
    expect([...others].sort()).toStrictEqual([]);
  });

  it('no name is one inside another word', () => {
    for (const card of cardTable) {
      const joined = card.name.replaceAll(' ', '');
      for (const around of [
        `x${joined}`,
        `7${joined}`,
        `é${joined}`,
        `${joined}z`,
        `${joined}00`,
        `${joined}é`,
      ]) {
        expect(
          findCards(`a graphics card ${around} here`).map((each) => each.card),
          around,
        ).not.toContain(card);
      }
    }
  });

  it.each([' ', '-', '\u00A0', '™ ', '\n'])('words may be apart by %j', (space) => {
    for (const card of cardTable) {
      const text = card.name.replaceAll(' ', space);
      expect(
        findCards(text).map((each) => each.card),
        text,
      ).toStrictEqual([card]);
    }
  });

  it('each card is as good as itself, and what is better than a better one is better', () => {
    for (const card of cardTable) {
      const better = new Set(atLeast(card));
      expect(better.has(card), card.name).toBe(true);
      const missed = [...better]
        .slice(0, 5)
        .flatMap((one) => atLeast(one).filter((other) => !better.has(other)));
      expect(missed, card.name).toStrictEqual([]);
    }
  });

  it('orders a line of cards by its numbers', () => {
    for (const line of [
      [
        'GeForce RTX 3050',
        'GeForce RTX 3060',
        'GeForce RTX 3060 Ti',
        'GeForce RTX 3070',
        'GeForce RTX 3080',
        'GeForce RTX 3090',
      ],
      ['GeForce GTX 1050', 'GeForce GTX 1060', 'GeForce GTX 1070', 'GeForce GTX 1080', 'GeForce GTX 1080 Ti'],
      [
        'GeForce GTX 970',
        'GeForce GTX 1060',
        'GeForce RTX 2060',
        'GeForce RTX 3060',
        'GeForce RTX 4060',
        'GeForce RTX 5060',
      ],
      ['Tesla K80', 'Tesla P100', 'Tesla V100', 'A100', 'H100', 'B200'],
      ['Radeon RX 580', 'Radeon RX 5700 XT', 'Radeon RX 6700 XT', 'Radeon RX 7800 XT', 'Radeon RX 7900 XTX'],
      ['Instinct MI50', 'Instinct MI100', 'Instinct MI250', 'Instinct MI300X'],
      ['UHD Graphics 630', 'Iris Xe Graphics', 'Arc A380', 'Arc A770', 'Arc B580'],
    ]) {
      const ranks = line.map((name) => cardTable.find((card) => card.name === name)?.rank ?? Number.NaN);
      expect(ranks).toStrictEqual([...ranks].sort((a, b) => a - b));
    }
  });
});
