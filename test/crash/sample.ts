import { appendFileSync } from 'node:fs';

/** Of each scenario so many points, spread over it; 0: all. */
const wanted = Number(process.env['CRASH_SAMPLE'] ?? 0);

/** Spread over them; of one it is the middle one. */
export function sampled<T>(points: readonly T[], sample = wanted): readonly T[] {
  if (sample === 0 || points.length <= sample) return points;
  const places = new Set(
    Array.from({ length: sample }, (_, index) => Math.floor(((index + 0.5) * points.length) / sample)),
  );
  return points.filter((_, index) => places.has(index));
}

/** For who waits: a long run says how far it is in the file that CRASH_LOG names. */
export function note(line: string): void {
  const file = process.env['CRASH_LOG'];
  if (file !== undefined) appendFileSync(file, `${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
