import type { Sample } from './sample.ts';

export type Measure = Exclude<keyof Sample, 'done'>;

/** What must stay flat. The database keeps the journal of what was done, and is told apart. */
export const flat: readonly Measure[] = [
  'descriptors',
  'heapBytes',
  'rssBytes',
  'libvirtConnections',
  'temporaryFiles',
];

/** The first part of a run is for warming up: code is compiled, caches are filled. */
const warmUp = 0.3;

/**
 * By how much a measure has grown after warm-up, as a part of what it was: the median of the last third against that of the first.
 * A single sample says little: requests are under way at any time.
 */
export function growth(samples: readonly Sample[], measure: Measure): number {
  const warm = samples.slice(Math.floor(samples.length * warmUp));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const first = median(warm.slice(0, third).map((sample) => sample[measure]));
  const last = median(warm.slice(-third).map((sample) => sample[measure]));
  if (last <= first) return first === 0 ? 0 : last / first - 1;
  return first === 0 ? Infinity : last / first - 1;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
