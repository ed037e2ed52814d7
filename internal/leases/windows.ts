import type { Timeline } from './timeline.ts';

export interface WindowQuestion {
  readonly from: number;
  readonly horizon: number;
  readonly lengthMs: number;
  readonly limit: number;
  readonly granularityMs: number;
}

/** A run of starts: at each of them, and only there, a lease of the length fits. */
export interface StartWindow {
  readonly start: number;
  readonly latestStart: number;
}

/** Runs of steps that fit and are long enough, ascending. Starts are whole multiples of the granularity since 1970. */
export function windowsOf(
  timeline: Timeline,
  fits: (index: number) => boolean,
  { from, horizon, lengthMs, limit, granularityMs }: WindowQuestion,
): readonly StartWindow[] {
  const windows: StartWindow[] = [];
  let begin: number | null = null;
  const close = (end: number): void => {
    if (begin === null) return;
    const start = Math.ceil(begin / granularityMs) * granularityMs;
    const latest = Math.min(end - lengthMs, horizon);
    const latestStart = Math.floor(latest / granularityMs) * granularityMs;
    if (start <= latestStart) windows.push({ start, latestStart });
    begin = null;
  };
  for (let index = timeline.indexAt(from); index < timeline.length(); index += 1) {
    const at = Math.max(from, timeline.at(index));
    if (windows.length >= limit || (begin === null && at > horizon)) return windows.slice(0, limit);
    if (!fits(index)) close(at);
    else begin ??= at;
    // What comes later changes nothing: the window is open up to the horizon.
    if (begin !== null && at - lengthMs > horizon) break;
  }
  close(Infinity);
  return windows.slice(0, limit);
}
