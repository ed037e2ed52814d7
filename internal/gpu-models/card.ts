/** A graphics card as its maker sells it. */
export interface Card {
  /** As pci.ids writes it: `GeForce RTX 3060 Ti`, `Tesla T4`, `A100`, `Radeon RX 6600 XT`. */
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel';
  /** Sizes it was sold with, the usual one first; of a card with several chips that of one first. Empty: it uses the host's. */
  readonly memoryGb: readonly number[];
  /** CUDA's, `8.6`; null: not NVIDIA's, older than CUDA, or sold with chips of several. */
  readonly computeCapability: string | null;
  /** How fast it is, about: an RTX 3060 is 100. Good for "or better", not for fine differences. */
  readonly rank: number;
  readonly kind: 'consumer' | 'workstation' | 'datacenter';
}

/** A card of the table, with what only finding it needs. */
export interface KnownCard extends Card {
  /** Ways to write it; see card-names.ts. */
  readonly names: readonly CardName[];
  /** Sizes that have a device id of their own, which pci.ids names with the size. */
  readonly ownIdGb: readonly number[];
  /** Sold in laptops only. */
  readonly mobileOnly: boolean;
  /** What pci.ids calls a line of cards that share an id: `Radeon R9 FURY`. */
  readonly listedAs: string | null;
}

export interface CardName {
  /** Lower case. At a space texts have none, one, or a hyphen; words stay together: `rtx 3060 ti`, `a100`. */
  readonly text: string;
  /** sure: names the card wherever it stands; weak: A4 could be paper, so something near must tell of a card. */
  readonly strength: 'sure' | 'weak';
}
