import { median, percentile, short } from './statistics.ts';
import type { Row } from './table.ts';

/** What one call took: by the clock, and of the processor for this process, which others on the machine do not lengthen. */
interface Cost {
  readonly ms: number;
  readonly processorMs: number;
}

const limitMs = 0.3;

/**
 * The cost of each of `count` calls; half as many before them warm up.
 *
 * @param inputOf makes what a call is given, which is not counted
 * @param without what is taken off: the same without what is measured
 */
export async function costs<Input>(
  count: number,
  inputOf: (index: number) => Input,
  call: (input: Input) => unknown,
  without: (input: Input) => unknown = () => undefined,
): Promise<readonly Cost[]> {
  const found: Cost[] = [];
  for (let index = 0; index < count * 1.5; index += 1) {
    const plain = await costOf(inputOf(index), without);
    const whole = await costOf(inputOf(index), call);
    found.push({
      ms: Math.max(0, whole.ms - plain.ms),
      processorMs: Math.max(0, whole.processorMs - plain.processorMs),
    });
  }
  return found.slice(-count);
}

async function costOf<Input>(input: Input, call: (input: Input) => unknown): Promise<Cost> {
  const processor = process.cpuUsage();
  const start = performance.now();
  const answer = call(input);
  if (answer instanceof Promise) await answer;
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { ms, processorMs: (user + system) / 1000 };
}

/** @param limited whether it is a part of every request */
export function costRow(what: string, found: readonly Cost[], limited = true): Row {
  const [clock, processor] = [found.map(({ ms }) => ms), found.map(({ processorMs }) => processorMs)];
  const most = percentile(clock, 99);
  const value =
    `p50 ${short(median(clock))} ms, p99 ${short(most)} ms; ` +
    `processor p50 ${short(median(processor))} ms, p99 ${short(percentile(processor, 99))} ms`;
  return limited ? { what, value, target: `p99 ≤ ${limitMs} ms`, met: most <= limitMs } : { what, value };
}
