import type { Evidence, Facts } from '../analysis.ts';
import { pciIdsOf, whyNoIds } from '../../gpu-models/cards.ts';
import type { Card } from '../../gpu-models/card.ts';
import type { PciNames } from '../../host/pci-ids.ts';
import type { CleanText } from './clean-text.ts';
import type { GpuWord } from './gpu-facts.ts';
import type { GpuMention } from './gpu-mentions.ts';

/** The schema of an analysis takes no more. */
const mostIds = 900;

/** Named cards by their PCI ids: those that do, their laptop kinds and those that the text rules out. */
export function cardFacts(
  word: GpuWord,
  pciIds: PciNames,
  clean: CleanText,
): { readonly facts: Partial<Facts['gpu']>; readonly notes: readonly string[] } {
  const evidence = ({ reading, start, end }: GpuMention, rule: string): Evidence =>
    clean.evidence(reading.segment.start + start, reading.segment.start + end, rule);
  const named = word.cards.flatMap((mention) =>
    mention.card === null ? [] : [{ mention, ...mention.card }],
  );
  const least = word.vram?.value ?? null;
  const ruledOut = word.excluded.flatMap((mention) =>
    mention.card === null ? [] : [{ mention, ...mention.card }],
  );
  const none = unique(
    ruledOut.flatMap(({ card, memoryGb }) => {
      const { desktop, mobile } = pciIdsOf(card, pciIds, memoryGb === null ? {} : { memoryGb });
      return [...desktop, ...mobile];
    }),
  );
  const ids = named.map(({ mention, card, memoryGb, mobile }) => ({
    mention,
    card,
    memoryGb,
    isMobile: mobile,
    ...pciIdsOf(card, pciIds, memoryOf(card, memoryGb, least)),
  }));
  const anyOf = unique(ids.flatMap(({ desktop, mobile, isMobile }) => (isMobile ? mobile : desktop))).filter(
    (id) => !none.includes(id),
  );
  const mobile = unique(ids.flatMap((each) => (each.isMobile ? [] : each.mobile))).filter(
    (id) => !anyOf.includes(id),
  );
  const missing = ids.filter(({ card }) => whyNoIds(card, pciIds) !== null);
  const cardEvidence = named.slice(0, 8).map(({ mention }) => evidence(mention, 'requirement-gpu-card'));
  const outEvidence = ruledOut
    .slice(0, 8)
    .map(({ mention }) => evidence(mention, 'requirement-gpu-ruled-out'));
  const list = (
    value: readonly string[],
    proof: readonly Evidence[],
    confidence = 0.95,
  ): { value: readonly string[]; confidence: number; evidence: readonly Evidence[] } => ({
    value: value.slice(0, mostIds),
    confidence,
    evidence: proof,
  });
  return {
    facts: {
      ...(named.length === 0
        ? {}
        : { named: list(unique(named.map(({ card, memoryGb }) => titleOf(card, memoryGb))), cardEvidence) }),
      ...(word.binding === undefined ? {} : { named_binding: word.binding }),
      ...(anyOf.length === 0 ? {} : { pci_any_of: list(anyOf, cardEvidence) }),
      ...(mobile.length === 0 ? {} : { pci_mobile_variants: list(mobile, cardEvidence, 0.8) }),
      ...(none.length === 0 ? {} : { pci_none_of: list(none, outEvidence) }),
      ...(missing.length === 0
        ? {}
        : {
            named_not_in_pci_ids: list(
              unique(missing.map(({ card }) => card.name)),
              missing.slice(0, 8).map(({ mention }) => evidence(mention, 'requirement-gpu-card')),
            ),
          }),
    },
    notes: unique(missing.flatMap(({ card }) => whyNoIds(card, pciIds) ?? [])),
  };
}

/** The memory that tells kinds of a card apart: what is said beside it, else the least that is asked for. */
function memoryOf(card: Card, said: number | null, least: number | null): { readonly memoryGb?: number } {
  if (said !== null) return { memoryGb: said };
  if (least === null || !card.memoryGb.some((size) => size < least)) return {};
  const enough = card.memoryGb.filter((size) => size >= least);
  return enough.length === 0 ? {} : { memoryGb: Math.min(...enough) };
}

/** "GeForce GTX 1060 6GB" where there are others of the name; in pci.ids' way. */
function titleOf(card: Card, memoryGb: number | null): string {
  return memoryGb !== null && memoryGb >= 1 && card.memoryGb.length > 1
    ? `${card.name} ${memoryGb}GB`
    : card.name;
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
