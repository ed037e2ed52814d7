import type { PciNames } from '../host/pci-ids.ts';
import { cardTable } from './card-table.ts';
import type { Card, KnownCard } from './card.ts';
import { findCardsInText } from './find-cards.ts';
import { memoryById } from './memory-by-id.ts';
import { listedDevices, pciVendors, readDevice } from './listed-devices.ts';

/** A card as a text names it. */
export interface NamedCard {
  readonly card: Card;
  /** Places in the text, with the maker's name and the memory that belong to it. */
  readonly start: number;
  readonly end: number;
  /** The memory said next to it, in GB, where the card was sold with so much; else null. */
  readonly memoryGb: number | null;
  /** The text means the laptop's: `RTX 3070 Laptop GPU`, `GTX 970M`. */
  readonly mobile: boolean;
}

/** Cards that a text in any language names, in order, none inside another. Linear in the text's length. */
export function findCards(text: string): readonly NamedCard[] {
  return findCardsInText(text);
}

/** Ids `vvvv:dddd` in lower case, sorted. */
export interface CardIds {
  readonly desktop: readonly string[];
  readonly mobile: readonly string[];
}

/**
 * What pci.ids calls this card. Both empty: the list does not have it, or there is none (`whyNoIds` says which).
 *
 * @param options.memoryGb only those with so much, where the list tells them apart
 */
export function pciIdsOf(
  card: Card,
  pciIds: PciNames,
  options: { readonly memoryGb?: number } = {},
): CardIds {
  const devices = listedDevices(pciIds).filter(
    (device) => device.card.name === card.name && mayHave(device.card, device.memoryGb, options.memoryGb),
  );
  const ids = (mobile: boolean): string[] =>
    [...new Set(devices.filter((device) => device.mobile === mobile).map(({ id }) => id))].sort();
  return { desktop: ids(false), mobile: ids(true) };
}

function mayHave(card: KnownCard, listed: number | null, asked: number | undefined): boolean {
  if (asked === undefined) return true;
  const sizes = sizesOf(card, listed);
  return sizes.length === 0 || sizes.some((size) => Math.abs(size - asked) <= asked * 0.05);
}

/** What a device may have: as the list says, else the sizes that have no id of their own. */
function sizesOf({ memoryGb, ownIdGb }: KnownCard, listed: number | null): readonly number[] {
  return listed === null ? memoryGb.filter((size) => !ownIdGb.includes(size)) : [listed];
}

/**
 * Cards that a device of this name is; several share an id: `Radeon RX 6800/6800 XT / 6900 XT`. Empty: not in the table.
 *
 * @param title by pci.ids, with the chip's name (`GA104 [GeForce RTX 3070]`) or without
 */
export function cardsOfDevice(id: string, title: string): readonly Card[] {
  return readDevice(id, title.includes('[') ? title : `[${title}]`).map(({ card }) => card);
}

/**
 * Memory of a device in GB: as is known of its id, else by the table, where every card of its name has as much; null: they do not,
 * it is a laptop's, which may have more or less than the desktop's, or it is not in the table.
 *
 * @param title by pci.ids; null: not listed
 */
export function memoryOfDevice(id: string, title: string | null): number | null {
  const known = memoryById.get(id);
  if (known !== undefined) return known;
  if (title === null) return null;
  const devices = readDevice(id, title);
  if (devices.some(({ mobile }) => mobile)) return null;
  const sizes = new Set(devices.flatMap(({ card, memoryGb }) => sizesOf(card, memoryGb)));
  const [size] = sizes;
  return sizes.size === 1 && size !== undefined ? size : null;
}

/** Why a card has no ids, or those of laptops alone though it is sold for desktops; null: it has them. */
export function whyNoIds(card: Card, pciIds: PciNames): string | null {
  const { desktop, mobile } = pciIdsOf(card, pciIds);
  const mobileOnly = cardTable.some((each) => each.name === card.name && each.mobileOnly);
  if (desktop.length > 0 || (mobileOnly && mobile.length > 0)) return null;
  if (mobile.length > 0) {
    return `This host's pci.ids lists ${card.name} of laptops only: a newer one may have the other (update-pciids).`;
  }
  return pciIds.models(pciVendors[card.vendor]).length === 0
    ? `This host has no list of PCI devices (package pci.ids or hwdata): which ids ${card.name} has is not known.`
    : `This host's pci.ids does not list ${card.name}: a newer one may (update-pciids).`;
}

/** Ray tracing and tensor units came with it. */
const turing = 7.5;

/**
 * Cards of the same vendor that are this one or better, best last: as fast at least; of a card from NVIDIA's Turing on none that is
 * older. How much memory they have is another question.
 */
export function atLeast(card: Card): readonly Card[] {
  const modern = Number(card.computeCapability ?? 0) >= turing;
  return cardTable
    .filter(
      (each) =>
        each.vendor === card.vendor &&
        each.rank >= card.rank &&
        (!modern || Number(each.computeCapability ?? 0) >= turing),
    )
    .sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name));
}
