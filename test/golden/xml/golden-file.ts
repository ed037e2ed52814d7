import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The text that a golden file holds. With UPDATE_GOLDEN=1 the file is written first, and the difference is read in
 * review.
 */
export function goldenText(name: string, actual: string): string {
  const file = join(import.meta.dirname, `${name}.xml`);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  return existsSync(file) ? readFileSync(file, 'utf8') : '(there is no such golden file; UPDATE_GOLDEN=1 writes it)';
}
