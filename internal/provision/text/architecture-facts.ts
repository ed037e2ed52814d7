import type { Architecture, Evidence, Facts } from '../analysis.ts';
import type { CleanText } from './clean-text.ts';
import { isDenied, isRuledOut } from './negation.ts';
import type { Reading } from './reading.ts';

const architectures: readonly (readonly [Architecture, RegExp])[] = [
  ['sparc64', /(?<![\p{L}])(?:ultra)?sparc(?:64|v9)?(?:[ -]?t\d)?(?![\p{L}])|\bsun4[uv]\b/giu],
  ['ppc64', /(?<![\p{L}])(?:aix|power ?(?:[5-9]|10)|ibm i)(?![\p{L}])|\bppc64(?!le)\b|\bos\/400\b/giu],
  ['ppc64le', /\bppc64le\b|\bpower ?(?:8|9|10) le\b|\bpowerpc 64[- ]?bit le\b/giu],
  ['s390x', /\bs390x?\b|\bz\/os\b|\bz\/vm\b|\bibm z\b|\blinuxone\b|\bmainframe\b/giu],
  [
    'aarch64',
    /\baarch64\b|\barm64\b|\barmv8\b|\barm ?v?8\b|\braspberry pi (?!os desktop)|\bampere altra\b|\bgraviton\b|\bapple silicon\b|\bapple m[1-9]\b|\barm[- ](?:server|based|cpu|machine|processor|guest|vm|64)\b/giu,
  ],
  ['riscv64', /\brisc-?v(?:64)?\b/giu],
  ['ia64', /\bitanium\b|\bia-?64\b|\bhp-?ux\b/giu],
  ['alpha', /\b(?:dec |digital )alpha\b|\balpha (?:axp|cpu|server|processor)\b|\balphaserver\b|\btru64\b/giu],
  ['mips', /\bmips\b|\birix\b/giu],
  ['m68k', /\bm68k\b|\b680[0-6]0\b|\bamigaos\b/giu],
  ['x86_64', /\bx86[-_]?64\b|\bamd64\b|\bx64\b|\b64[- ]?bits?\b|\b64-?бит\p{L}*/giu],
  ['i386', /\bi[3-6]86\b|\b32[- ]?bits?\b|(?<!android-)\bx86\b(?![-_]?64)/giu],
];

/** Of other processors before "64-bit", which says little; x86_64 where nothing is said. */
export function architectureOf(
  readings: readonly Reading[],
  clean: CleanText,
  fallback: Evidence,
): Facts['arch'] {
  for (const [value, pattern] of architectures)
    for (const reading of readings)
      for (const match of reading.segment.text.matchAll(pattern)) {
        const [start, end] = [match.index, match.index + match[0].length];
        if (isRuledOut(reading, start, end) || isDenied(reading, start, end)) continue;
        const other =
          /\b(?:x86|amd64|intel|x64)\b/i.test(reading.segment.text) && value !== 'x86_64' && value !== 'i386';
        if (other) continue;
        return {
          value,
          confidence: 0.9,
          evidence: [
            clean.evidence(
              reading.segment.start + start,
              reading.segment.start + end,
              'requirement-architecture',
            ),
          ],
        };
      }
  return { value: 'x86_64', confidence: 0.2, evidence: [fallback] };
}
