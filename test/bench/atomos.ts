import { httpLoad } from './http-load.ts';
import { median, percentile, short } from './statistics.ts';
import type { Row } from './table.ts';

/** What AtomOS's clients ask for all the time, of a daemon that has read everything. */
export async function statusRows(http: string, domains: number): Promise<Row[]> {
  const load = { method: 'GET', url: `${http}/api/v1.0/statusjson` };
  while ((await fetch(load.url)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  await httpLoad(load, 16, 3000);
  const started = performance.now();
  const samples = await httpLoad(load, 16, 20_000);
  const rate = samples.length / ((performance.now() - started) / 1000);
  const p99 = percentile(samples, 99);
  return [
    {
      what: `GET statusjson, ${domains} domains, 16 clients`,
      value: `p50 ${short(median(samples))} ms, p99 ${short(p99)} ms, ${short(rate)}/s`,
      target: 'p99 ≤ 10 ms, ≥ 3000/s',
      met: p99 <= 10 && rate >= 3000,
    },
  ];
}
