import type { Gauge } from './load.ts';
import type { Run } from './runs.ts';
import type { Timeline } from './timeline.ts';

/** Steps that are read at once. */
const block = 512;

/** Whether there is enough of everything at a step; steps are asked for in ascending order. */
function sufficiency(gauges: readonly Gauge[], length: number): (index: number) => boolean {
  const taken = new Float64Array(block);
  const enough = new Uint8Array(block);
  let [from, to] = [0, 0];
  return (index) => {
    if (index >= to) {
      [from, to] = [index, Math.min(index + block, length)];
      enough.fill(1);
      for (const { capacity, read } of gauges) {
        read(from, to, taken);
        let left = 0;
        for (let offset = 0; offset < to - from; offset += 1) {
          if ((taken[offset] ?? 0) > capacity) enough[offset] = 0;
          left += enough[offset] ?? 0;
        }
        if (left === 0) break;
      }
    }
    return enough[index - from] === 1;
  };
}

/** Starts of a lease of that length at which all steps that it meets suffice; ascending, none after the horizon. */
export function* fittingStarts(
  timeline: Timeline,
  gauges: readonly Gauge[],
  { from, horizon, lengthMs }: { readonly from: number; readonly horizon: number; readonly lengthMs: number },
): Generator<Run> {
  const fits = sufficiency(gauges, timeline.length());
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

/** The first windows with a start that is a whole multiple of the granularity since 1970. Runs that touch are one. */
export function windowsOf(runs: Iterable<Run>, granularityMs: number, limit: number): readonly StartWindow[] {
  const windows: StartWindow[] = [];
  let open: Run | null = null;
  const close = (): void => {
    if (open === null) return;
    const start = Math.ceil(open.from / granularityMs) * granularityMs;
    const latestStart = Math.floor((open.to - 1) / granularityMs) * granularityMs;
    if (start <= latestStart) windows.push({ start, latestStart });
    open = null;
  };
  if (limit < 1) return windows;
  for (const { from, to } of runs) {
    if (open?.to === from) {
      open = { from: open.from, to };
      continue;
    }
    close();
    if (windows.length >= limit) return windows;
    open = { from, to };
  }
  close();
  return windows;
}

interface StartWindow {
  readonly start: number;
  readonly latestStart: number;
}
