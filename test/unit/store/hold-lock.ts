import { lockStateDirectory } from '../../../internal/store/state-lock.ts';

/** A process that holds a state directory until it is killed. Prints `held` when it does, or the code of the error. */
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: hold-lock.ts DIRECTORY');
try {
  lockStateDirectory(directory);
  console.log('held');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof Error && 'code' in error ? error.code : error);
}
