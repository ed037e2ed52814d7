import type { Facts, Found } from '../analysis.ts';
import type { CleanText } from './clean-text.ts';
import { isDenied, isRuledOut } from './negation.ts';
import type { Reading } from './reading.ts';

const runtimes: readonly (readonly [string, RegExp])[] = [
  [
    'python',
    /\bpython(?: version)?\s*(>=|≥|=+)?\s?(\d(?:\.\d{1,2}){0,2})(\+| (?:or (?:newer|later|higher|above)|oder neuer|et plus|o superior|o successivo))?/gi,
  ],
  [
    'node',
    /\bnode(?:\.?js)?(?: version)?\s*(>=|≥|=+|v)?\s?(\d{1,2}(?:\.\d{1,2}){0,2})(\+| (?:or (?:newer|later|higher|above)|oder neuer|et plus|o superior))?/gi,
  ],
  [
    'java',
    /\b(?:java|jdk|jre|openjdk)(?: version)?\s*(>=|≥|=+)?\s?(\d{1,2}(?:\.\d{1,2}){0,2})(\+| (?:or (?:newer|later|higher|above)|oder neuer|et plus|o superior))?/gi,
  ],
  [
    'php',
    /\bphp(?: version)?\s*(>=|≥|=+)?\s?(\d(?:\.\d{1,2}){1,2})(\+| (?:or (?:newer|later|higher|above)|oder neuer|et plus|o superior))?/gi,
  ],
];

/** Versions of runtimes that a text names: ">=3.10" of "Python 3.10 or newer". */
export function runtimesOf(readings: readonly Reading[], clean: CleanText): Facts['runtime'] {
  const found: Record<string, Found<string>> = {};
  for (const [name, pattern] of runtimes)
    for (const reading of readings)
      for (const match of reading.segment.text.matchAll(pattern)) {
        const [start, end] = [match.index, match.index + match[0].length];
        if (found[name] !== undefined || isDenied(reading, start, end) || isRuledOut(reading, start, end))
          continue;
        const least = match[3] !== undefined || match[1] === '>=' || match[1] === '≥';
        found[name] = {
          value: `${least ? '>=' : ''}${match[2] ?? ''}`,
          confidence: 0.9,
          evidence: [
            clean.evidence(reading.segment.start + start, reading.segment.start + end, 'requirement-runtime'),
          ],
        };
      }
  return found;
}
