import type { CatalogueEntry } from '../images/catalogue/entry.ts';
import type { Facts } from './analysis.ts';
import { chooseImage, type ImageDecision } from './run/choose-image.ts';

/** The image of an analysis, chosen in two stages of what can be imported by name. */
export interface CatalogueImage {
  /** null: the catalogue has none. */
  readonly name: string | null;
  readonly reason: string;
  readonly candidates: ImageDecision['candidates'];
  readonly notes: readonly string[];
}

/** Without a daemon nobody knows which images a host has: the catalogue is what each can get. Pure. */
export function catalogueImage(
  facts: Pick<Facts, 'os' | 'cuda' | 'arch'>,
  entries: readonly CatalogueEntry[],
): CatalogueImage {
  const architecture = facts.arch?.value ?? 'x86_64';
  const usable = entries.filter(
    (entry) => entry.architecture === architecture && entry.source.kind === 'url',
  );
  const { image, reason, candidates, notes } = chooseImage(
    facts,
    usable.map(({ name, os }) => ({ id: name, name, digest: '', virtualSizeBytes: 0, os, createdAt: '' })),
    null,
  );
  return {
    name: image?.name ?? null,
    reason,
    candidates,
    notes: [
      ...notes,
      'Of the built-in catalogue: no daemon was asked. A plan chooses among the images of its host.',
    ],
  };
}
