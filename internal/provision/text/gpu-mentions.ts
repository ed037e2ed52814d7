import { numberWordPattern, readCount } from '../quantities/numbers.ts';
import type { GpuVendor } from '../analysis.ts';
import type { NamedCard } from '../../gpu-models/cards.ts';
import type { Standing } from './ask.ts';
import { standingAt } from './amounts.ts';
import { isDenied, isRuledOut, saysNone } from './negation.ts';
import { clauseText, type Reading } from './reading.ts';
import { isProcessor } from './selectors.ts';
import { kindOfLabel } from './label-words.ts';

/**
 * What a text says of graphics cards at one place. card: a model; series: a line of models; vendor: whose; technology: CUDA and
 * its like; noun: "a graphics card"; interface: DirectX and its like; integrated: what processors have; none: that there is none.
 */
export interface GpuMention extends Standing {
  readonly about: 'card' | 'series' | 'vendor' | 'technology' | 'noun' | 'interface' | 'integrated' | 'none';
  readonly vendor: GpuVendor | null;
  readonly card: NamedCard | null;
  readonly ruledOut: boolean;
  readonly denied: boolean;
  /** How many are asked for; null: not said. */
  readonly count: number | null;
  readonly reading: Reading;
  readonly start: number;
  readonly end: number;
}

const nvidiaTechnology = String.raw`cuda|cudnn|tensorrt|nvenc|nvdec|nvlink|nccl|optix|physx|dlss|compute capability|tensor cores?|nvidia driver|vgpu`;
const patterns: readonly (readonly [GpuMention['about'], GpuVendor | null, RegExp])[] = [
  [
    'integrated',
    null,
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:(?:integrated|on-?board|built-?in|internal) (?:graphics|gpu|video)|integrierte\p{L}* (?:grafik\p{L}*|gpu)|onboard-?grafik|(?:carte|circuit|chipset|puce) graphique intégrée?|gráfic[ao]s? integrad[ao]s?|grafica integrata|scheda (?:video|grafica) integrata|placa (?:de vídeo )?integrada|intel (?:u?hd|iris)(?: (?:graphics|xe|plus|pro))*(?: \d{3,4})?|i-?gpu)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'technology',
    'nvidia',
    new RegExp(
      String.raw`(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:${nvidiaTechnology})(?![\p{Script=Latin}\p{Script=Cyrillic}])`,
      'giu',
    ),
  ],
  [
    'technology',
    'amd',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:rocm|hipcc|miopen)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'technology',
    'intel',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:oneapi|openvino|quick ?sync|xpu|qsv)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'technology',
    'apple',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:apple metal|mps backend|metal api)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'series',
    'nvidia',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:(?:geforce )?(?:rtx|gtx) ?(?:[12345]0|16|9|10)(?:00|x0|xx)?[ -]?(?:series|serie|class|family|reihe|série)|(?:(?:gtx ?)?16(?: series)?|(?:gtx ?)?\d{2} series) ?\/ ?rtx ?\d0(?: series)?|gtx 16(?= ?\/)|rtx [2345]0(?: series)|(?:nvidia )?(?:ampere|turing|hopper|ada(?: lovelace)?|blackwell|volta|pascal|maxwell|kepler)|quadro(?: rtx)?(?= (?:series|card|class|workstation))|rtx(?= (?:card|gpu|graphics|class|series|or))|quadro|tesla(?! model))(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'series',
    'amd',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:radeon (?:rx|pro)?(?: ?\d000)?[ -]?(?:series|serie|class)|rx ?\d000[ -]?(?:series|serie)|instinct|firepro|rdna ?\d?|cdna ?\d?)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'series',
    'intel',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:(?:intel )?arc(?: [ab])?[ -]?(?:series|serie)|intel arc|arc (?:discrete|card|gpu)|(?:intel )?data center gpu(?: \p{L}+)?|core ultra (?:built-?in|integrated) graphics)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'vendor',
    'nvidia',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:nvidia|geforce)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'vendor',
    'amd',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:radeon|amd|ati)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'vendor',
    'intel',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])intel(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'vendor',
    'apple',
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:apple silicon|apple m[1-9](?: (?:pro|max|ultra))?)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
  [
    'interface',
    null,
    /(?<![\p{Script=Latin}\p{Script=Cyrillic}])(?:directx|direct3d|dx ?(?:9|1[0-2])|d3d\d*|opengl(?! es)|vulkan|wddm|shader ?model|pixel ?shader|opencl)(?![\p{Script=Latin}\p{Script=Cyrillic}])/giu,
  ],
];

const counted = new RegExp(
  String.raw`(?<![\p{L}\d.,-]|directx |direct3d |opengl |cuda |dx )(?<count>\d{1,2}|${numberWordPattern}|dual|pair of)\s?(?:[x×*]\s?|(?:pieces|units|stück|pcs\.?) (?:of )?|(?=\s|$))\s?(?:(?:identical|identische|used|nvidia|amd|intel|geforce|radeon|tesla|quadro|of|the|such|discrete|dedicated|data ?cent(?:er|re)|big|of these|cards?|gpus?|(?:grafik)?karten|cartes(?: graphiques)?|tarjetas(?: gráficas)?|schede(?: video| grafiche)?|placas) ?){0,3}$`,
  'iu',
);

