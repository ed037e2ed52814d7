/**
 * Loaded into a daemon under test by `node --import`: its wall clock is as many milliseconds off as the file named by
 * PROTIUM_TEST_CLOCK says, and steps when the file does. The clock that nobody sets (performance.now) stays what it is.
 */
import { readFileSync } from 'node:fs';

const file = process.env.PROTIUM_TEST_CLOCK;
delete process.env.NODE_OPTIONS;
const { now } = Date;
const RealDate = Date;

function shifted() {
  return now() + Number(readFileSync(file, 'utf8'));
}

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [shifted()] : given));
  }

  static now() {
    return shifted();
  }
};
