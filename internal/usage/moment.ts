import type { Moment } from './run.ts';

/** Tells the moment. */
export type Now = () => Moment;

/** The machine's clocks. Node's high resolution time counts from the boot (CLOCK_MONOTONIC), whatever process asks. */
export function machineNow(bootId: string): Now {
  return () => ({ wall: Date.now(), uptime: Number(process.hrtime.bigint() / 1_000_000n), bootId });
}
