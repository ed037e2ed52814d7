import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Run at the end of a build: leaves dist/build-info.json, which /health and --version tell. */
function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return null; // Not a checkout, or no git here.
  }
}

const file = path.resolve(import.meta.dirname, '../../build-info.json');
writeFileSync(file, `${JSON.stringify({ commit: commit(), buildTime: new Date().toISOString() })}\n`);
