import type { Evidence, Facts, Found } from '../analysis.ts';
import { suits, type Ask } from './ask.ts';
import { standingAt } from './amounts.ts';
import type { CleanText } from './clean-text.ts';
import type { GpuMention } from './gpu-mentions.ts';
import type { Reading } from './reading.ts';

/** CUDA, its version, the driver and the compute capability, as far as the text says them. */
export function cudaWordOf(
  readings: readonly Reading[],
  mentions: readonly GpuMention[],
  isThere: boolean,
  ask: Ask,
  clean: CleanText,
  fallback: Evidence,
): { readonly cuda: Facts['cuda']; readonly capability: Found<string> | undefined } {
  const evidence = (reading: Reading, start: number, end: number, rule: string): Evidence =>
    clean.evidence(reading.segment.start + start, reading.segment.start + end, rule);
  const first = (pattern: RegExp, rule: string): Found<string> | undefined => {
    const found = readings.flatMap((reading) =>
      [...reading.segment.text.matchAll(pattern)].map((match) => ({
        value: match[1] ?? match[2] ?? '',
        reading,
        start: match.index,
        end: match.index + match[0].length,
        score: suits(standingAt(reading, match.index, match.index + match[0].length), ask),
      })),
    );
    const [best] = found
      .filter(({ value }) => value !== '')
      .toSorted((one, other) => other.score - one.score);
    return best === undefined
      ? undefined
      : {
          value: best.value,
          confidence: 0.95,
          evidence: [evidence(best.reading, best.start, best.end, rule)],
        };
  };
  const named = mentions.filter(
    ({ about, vendor, denied, ruledOut, reading, start, end }) =>
      about === 'technology' &&
      vendor === 'nvidia' &&
      !denied &&
      !ruledOut &&
      /cuda|cudnn|tensorrt|nccl|compute capability/i.test(reading.segment.text.slice(start, end)),
  );
  const capability = isThere
    ? (first(
        /\b(?:compute capability|CC)\s*(?:of |von |de |di |: ?|>=? ?|≥ ?|at least |mindestens |au moins |min\. )*(\d{1,2}\.\d)(?!\d)/giu,
        'requirement-compute-capability',
      ) ?? smOf(first(/\bsm_?(\d{2,3})\b/giu, 'requirement-compute-capability')))
    : undefined;
  const version = isThere
    ? first(
        /\bCUDA(?: toolkit| version| runtime)?\s*(?:>=? ?|≥ ?|v|at least |mindestens |ab )?(\d{1,2}(?:\.\d{1,2})?)(?![\d%]|\s?(?:cores|gb))/giu,
        'requirement-cuda-version',
      )
    : undefined;
  const driver = isThere
    ? first(
        /\b(?:nvidia |geforce |graphics )?(?:driver|treiber|pilote|controlador|driver nvidia)s?(?: version)?\s*(?:>=? ?|≥ ?|v|r|at least |ab |from |version )*(\d{3}(?:\.\d{1,3}){0,2})(?![\d.]*\s?(?:mb|gb))/giu,
        'requirement-cuda-driver',
      )
    : undefined;
  const needed = isThere && named.length > 0;
  const toolkit = named.find(({ reading, end }) =>
    /^\s?toolkit|^\s?sdk/i.test(reading.segment.text.slice(end)),
  );
  return {
    cuda: {
      needed: {
        value: needed,
        confidence: needed ? 0.9 : 0.7,
        evidence: needed
          ? named.slice(0, 3).map((each) => evidence(each.reading, each.start, each.end, 'requirement-cuda'))
          : [fallback],
      },
      ...(version === undefined ? {} : { version_min: version }),
      ...(driver === undefined ||
      named.length + mentions.filter(({ vendor }) => vendor === 'nvidia').length === 0
        ? {}
        : { driver_min: driver }),
      ...(needed && toolkit !== undefined
        ? {
            toolkit_in_guest: {
              value: true,
              confidence: 0.8,
              evidence: [evidence(toolkit.reading, toolkit.start, toolkit.end, 'requirement-cuda')],
            },
          }
        : {}),
    },
    capability,
  };
}

/** sm_86 is 8.6. */
function smOf(found: Found<string> | undefined): Found<string> | undefined {
  return found === undefined
    ? undefined
    : { ...found, value: `${found.value.slice(0, -1)}.${found.value.slice(-1)}` };
}
