import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bytes = 32;

/**
 * A key of this installation, made at the first start and kept in the state directory (mode 0600). One that was cut short by a
 * crash is replaced. To be called while the state directory is locked, as openDatabase does.
 */
export function secretKey(directory: string): Uint8Array {
  const file = join(directory, 'request.key');
  const known = readKey(file);
  if (known !== null) return known;
  const key = randomBytes(bytes);
  writeFileSync(file, key, { mode: 0o600, flush: true });
  return key;
}

function readKey(file: string): Uint8Array | null {
  try {
    const key = readFileSync(file);
    return key.length === bytes ? key : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
