import type { Run } from './runs.ts';
import type { Timeline } from './timeline.ts';

/** Starts of a lease of that length at which all steps that it meets fit; ascending, none after the horizon. */
export function* fittingStarts(
  timeline: Timeline,
  fits: (index: number) => boolean,
  { from, horizon, lengthMs }: { readonly from: number; readonly horizon: number; readonly lengthMs: number },
): Generator<Run> {
  let begin: number | null = null;
  for (let index = timeline.indexAt(from); index < timeline.length(); index += 1) {
    const at = Math.max(from, timeline.at(index));
    if (begin === null && at > horizon) return;
    // What comes later changes nothing: the run goes on up to the horizon.
    if (begin !== null && at - lengthMs > horizon) break;
    if (fits(index)) begin ??= at;
    else if (begin !== null) {
      const to = Math.min(at - lengthMs, horizon) + 1;
      if (begin < to) yield { from: begin, to };
      begin = null;
    }
  }
  if (begin !== null) yield { from: begin, to: horizon + 1 };
}

/** The first windows with a start that is a whole multiple of the granularity since 1970. */
export function windowsOf(
  runs: Iterable<Run>,
  granularityMs: number,
  limit: number,
): readonly { readonly start: number; readonly latestStart: number }[] {
  const windows: { readonly start: number; readonly latestStart: number }[] = [];
  if (limit < 1) return windows;
  for (const { from, to } of runs) {
    const start = Math.ceil(from / granularityMs) * granularityMs;
    const latestStart = Math.floor((to - 1) / granularityMs) * granularityMs;
    if (start > latestStart) continue;
    windows.push({ start, latestStart });
    if (windows.length >= limit) break;
  }
  return windows;
}
