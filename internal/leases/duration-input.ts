import { invalidArgument } from '../errors/invalid-argument.ts';
import { dayMs, hourMs, minuteMs } from './zone-time.ts';

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
};

const longest = 36_500 * dayMs;

/**
 * A length of time as people write it: `8h`, `2d`, `90m`, `1d12h`, `1.5h`; ISO 8601 `PT8H`, `P1DT2H`, `P2W`. A day is 24 hours.
 *
 * @returns milliseconds, more than 0
 * @throws ProtiumError `argument-invalid`: says what is wrong with it
 */
export function readDuration(text: string, field: string): number {
  const trimmed = text.trim().toLowerCase();
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    throw invalidArgument(
      field,
      `${quoted} has no unit: write "${trimmed}h", "${trimmed}m" or "${trimmed}d".`,
    );
  }
  if (/^p(\d+y|\d+m)/.test(trimmed)) {
    throw invalidArgument(field, `${quoted}: years and months are not all of one length; write days.`);
  }
  const parts = isoParts(trimmed) ?? plainParts(trimmed);
  if (parts === null) {
    throw invalidArgument(
      field,
      `${quoted} is no length of time. Write "8h", "90m", "2d", "1d12h" or "PT8H".`,
    );
  }
  const ms = Math.round(parts.reduce((sum, [count, unit]) => sum + count * (units[unit] ?? NaN), 0));
  if (ms < 1) throw invalidArgument(field, `${quoted}: a length of time is more than nothing.`);
  if (ms > longest) throw invalidArgument(field, `${quoted} is more than a hundred years.`);
  return ms;
}

type Part = readonly [count: number, unit: string];

function plainParts(text: string): readonly Part[] | null {
  if (!/^(\d+(\.\d+)?\s*[wdhms]\s*)+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([wdhms])/g)].map(([, count, unit]): Part => [
    Number(count),
    unit ?? '',
  ]);
  // "1h1h" is rather a slip than two hours.
  return new Set(parts.map(([, unit]) => unit)).size === parts.length ? parts : null;
}

function isoParts(text: string): readonly Part[] | null {
  const match =
    /^p(?:(\d+(?:\.\d+)?)w)?(?:(\d+(?:\.\d+)?)d)?(?:t(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?)?$/.exec(
      text,
    );
  if (match === null) return null;
  const parts = ['w', 'd', 'h', 'm', 's'].flatMap((unit, index): Part[] => {
    const count = match[index + 1];
    return count === undefined ? [] : [[Number(count), unit]];
  });
  return parts.length === 0 || text.endsWith('t') ? null : parts;
}
