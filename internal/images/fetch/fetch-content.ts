import type { IncomingFile } from '../incoming/incoming-file.ts';
import type { FetchPlan } from '../import/shape.ts';

/** What a source has to work with, beside the file that it writes. */
export interface FetchRun {
  readonly operationId: string;
  /** Of the operation's own; what is left in it is removed with it. */
  readonly directory: string;
  /** Where images are stored. */
  readonly pool: { readonly name: string };
  readonly signal: AbortSignal;
  readonly progress: (fraction: number, message?: string) => void;
}

/** Brings the content of one kind of source. */
export type Fetcher<K extends FetchPlan['kind']> = (
  plan: Extract<FetchPlan, { readonly kind: K }>,
  file: IncomingFile,
  run: FetchRun,
) => Promise<void>;

export type Fetchers = { readonly [K in FetchPlan['kind']]: Fetcher<K> };

export type FetchContent = (plan: FetchPlan, file: IncomingFile, run: FetchRun) => Promise<void>;

/** One function of the fetchers of all kinds. */
export function fetchBy(fetchers: Fetchers): FetchContent {
  return (plan, file, run) => (fetchers[plan.kind] as Fetcher<FetchPlan['kind']>)(plan, file, run);
}

const reportEveryMs = 200;

/** Tells how much has come, now and then: watchers need no report for each packet. */
export function byteProgress(progress: FetchRun['progress']): (bytes: number, total: number | null) => void {
  let next = 0;
  return (bytes, total) => {
    const now = performance.now();
    if (now < next) return;
    next = now + reportEveryMs;
    const mebibytes = (value: number) => Math.round(value / 2 ** 20);
    if (total === null) progress(0, `${mebibytes(bytes)} MiB`);
    else progress(bytes / Math.max(total, 1), `${mebibytes(bytes)} of ${mebibytes(total)} MiB`);
  };
}
