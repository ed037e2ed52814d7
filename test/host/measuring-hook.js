// Loaded into a daemon under test (node --expose-gc --import): at SIGUSR2 it collects garbage and writes what it holds to MEASURE_FILE.
import { writeHeapSnapshot } from 'node:v8';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';

const file = process.env['MEASURE_FILE'] ?? '';

process.on('SIGUSR2', async () => {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  const descriptors = readdirSync('/proc/self/fd').length;
  writeFileSync(
    `${file}.new`,
    JSON.stringify({ heapBytes: heapUsed, rssBytes: rss, externalBytes: external, descriptors }),
  );
  renameSync(`${file}.new`, file);
});

process.on('SIGPWR', () => {
  renameSync(writeHeapSnapshot(`${file}.new.heapsnapshot`), `${file}.heapsnapshot`);
});