/** Everything that a segment says of graphics cards. */
export function gpuMentionsOf(reading: Reading, cards: readonly NamedCard[]): readonly GpuMention[] {
  const { segment, words } = reading;
  const { text } = segment;
  const mentions: GpuMention[] = [];
  const taken = (start: number, end: number): boolean =>
    mentions.some((each) => start < each.end && end > each.start);
  const add = (
    about: GpuMention['about'],
    vendor: GpuVendor | null,
    start: number,
    end: number,
    card: NamedCard | null = null,
  ): void => {
    if (taken(start, end)) return;
    const standing = standingAt(reading, start, end);
    mentions.push({
      ...standing,
      constrained: false,
      about,
      vendor,
      card,
      ruledOut: isRuledOut(reading, start, end),
      denied: isDenied(reading, start, end),
      count: countAt(text, start, end, about),
      reading,
      start,
      end,
    });
  };
  for (const card of cards) add('card', card.card.vendor, card.start, card.end, card);
  const isGraphics = kindOfLabel(segment.label) === 'gpu' || kindOfLabel(segment.label) === 'vram';
  for (const [about, vendor, pattern] of patterns)
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (about === 'vendor' && !isGraphicsMaker(match[0], reading, start, end, isGraphics)) continue;
      add(about, vendor, start, end);
    }
  for (const word of words)
    if (word.kind === 'gpu' && !isOtherCard(text, word.start, word.end))
      add('noun', null, word.start, word.end);
  if (isGraphics && saysNone(text)) add('none', null, 0, Math.max(1, Math.min(text.length, 40)));
  for (const match of text.matchAll(
    /\bcpu[- ]only\b|\bon (?:the |a )?cpu (?:only|alone)\b|\bcpu is (?:fine|enough|ok)\b|\bcpu inference\b|\bnur (?:auf der |mit )?cpu\b|\bcpu (?:seulement|uniquement)\b|\bs(?:olo|ólo) (?:la )?cpu\b/giu,
  ))
    add('none', null, match.index, match.index + match[0].length);
  // A line about the card is about one, whatever it says.
  if (isGraphics && mentions.length === 0) add('noun', null, 0, Math.min(text.length, 60));
  return mentions.sort((one, other) => one.start - other.start);
}

/** AMD and Intel make processors too. */
function isGraphicsMaker(
  name: string,
  reading: Reading,
  start: number,
  end: number,
  isGraphics: boolean,
): boolean {
  const { text } = reading.segment;
  const after = text.slice(end, end + 24);
  if (/^(?:radeon|nvidia|geforce)/i.test(name)) return true;
  if (/^apple/i.test(name)) return isGraphics || /gpu|graphics/i.test(clauseText(reading, start, end));
  if (
    isProcessor(after) ||
    /^[\s®™-]*(?:core|xeon|i[3579]\b|celeron|pentium|atom|cpu|processor|prozessor|mac\b|npu|vt|nuc|nic|x\d{3}|e\d{3}|optane)/i.test(
      after,
    )
  )
    return false;
  if (isGraphics) return true;
  const near = text.slice(Math.max(0, start - 48), end + 40);
  const isCard =
    /\bgpus?\b|graphic|grafik|graphique|gráfic|grafic|vídeo|video ?card|\bcards?\b|\bkarten?\b|\bcartes?\b|\btarjetas?\b|\bsched[ae]\b|\bplacas?\b|nvidia|radeon|geforce|rocm|显卡|グラフィック/i;
  const isCpu = /\bcpus?\b|prozessor|processor|processeur|procesador|cores?\b|ryzen|xeon|epyc|\bghz\b/i;
  const clause = clauseText(reading, start, end);
  if (isCpu.test(clause) && !isCard.test(clause)) return false;
  if (isCard.test(clause))
    return (
      !isCpu.test(text.slice(Math.max(0, start - 24), end + 12)) ||
      /\bgpu|card|grafik|graphique/i.test(text.slice(end, end + 16))
    );
  return isCard.test(near) && !isCpu.test(near);
}

/** "card" alone is one of graphics only where something says so. */
function isOtherCard(text: string, start: number, end: number): boolean {
  const word = text.slice(start, end).toLowerCase();
  if (!/^(?:cards?|karten?|carte|scheda|placa|tarjeta|vga|graphics|grafik)$/.test(word)) return false;
  const around = text.slice(Math.max(0, start - 30), end + 24);
  if (word === 'vga') return !/karte|card|adapter/i.test(around);
  if (/^(?:graphics|grafik)$/.test(word))
    return /^\s?(?:mode|design|tablet|installer|oberfläche|software|editor|library|driver only)/i.test(
      text.slice(end),
    );
  return !/\d\s?[GM]i?[BbOo]\b|dedicated|discrete|nvidia|amd|radeon|geforce|intel arc|gpu|video|graphic|grafik|cuda|3d|render|transcod|\bthe card\b|^card/i.test(
    around,
  );
}

function countAt(text: string, start: number, end: number, about: GpuMention['about']): number | null {
  if (about !== 'card' && about !== 'noun' && about !== 'vendor' && about !== 'series') return null;
  const after = /^\s?[x×]\s?(\d{1,2})\b/i.exec(text.slice(end))?.[1];
  const found = counted.exec(text.slice(Math.max(0, start - 48), start))?.groups?.['count'];
  const count = after ?? found;
  if (count === undefined) return null;
  const value = /^(?:dual|pair of)$/i.test(count) ? 2 : readCount(count);
  return value !== null && value >= 1 && value <= 16 ? value : null;
}
