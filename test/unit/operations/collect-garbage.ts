import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/**
 * With @photostructure/sqlite a closed connection keeps its files open until its statements are collected, which no daemon
 * notices; a test that opens thousands runs out of file descriptors.
 */
export async function collectGarbage(): Promise<void> {
  gc();
  await new Promise((resolve) => setImmediate(resolve));
}
