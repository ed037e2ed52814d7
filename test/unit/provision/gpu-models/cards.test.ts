import { describe, expect, it } from 'vitest';
import { parsePciIds } from '../../../../internal/host/pci-ids.ts';
import { cardTable } from '../../../../internal/provision/gpu-models/card-table.ts';
import { atLeast, findCards, pciIdsOf, whyNoIds } from '../../../../internal/provision/gpu-models/cards.ts';
import { pciIdsExcerpt } from './pci-ids-excerpt.ts';

const excerpt = parsePciIds(pciIdsExcerpt);
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

describe('pciIdsOf', () => {
  it('tells memory variants and laptops apart', () => {
    const [found] = findCards('GTX 1060 6GB');
    expect(found?.memoryGb).toBe(6);
    if (found === undefined) return;
    expect(pciIdsOf(found.card, excerpt, { memoryGb: 6 })).toStrictEqual({
      desktop: ['10de:1b83', '10de:1c03', '10de:1c06'],
      mobile: ['10de:1c20', '10de:1c60'],
    });
  });

  it('says why there are none', () => {
    const [found] = findCards('RTX 5090');
    if (found === undefined) throw new Error('not found');
    expect(whyNoIds(found.card, noList)).toContain('no list of PCI devices');
    expect(whyNoIds(found.card, excerpt)).toContain('does not list GeForce RTX 5090');
    expect(pciIdsOf(found.card, noList)).toStrictEqual({ desktop: [], mobile: [] });
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
