import { figurePattern, numberWordPattern, readCount, readFigure } from './numbers.ts';

/** Cores that a text asks for. */
export interface CoreCount {
  readonly cores: number;
  /** `4-8 cores`: 8; else as `cores`. */
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

const count = String.raw`(?<low>${figurePattern}|${numberWordPattern})(?:\s?(?:-|–|to|bis|à|a)\s?(?<high>\d{1,3}))?\+?`;
const adjective = String.raw`(?:(?:or more|oder mehr|ou plus|o más|o più|ou mais|(?:cpu|processor|physical|physische|logical|virtual|virtuelle|real|fast|full|strong|modern|recent|dedicated|x86-64|x86_64|64-bit|performance|power)(?:en|r|s)?)[\s-]){0,3}`;
const coreWord = String.raw`(?:v?cpus?(?:[\s-]cores?)?|v?cores?|kerne[n]?|prozessorkerne[n]?|cpu-kerne[n]?|cœurs?|coeurs?|núcleos?|nucleos?|nuclei|processeurs|procesadores|processadores|vprozessoren|processors|rdzeni\p{L}*|rdzeń|ядер|ядра|コア|核)`;
const patterns = [
  // `8 vCPU`, `12 cores`, `vier Kerne`, `4 cœurs`, `quad-core`, `two or more cores`
  new RegExp(
    String.raw`(?<![\p{L}\d.,])${count}[\s-]{0,2}${adjective}${coreWord}(?![\p{Script=Latin}\p{Script=Cyrillic}])`,
    'giu',
  ),
  // `doble núcleo`, `Vierkernprozessor`, `processeur quadricœur`, `8-Kern-CPU`, `Quadcore`
  new RegExp(
    String.raw`(?<![\p{L}\d])(?<multiple>doble|doppel|double|duplo|cuádruple|quadruple|quádruplo|vier|acht|sechs|zwei|quadri|bi|hexa|octo|octa|quad|dual|six|\d{1,3})[\s-]?(?:kern|núcleo|nucleo|cœur|coeur|core)(?=[\s\p{L}-]|$)`,
    'giu',
  ),
  // `CPU cores: 8`, `vCPUs = 4`, `Kerne: 8`, `Cores 4`
  new RegExp(
    String.raw`(?<![\p{L}\d])(?:v?cpus?(?:[\s-](?:cores?|count))?|v?cores?|(?:cpu-)?kerne|cœurs|coeurs|núcleos|nuclei|number of cores)\s{0,3}[:=|]\s{0,3}(?<low>\d{1,3})(?:\s?[-–]\s?(?<high>\d{1,3}))?(?![\p{L}\d.,]|\s?(?:[gm]hz|x\b))`,
    'giu',
  ),
];

const multiples: Readonly<Record<string, number>> = {
  doble: 2, doppel: 2, double: 2, duplo: 2, bi: 2, dual: 2, zwei: 2,
  cuádruple: 4, quadruple: 4, quádruplo: 4, vier: 4, quadri: 4, quad: 4,
  hexa: 6, sechs: 6, six: 6, octo: 8, octa: 8, acht: 8,
}; // prettier-ignore

/** Counts of cores in a text, in order of their place. Frequencies and threads are none. Linear in its length. */
export function findCoreCounts(text: string): readonly CoreCount[] {
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match): CoreCount[] => {
      const { low, high, multiple } = match.groups ?? {};
      const cores =
        multiple === undefined
          ? readCount(low ?? '')
          : (multiples[multiple.toLowerCase()] ?? readCount(multiple));
      const most = high === undefined ? cores : readFigure(high);
      if (cores === null || most === null || cores < 1 || cores > 1024) return [];
      return [{ cores, high: Math.max(cores, most), start: match.index, end: match.index + match[0].length }];
    }),
  );
  return found
    .sort((one, other) => one.start - other.start || other.end - one.end)
    .filter((item, place, all) => !all.slice(0, place).some(({ end }) => end > item.start));
}
